import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { run, type RunOptions } from './run.js';

/** What is counted of a run. */
export interface SeedOutcome {
  readonly seed: number;
  readonly durability: 'D0' | 'D3' | 'unknown';
  /** What the checker or the oracle says, or how the run broke down. */
  readonly violations: readonly string[];
  readonly virtualMs: number;
  readonly done: number;
  readonly failed: number;
  /** Registers whose question became too big, so that nothing is claimed for them. */
  readonly overwhelmed: number;
  readonly epochs: number;
  readonly events: number;
}

/** The sums of many runs. */
export interface Totals {
  seeds: number;
  violated: number;
  virtualMs: number;
  done: number;
  failed: number;
  overwhelmed: number;
  epochs: number;
  events: number;
}

export const NO_TOTALS: Totals = {
  seeds: 0,
  violated: 0,
  virtualMs: 0,
  done: 0,
  failed: 0,
  overwhelmed: 0,
  epochs: 0,
  events: 0,
};

export function addTo(totals: Totals, outcome: SeedOutcome): void {
  totals.seeds += 1;
  totals.violated += outcome.violations.length > 0 ? 1 : 0;
  totals.virtualMs += outcome.virtualMs;
  totals.done += outcome.done;
  totals.failed += outcome.failed;
  totals.overwhelmed += outcome.overwhelmed;
  totals.epochs += outcome.epochs;
  totals.events += outcome.events;
}

/** Plays one seed; a run that breaks down is a finding, too. */
export async function playSeed(options: RunOptions): Promise<SeedOutcome> {
  const { seed } = options;
  try {
    const { durability, violations, virtualMs, workload, epochs, events } = await run(options);
    const { done, failed, overwhelmed } = workload;
    return { seed, durability, violations, virtualMs, done, failed, overwhelmed, epochs, events };
  } catch (error) {
    const how = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const none = { virtualMs: 0, done: 0, failed: 0, overwhelmed: 0, epochs: 0, events: 0 };
    return { seed, durability: 'unknown', violations: [`broke down: ${how}`], ...none };
  }
}

/**
 * Nearly all that a run allocates is soon forgotten: a large nursery is collected seldom. Errors
 * are part of the game, and nobody reads where they came from until a seed is played alone.
 */
const V8_FLAGS = ['--max-semi-space-size=32', '--stack-trace-limit=0'];
const WORKER = fileURLToPath(new URL('./series-worker.ts', import.meta.url));

/** Plays neighbouring seeds in processes of their own; outcomes come as they end. */
export async function playSeries(
  { first, seeds, workers }: { first: number; seeds: number; workers: number },
  options: Omit<RunOptions, 'seed' | 'troubles'>,
  onOutcome: (outcome: SeedOutcome) => void,
): Promise<void> {
  let next = first;
  const end = first + seeds;
  const work = () =>
    new Promise<void>((resolve, reject) => {
      const worker = fork(WORKER, { execArgv: [...process.execArgv, ...V8_FLAGS] });
      const advance = () => {
        if (next < end) worker.send({ ...options, seed: next++ });
        else worker.disconnect();
      };
      worker.on('message', (outcome: SeedOutcome) => {
        onOutcome(outcome);
        advance();
      });
      worker.on('error', reject);
      worker.on('exit', (code) => {
        if (code === 0) resolve();
        else reject(new Error(`a worker ended with ${code ?? 'a signal'}`));
      });
      advance();
    });
  await Promise.all(Array.from({ length: Math.min(workers, seeds) }, work));
}
