import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { ABLATIONS, type Ablation } from './ablation.js';
import { formatPage, type Series } from './page.js';
import { run, type RunOptions } from './run.js';
import { NO_TOTALS, addTo, playSeries, type SeedOutcome } from './series.js';

/** What `--page` reads and writes; `--record` adds to the series. */
const SERIES = 'test/simulation/series.json';
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

function has(name: string): boolean {
  return process.argv.includes(`--${name}`);
}

/** What does not depend on the seed. */
function runOptions(): Omit<RunOptions, 'seed'> {
  const durability = option('durability');
  return {
    seconds: numberOption('seconds', 60),
    ablation: ablationOption(),
    ...(durability === 'D0' || durability === 'D3' ? { durability } : {}),
  };
}

function readSeries(): Series[] {
  return existsSync(SERIES) ? (JSON.parse(readFileSync(SERIES, 'utf8')) as Series[]) : [];
}

/** The log of all nodes and clients. */
async function showOne(seed: number): Promise<void> {
  const { lines, violations } = await run({ ...runOptions(), seed, verbose: true });
  console.log([...lines, ...violations].join('\n'));
}

async function playMany(first: number, seeds: number): Promise<void> {
  const totals = { ...NO_TOTALS };
  const from = performance.now();
  const every = numberOption('progress', 500);
  const options = runOptions();
  const note = (outcome: SeedOutcome) => {
    addTo(totals, outcome);
    if (totals.seeds % every === 0) console.log(`${totals.seeds} of ${seeds} seeds`);
    if (outcome.violations.length === 0) return;
    console.log(`seed ${outcome.seed} (${outcome.durability}):`);
    for (const violation of outcome.violations.slice(0, 5)) console.log(`  ${violation}`);
  };
  await playSeries({ first, seeds, workers: numberOption('workers', 1) }, options, note);
  const tookS = (performance.now() - from) / 1000;
  console.log(JSON.stringify({ virtualHours: totals.virtualMs / 3.6e6, tookS, ...totals }));
  if (has('record')) {
    const series: Series = { first, seconds: options.seconds, ...totals };
    writeFileSync(SERIES, JSON.stringify([...readSeries(), series], null, 2) + '\n');
  }
  console.log(`${totals.seeds - totals.violated} passed, ${totals.violated} failed`);
  process.exitCode = totals.violated === 0 ? 0 : 1;
}

const seed = numberOption('seed', 1);
if (has('page')) writeFileSync(PAGE, await formatPage(readSeries()));
else if (has('verbose')) await showOne(seed);
else await playMany(seed, numberOption('seeds', option('seed') === undefined ? 100 : 1));
