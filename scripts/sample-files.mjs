// Writes the tables of docs/compatibility.md, section 6: the sample files that do not come back equal,
// from test/clients/expected.json, which the round trip checks. `--check` only says whether they are up to date.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PAGE = join(ROOT, 'docs/compatibility.md');
const BEGIN = '<!-- made by scripts/sample-files.mjs -->\n';
const END = '<!-- end -->\n';
/** Files in data/zoo, and the HSDS that each client is compared on. */
const ZOO = 46;
const HSDS = { 'h5pyd 0.24.0': 'HSDS 0.9.4', 'h5pyd 1.0.0': 'HSDS 1.0.2' };

const expected = JSON.parse(readFileSync(join(ROOT, 'test/clients/expected.json'), 'utf8'));

/** What the round trip of a file shows. */
function showing({ fails, differences, h5diff }) {
  if (fails !== undefined) return `ends with “${fails}”`;
  if (h5diff) return 'h5diff only; the walk finds all equal';
  return differences.map((pattern) => `\`${pattern}\``).join(', ');
}

/** A file's row; what is a limit of the client is the same with HSDS. */
function row(client, file, { limit, reason, ...seen }) {
  const own = limit === 'client' ? showing(seen) : 'equal';
  const hsds =
    limit === 'client' ? `${HSDS[client]}: the same` : `${HSDS[client]}: ${showing(seen)}`;
  return `| ${file} | ${client.split(' ')[1]} | ${own} | ${hsds} | ${reason} |`;
}

const clients = Object.entries(expected);
const files = [...new Set(clients.flatMap(([, entries]) => Object.keys(entries)))].sort();
const counts = clients.map(([client, entries]) => {
  const lists = Object.values(entries);
  const own = lists.filter((list) => list.some(({ limit }) => limit === 'client')).length;
  return `| ${client} | 3 of 3 | ${ZOO - own} of ${ZOO} | ${HSDS[client]}: 3 of 3 | ${ZOO - lists.length} of ${ZOO} |`;
});
const rows = files.flatMap((file) =>
  clients.flatMap(([client, entries]) =>
    (entries[file] ?? []).map((entry) => row(client, file, entry)),
  ),
);
const tables = [
  '| client | climate equal | zoo equal | climate with HSDS | zoo with HSDS |',
  '|---|---|---|---|---|',
  ...counts,
  '',
  '| file of data/zoo | h5pyd | here | with HSDS | reason |',
  '|---|---|---|---|---|',
  ...rows,
  '',
].join('\n');

const text = readFileSync(PAGE, 'utf8');
const from = text.indexOf(BEGIN) + BEGIN.length;
const made = text.slice(0, from) + tables + text.slice(text.indexOf(END));
if (!process.argv.includes('--check')) {
  writeFileSync(PAGE, made);
} else if (made !== text) {
  console.error('docs/compatibility.md: run node scripts/sample-files.mjs');
  process.exit(1);
}
