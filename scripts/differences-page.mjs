// Writes the section of docs/compatibility.md that lists every entry of
// test/oracle/known-differences.json. `--check` only says whether it is up to date.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PAGE = join(ROOT, 'docs/compatibility.md');
const ENTRIES = join(ROOT, 'test/oracle/known-differences.json');
const BEGIN = '<!-- differential: made by scripts/differences-page.mjs -->';
const END = '<!-- /differential -->';

function statuses(list) {
  return list.map((status) => (status === 0 ? 'no answer' : status)).join(', ');
}

/** What an entry forgives: other statuses, or other places of a body. */
function what({ left, right, body, type }) {
  if (left !== undefined || right !== undefined) {
    return `${left ? statuses(left) : 'any'} → ${right ? statuses(right) : 'any'}`;
  }
  const places = (body ?? []).map((path) => `\`${path}\``).join(', ');
  return [places, type ? 'content type' : ''].filter((text) => text !== '').join('; ');
}

function row(entry) {
  const only = entry.request === undefined ? '' : ` with \`${entry.request}\``;
  const cells = [`\`${entry.label}\`${only}`, what(entry), entry.reason, entry.reference];
  return `| ${cells.map((text) => text.replaceAll('|', '\\|')).join(' | ')} |`;
}

function section(entries) {
  const head = [
    BEGIN,
    '',
    `${entries.length} entries. A request is named by its label, area/route/variation, and a pattern`,
    'in its text; then come the statuses of HSDS and of this server, or where the bodies differ.',
    '',
    '| requests | HSDS → here | reason | reference |',
    '| --- | --- | --- | --- |',
  ];
  return [...head, ...entries.map(row), '', END].join('\n');
}

const page = readFileSync(PAGE, 'utf8');
const [first, last] = [page.indexOf(BEGIN), page.indexOf(END)];
if (first < 0 || last < first) throw new Error('docs/compatibility.md has no place for the list');
const made = section(JSON.parse(readFileSync(ENTRIES, 'utf8')));
const text = page.slice(0, first) + made + page.slice(last + END.length);
if (process.argv.includes('--check')) {
  if (text !== page) {
    console.error('docs/compatibility.md is stale: run node scripts/differences-page.mjs');
    process.exitCode = 1;
  }
} else {
  writeFileSync(PAGE, text);
}
