// `npm run bench`: HSDS and this server side by side, the same requests to each in turn.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Case } from './case.js';
import { bulkCases } from './cases/bulk.js';
import { metadataCases } from './cases/metadata.js';
import { selectionCases } from './cases/selections.js';
import { tableCases } from './cases/tables.js';
import { measureCase, type CaseResult } from './measure.js';
import { parseOptions, type BenchOptions } from './options.js';
import { missesOf, ratioOf, resultsText, shareOfBare, withResults } from './report.js';
import { startBare, startHsds, startOurs, type Service } from './services.js';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const BUILT_MAIN = join(ROOT, 'dist', 'apps', 'embedded', 'src', 'main.js');
const GIB = 1024 ** 3;

const allCases = [...metadataCases, ...bulkCases, ...selectionCases, ...tableCases];

function chosenCases({ only, quick }: BenchOptions): readonly Case[] {
  if (only.length === 0) return allCases.filter(({ slow }) => !quick || slow !== true);
  const chosen = allCases.filter(({ name }) => only.some((word) => name.startsWith(word)));
  if (chosen.length > 0) return chosen;
  throw new TypeError(`no such case; there are ${allCases.map(({ name }) => name).join(', ')}`);
}

/** What runs now and must be ended, also when this program is. */
const running: Service[] = [];

async function stopAll(): Promise<void> {
  for (const service of running.splice(0)) await service.stop();
}

/** One pass: every case with the same number of data nodes. */
async function contest(options: BenchOptions, dataNodes: number): Promise<readonly CaseResult[]> {
  const { port, hsds, alone } = options;
  const results: CaseResult[] = [];
  try {
    const at = { root: ROOT, dataNodes };
    const main = options.main ?? BUILT_MAIN;
    const { nodeFlags } = options;
    const theirs = alone ? null : startHsds({ ...at, port, version: hsds });
    if (theirs !== null) running.push(theirs);
    const ours = await startOurs({ ...at, port: port + 10, main, nodeFlags });
    running.push(ours);
    const bare = await startBare(ROOT, port + 20);
    running.push(bare);
    const targets = { theirs: theirs?.target ?? null, ours: ours.target, bare: bare.target };
    for (const bench of chosenCases(options)) {
      const result = await measureCase(bench, targets, { ...options, dataNodes });
      results.push(result);
      console.log(lineOf(result));
    }
  } finally {
    await stopAll();
  }
  return results;
}

function lineOf(result: CaseResult): string {
  const { name, theirs, ours } = result;
  const times = `${theirs?.medianMs.toFixed(2) ?? '–'} / ${ours.medianMs.toFixed(2)} ms`;
  const share = `${(shareOfBare(result) * 100).toFixed(0)} % of bare`;
  const misses = missesOf(result).join('; ');
  const ratio = ratioOf(result).toFixed(1);
  return [name.padEnd(20), `${ratio}×`.padStart(8), times.padStart(24), share, misses].join('  ');
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void stopAll().finally(() => process.exit(130));
  });
}

const options = parseOptions(process.argv.slice(2));
const results: CaseResult[] = [];
for (const dataNodes of options.nodes) {
  console.log(`\n${dataNodes} data node(s), HSDS ${options.hsds}, theirs / ours:`);
  results.push(...(await contest(options, dataNodes)));
}

const [processor] = cpus();
const machine = `${cpus().length} × ${processor?.model ?? 'CPU'}, ${Math.round(totalmem() / GIB)} GiB`;
const command = ['npm run bench', ...process.argv.slice(2)].join(' ');
const folder = join(ROOT, 'tmp', 'bench');
mkdirSync(folder, { recursive: true });
writeFileSync(
  join(folder, 'results.json'),
  JSON.stringify({ command, machine, node: process.version, hsds: options.hsds, results }, null, 2),
);
const [one, five, fifteen] = loadavg().map((load) => load.toFixed(1));
const text = resultsText(results, [
  `\`${command}\`, ${machine}, Node ${process.version}, HSDS ${options.hsds};`,
  `load at the end ${one ?? '–'}, ${five ?? '–'}, ${fifteen ?? '–'}.`,
]);
writeFileSync(join(folder, 'results.md'), text);
if (options.page) {
  const page = join(ROOT, 'docs', 'benchmarks.md');
  writeFileSync(page, withResults(readFileSync(page, 'utf8'), text));
}
console.log(`\n${text}`);
