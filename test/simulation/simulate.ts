import { writeFileSync } from 'node:fs';
import { ABLATIONS, type Ablation } from './ablation.js';
import { formatPage } from './page.js';
import { run, type RunOptions, type RunResult } from './run.js';

/** Where `--page` writes. */
const PAGE = 'docs/status/simulation.md';

/** Value of `--name value` on the command line. */
function option(name: string): string | undefined {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? undefined : process.argv[at + 1];
}

function numberOption(name: string, otherwise: number): number {
  const text = option(name);
  const value = text === undefined ? otherwise : Number(text);
  if (!Number.isFinite(value)) throw new Error(`--${name} wants a number, found ${text ?? ''}`);
  return value;
}

function ablationOption(): Ablation | null {
  const text = option('ablation');
  const known = ABLATIONS.find((ablation) => ablation === text);
  if (text !== undefined && known === undefined) {
    throw new Error(`--ablation wants one of ${ABLATIONS.join(', ')}`);
  }
  return known ?? null;
}

/** A run that breaks down is a finding, too. */
async function tryRun(options: RunOptions): Promise<RunResult> {
  try {
    return await run(options);
  } catch (error) {
    console.log(`seed ${options.seed} broke down`);
    throw error;
  }
}

const seed = numberOption('seed', 1);
const seeds = numberOption('seeds', option('seed') === undefined ? 100 : 1);
const seconds = numberOption('seconds', 60);
const ablation = ablationOption();
const given = option('durability');
const durability = given === 'D0' || given === 'D3' ? given : undefined;
const verbose = process.argv.includes('--verbose');

const totals = { violated: 0, done: 0, failed: 0, overwhelmed: 0, epochs: 0, events: 0 };
let virtualMs = 0;
const from = performance.now();
for (let at = seed; at < seed + seeds; at++) {
  if (process.argv.includes('--progress')) console.error(`seed ${at}`);
  const result = await tryRun({
    seed: at,
    seconds,
    ablation,
    verbose,
    ...(durability === undefined ? {} : { durability }),
  });
  virtualMs += result.virtualMs;
  totals.done += result.workload.done;
  totals.failed += result.workload.failed;
  totals.overwhelmed += result.workload.overwhelmed;
  totals.epochs += result.epochs;
  totals.events += result.events;
  if (verbose) console.log(result.lines.join('\n'));
  if (result.violations.length === 0) continue;
  totals.violated += 1;
  console.log(`seed ${at} (${result.durability}):`);
  for (const violation of result.violations.slice(0, 5)) console.log(`  ${violation}`);
}
const tookS = (performance.now() - from) / 1000;
const virtualHours = virtualMs / 3.6e6;
console.log(JSON.stringify({ seeds, virtualHours, tookS, ...totals }, null, 1));
if (process.argv.includes('--page')) {
  writeFileSync(PAGE, await formatPage({ first: seed, seeds, seconds, virtualHours, ...totals }));
}
process.exitCode = totals.violated === 0 ? 0 : 1;
