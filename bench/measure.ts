import { createHash } from 'node:crypto';
import type { Case, Plan, Sample } from './case.js';
import { Connection } from './connection.js';
import { quantile, runPlan } from './load.js';
import { peakBytes, resetPeak } from './processes.js';
import type { Target } from './target.js';

/** What was measured of one case in one service. */
export interface Measured {
  /** Milliseconds a request that was not refused (`rate`), or a run: the median of the rounds, and the least. */
  readonly medianMs: number;
  readonly leastMs: number;
  /** Of the service's processes, for the same amount of work. */
  readonly serverCpuMs: number;
  /** Share of the wall time that the client's CPU was busy. */
  readonly clientShare: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Share of requests that were refused. */
  readonly errorRate: number;
  /** Most resident memory of all processes together, in this case. */
  readonly peakBytes: number;
}

/** One case in all services. */
export interface CaseResult {
  readonly name: string;
  readonly title: string;
  readonly goal: number | null;
  readonly ceilingGoal: number | null;
  readonly rate: boolean;
  readonly dataNodes: number;
  readonly theirs: Measured | null;
  readonly ours: Measured;
  readonly bare: Measured;
  readonly codecMs: number | null;
  /** False when the services answered with different bytes. */
  readonly same: boolean | null;
}

/** How runs are made. */
export interface MeasureOptions {
  readonly rounds: number;
  /** Rounds that are made however long they take; more only within `caseMs`. */
  readonly leastRounds: number;
  readonly caseMs: number;
  readonly timedMs: number;
  readonly dataNodes: number;
}

/** The services that one pass compares. */
export interface Contest {
  readonly theirs: Target | null;
  readonly ours: Target;
  readonly bare: Target;
}

/** A service in one case. */
interface Runner {
  readonly target: Target;
  readonly plan: Plan;
  readonly serials: { next: number };
  readonly samples: Sample[];
}

/** A service runs warm: short cases are repeated this long before, and at least this long measured. */
const WARM_MS = 1000;
const WARM_RUNS = 10;
const SHORT_CASE_MS = 1500;
const SHORT_CASE_ROUNDS = 25;

/** Runs one case: a warm-up, then rounds in which every service has its turn. */
export async function measureCase(
  bench: Case,
  contest: Contest,
  options: MeasureOptions,
): Promise<CaseResult> {
  const { ours, theirs } = contest;
  const mine = await warm(bench, ours, options);
  const other = theirs === null ? null : await warm(bench, theirs, options);
  const same = bench.sameReply === true && theirs !== null ? await sameReplies(mine, other) : null;
  const length = Math.round(mine.samples[0]?.replyBytes ?? 0);
  const bare = runner(contest.bare, barePlan(contest.bare, mine.plan, length));
  const runners = [...(other === null ? [] : [other]), mine, bare];
  for (const { target, samples } of runners) {
    samples.length = 0;
    resetPeak(target.pids());
  }
  const start = performance.now();
  const wantsMore = (round: number) => {
    const spentMs = performance.now() - start;
    if (round < options.leastRounds) return true;
    if (round < options.rounds) return spentMs < options.caseMs;
    return bench.cold !== true && round < SHORT_CASE_ROUNDS && spentMs < SHORT_CASE_MS;
  };
  for (let round = 0; wantsMore(round); round += 1) {
    for (const one of runners) await run(bench, one, options);
  }
  const codecMs = await codecTime(bench, options.rounds);
  return {
    name: bench.name,
    title: bench.title,
    goal: bench.goal,
    ceilingGoal: bench.ceilingGoal ?? null,
    rate: bench.rate === true,
    dataNodes: options.dataNodes,
    theirs: other === null ? null : summary(bench, other),
    ours: summary(bench, mine),
    bare: summary(bench, bare),
    codecMs,
    same,
  };
}

function runner(target: Target, plan: Plan): Runner {
  return { target, plan, serials: { next: 0 }, samples: [] };
}

async function warm(bench: Case, target: Target, options: MeasureOptions): Promise<Runner> {
  const one = runner(target, await bench.prepare(target));
  const start = performance.now();
  do await run(bench, one, options);
  while (
    bench.cold !== true &&
    one.samples.length < WARM_RUNS &&
    performance.now() - start < WARM_MS
  );
  return one;
}

async function run(bench: Case, one: Runner, { timedMs }: MeasureOptions): Promise<void> {
  const { connections } = bench;
  const { target, plan, serials } = one;
  one.samples.push(await runPlan(target, plan, { connections, timedMs, serials }));
}

/** Whether the first request of both has the same answer. */
async function sameReplies(mine: Runner, other: Runner | null): Promise<boolean> {
  if (other === null) return true;
  const [first, second] = await Promise.all([mine, other].map(replyDigest));
  return first === second;
}

async function replyDigest({ target, plan }: Runner): Promise<string> {
  const connection = await Connection.open(target.port);
  const { status, body } = await connection.request(plan.request(0), true);
  connection.close();
  return `${status} ${createHash('sha256')
    .update(body ?? '')
    .digest('hex')}`;
}

/** The same bodies there and back, without a service. */
function barePlan(bare: Target, { count, request }: Plan, replyBytes: number): Plan {
  return {
    count,
    request: (serial) => {
      const { body } = request(serial);
      const method = body === null ? 'GET' : 'PUT';
      return bare.encode(method, `/${replyBytes}`, body === null ? {} : { body });
    },
  };
}

async function codecTime({ codec }: Case, rounds: number): Promise<number | null> {
  if (codec === undefined) return null;
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) times.push(await codec());
  return median(times);
}

function summary(bench: Case, { target, samples }: Runner): Measured {
  const per = (value: (sample: Sample) => number) =>
    samples.map((one) => value(one) / (bench.rate === true ? one.requests - one.errors : 1));
  const walls = per((one) => one.wallMs);
  const requests = samples.reduce((sum, one) => sum + one.requests, 0);
  const errors = samples.reduce((sum, one) => sum + one.errors, 0);
  return {
    medianMs: median(walls),
    leastMs: Math.min(...walls),
    serverCpuMs: mean(per((one) => one.serverCpuMs)),
    clientShare: mean(samples.map((one) => one.clientCpuMs / one.wallMs)),
    p50Ms: median(samples.map((one) => one.p50Ms)),
    p99Ms: median(samples.map((one) => one.p99Ms)),
    errorRate: errors / Math.max(1, requests),
    peakBytes: peakBytes(target.pids()),
  };
}

function median(values: readonly number[]): number {
  return quantile(Float64Array.from(values).sort(), 0.5);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
