// Writes docs/api.md: every route with the tests that speak to it, every rule of the API reference
// with the tests that carry its number in their names. `--check` only says whether it is up to date.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PAGE = 'docs/api.md';
const TESTS = 'test/api';
const LABEL = /\[([1-4]\/\d+(?:\.\d+)*)\]/g;
const PARTS = {
  1: 'domains, access, conventions',
  2: 'objects, links, attributes, types',
  3: 'values and storage',
  4: 'the 1.0 dialect',
};

function read(path) {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** Numbers in names; in a table `[2/%s]` they are the rows' first column. */
function labelsIn(text) {
  const labels = new Set([...text.matchAll(LABEL)].map((match) => match[1]));
  for (const table of text.matchAll(
    /\.each\(\[((?:(?!\.each\()[\s\S])*?)\]\)\(\s*'\[(\d)\/%s\]/g,
  )) {
    const rows = table[1].matchAll(/\[\s*'(\d+(?:\.\d+)+)',/g);
    for (const [, number] of rows) labels.add(`${table[2]}/${number}`);
  }
  return labels;
}

/** Test files by the label that they carry. */
function readLabels(files) {
  const found = new Map();
  for (const file of files) {
    for (const label of labelsIn(read(`${TESTS}/${file}`))) {
      found.set(label, [...(found.get(label) ?? []), file]);
    }
  }
  return found;
}

/** Every rule by number, with its section's title: sections without numbered rules are one rule. */
function allRules() {
  const sections = Object.entries(JSON.parse(read(`${TESTS}/rules.json`)));
  return sections.flatMap(([section, [title, count]]) => {
    const numbers = Array.from({ length: count }, (_none, i) => `${section}.${i + 1}`);
    return (count === 0 ? [section] : numbers).map((rule) => ({ rule, section, title }));
  });
}

function isWithin(rule, section) {
  return rule === section || rule.startsWith(`${section}.`);
}

/** Where a rule is shown: test files, or why there is none. */
function evidence({ rule, section }, labels, elsewhere) {
  const exact = labels.get(rule) ?? [];
  if (exact.length > 0) return { files: exact };
  const inSection = [...labels].filter(([label]) => rule === section && isWithin(label, rule));
  const files = [...new Set(inSection.flatMap(([, names]) => names))];
  if (files.length > 0) return { files };
  const reasons = Object.keys(elsewhere).filter((place) => isWithin(rule, place));
  const nearest = reasons.sort((a, b) => b.length - a.length)[0];
  return nearest === undefined ? {} : { reason: elsewhere[nearest] };
}

const ATTRIBUTES = /^(\w+) (attributes.*)$/;
const OWNERS = ['groups', 'datasets', 'datatypes'];

/** Routes with the sections of the reference that state them, or the one file that tests them. */
function routeRules() {
  const given = Object.entries(JSON.parse(read(`${TESTS}/route-rules.json`)));
  return given.flatMap(([route, rules]) => {
    const attribute = ATTRIBUTES.exec(route);
    if (attribute === null) return [[route, rules]];
    return OWNERS.map((owner) => [`${attribute[1]} /${owner}/{id}/${attribute[2]}`, rules]);
  });
}

function page() {
  const files = readdirSync(join(ROOT, TESTS))
    .filter((name) => name.endsWith('.spec.ts'))
    .sort();
  const labels = readLabels(files);
  const elsewhere = JSON.parse(read(`${TESTS}/elsewhere.json`));
  const rules = allRules().map((rule) => ({ ...rule, ...evidence(rule, labels, elsewhere) }));
  const open = rules.filter(({ files: names, reason }) => !names && !reason);
  const unknown = [...labels.keys()].filter(
    (label) => !rules.some(({ rule, section }) => rule === label || isWithin(section, label)),
  );
  checkFiles(elsewhere);
  if (open.length + unknown.length > 0) {
    throw new Error(
      `rules without a test or a reason: ${open.map(({ rule }) => rule).join(', ')}; ` +
        `labels of no rule: ${unknown.join(', ')}`,
    );
  }
  return [head(rules), routeTable(labels), ruleTables(rules)].join('\n');
}

/** Every file or folder that a reason names must exist. */
function checkFiles(elsewhere) {
  const named = Object.values(elsewhere).flatMap(
    (reason) => reason.match(/[\w./-]+\/[\w./-]+/g) ?? [],
  );
  const missing = named.filter(
    (path) => !existsSync(join(ROOT, path)) && /^(libs|apps|test|docs)\//.test(path),
  );
  if (missing.length > 0) throw new Error(`named but not there: ${missing.join(', ')}`);
}

function head(rules) {
  const tested = rules.filter(({ files }) => files).length;
  return [
    '# The REST API and its tests',
    '',
    'Made by `node scripts/api-coverage.mjs` from the names of the tests; do not edit. Numbers are',
    'those of the API reference: part/section.rule. Tests are in `test/api` and speak HTTP only;',
    '`HSDS_ENDPOINT=http://host:5101` runs those that HSDS can pass against any service. The OpenAPI',
    'document is served at `/openapi.json`. Differences from HSDS: [compatibility.md](compatibility.md).',
    '',
    `${rules.length} rules: ${tested} with tests here, ${rules.length - tested} elsewhere or not testable over HTTP.`,
    '',
  ].join('\n');
}

function routeTable(labels) {
  const rows = routeRules().map(([route, rules]) => {
    if (typeof rules === 'string') return `| \`${route}\` | | ${rules} |`;
    const named = [...labels].filter(([label]) => rules.some((rule) => isWithin(label, rule)));
    const files = [...new Set(named.flatMap(([, names]) => names))].sort();
    if (files.length === 0) throw new Error(`no test names a rule of ${route}`);
    return `| \`${route}\` | ${rules.join(', ')} | ${files.map(short).join(', ')} |`;
  });
  return ['## Routes', '', '| route | rules | tests |', '| --- | --- | --- |', ...rows, ''].join(
    '\n',
  );
}

function ruleTables(rules) {
  return Object.entries(PARTS)
    .map(([part, title]) => {
      const own = rules.filter(({ rule }) => rule.startsWith(`${part}/`));
      const rows = own.map(({ rule, title: section, files, reason }) => {
        const shown = files ? files.map(short).join(', ') : reason;
        return `| ${rule} | ${section.replaceAll('|', '\\|')} | ${shown} |`;
      });
      const top = [
        `## Part ${part}: ${title}`,
        '',
        '| rule | section | tests |',
        '| --- | --- | --- |',
      ];
      return [...top, ...rows, ''].join('\n');
    })
    .join('\n');
}

function short(file) {
  return file.replace('.spec.ts', '');
}

const text = page();
if (process.argv.includes('--check')) {
  const current = existsSync(join(ROOT, PAGE)) ? read(PAGE) : '';
  if (current !== text) {
    console.error(`${PAGE} is stale: run node scripts/api-coverage.mjs`);
    process.exitCode = 1;
  }
} else {
  writeFileSync(join(ROOT, PAGE), text);
}
