import { ABLATIONS, type Ablation } from './ablation.js';
import { run, type RunOptions, type RunResult } from './run.js';

/** Value of `--name value` on the command line. */
function option(name: string): string | undefined {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? undefined : process.argv[at + 1];
}

function numberOption(name: string, otherwise: number): number {
  const text = option(name);
  const value = text === undefined ? otherwise : Number(text);
  if (!Number.isFinite(value)) throw new Error(`--${name} wants a number, found ${text}`);
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

const seed = numberOption('seed', 1);
const seeds = numberOption('seeds', option('seed') === undefined ? 100 : 1);
const seconds = numberOption('seconds', 60);
const ablation = ablationOption();
const given = option('durability');
const durability = given === 'D0' || given === 'D3' ? given : undefined;
const verbose = process.argv.includes('--verbose');

/** A run that breaks down is a finding, too. */
async function tryRun(options: RunOptions): Promise<RunResult> {
  try {
    return await run(options);
  } catch (error) {
    console.log(`seed ${options.seed}: ${error instanceof Error ? error.stack : String(error)}`);
    throw error;
  }
}

let violated = 0;
let virtualMs = 0;
const totals = { done: 0, failed: 0, overwhelmed: 0, epochs: 0, events: 0 };
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
  violated += 1;
  console.log(`seed ${at} (${result.durability}):`);
  for (const violation of result.violations.slice(0, 5)) console.log(`  ${violation}`);
}
const tookS = (performance.now() - from) / 1000;
console.log(
  JSON.stringify({ seeds, violated, virtualHours: virtualMs / 3.6e6, tookS, ...totals }, null, 1),
);
process.exitCode = violated === 0 ? 0 : 1;
