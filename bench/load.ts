import type { Plan, Sample } from './case.js';
import { Connection, type WireRequest } from './connection.js';
import { cpuMs } from './processes.js';
import type { Target } from './target.js';

/** How one run is driven. */
export interface LoadOptions {
  readonly connections: number;
  /** Length of a run whose plan is `timed`, ms. */
  readonly timedMs: number;
  readonly serials: { next: number };
}

/** What the connections of a run share. */
interface Tally {
  readonly latencies: number[];
  errors: number;
  replyBytes: number;
}

const OK_BELOW = 300;

/** Runs a plan once, in a closed loop on each connection, and says what it took. */
export async function runPlan(target: Target, plan: Plan, options: LoadOptions): Promise<Sample> {
  await plan.before?.();
  const { connections, timedMs, serials } = options;
  const opened = await openAll(target.port, connections);
  const tally: Tally = { latencies: [], errors: 0, replyBytes: 0 };
  const serverBefore = cpuMs(target.pids());
  const clientBefore = process.cpuUsage();
  const start = performance.now();
  let left = plan.count === 'timed' ? Infinity : plan.count;
  const take = (): WireRequest | null => {
    if (left <= 0 || (left === Infinity && performance.now() - start >= timedMs)) return null;
    left -= 1;
    return plan.request(serials.next++);
  };
  await Promise.all(opened.map((connection) => drive(connection, take, tally)));
  const wallMs = performance.now() - start;
  const client = process.cpuUsage(clientBefore);
  const serverCpuMs = cpuMs(target.pids()) - serverBefore;
  for (const connection of opened) connection.close();
  const requests = tally.latencies.length;
  const ordered = Float64Array.from(tally.latencies).sort();
  return {
    wallMs,
    serverCpuMs,
    clientCpuMs: (client.user + client.system) / 1000,
    requests,
    errors: tally.errors,
    p50Ms: quantile(ordered, 0.5),
    p99Ms: quantile(ordered, 0.99),
    replyBytes: tally.replyBytes / Math.max(1, requests),
  };
}

/** The value below which a share of the ordered values lies. */
export function quantile(ordered: Float64Array, share: number): number {
  return ordered[Math.min(ordered.length - 1, Math.floor(ordered.length * share))] ?? NaN;
}

function openAll(port: number, count: number): Promise<Connection[]> {
  return Promise.all(Array.from({ length: count }, () => Connection.open(port)));
}

async function drive(
  connection: Connection,
  take: () => WireRequest | null,
  tally: Tally,
): Promise<void> {
  for (let request = take(); request !== null; request = take()) {
    const start = performance.now();
    const { status, length } = await connection.request(request);
    tally.latencies.push(performance.now() - start);
    tally.replyBytes += length;
    if (status >= OK_BELOW) tally.errors += 1;
  }
}
