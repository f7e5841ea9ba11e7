import { Connection } from '../../bench/connection.js';
import { quantile } from '../../bench/load.js';
import type { Target } from '../../bench/target.js';
import { LoadClient, makeGround } from './mix.js';

/** What a run did. */
export interface Outcome {
  readonly name: string;
  readonly requests: number;
  /** Failed requests by why: a status, `broken` or `wrong value`. */
  readonly failures: ReadonlyMap<string, number>;
  /** Connections on which nothing succeeded. */
  readonly starved: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

interface Tally {
  readonly latencies: number[];
  readonly failures: Map<string, number>;
  starved: number;
}

/** Each client sends its next request as soon as the last one is answered, on one kept connection. */
export async function drive(target: Target, clients: number, seconds: number): Promise<Outcome> {
  const ground = await makeGround(target, clients);
  const tally: Tally = { latencies: [], failures: new Map(), starved: 0 };
  const opened = await Promise.all(Array.from({ length: clients }, () => connected(target)));
  const start = performance.now();
  const until = start + seconds * 1000;
  await Promise.all(
    opened.map((connection, number) =>
      run({ target, client: new LoadClient(target, ground, number), connection, until }, tally),
    ),
  );
  const ordered = Float64Array.from(tally.latencies).sort();
  return {
    name: target.name,
    requests: ordered.length,
    failures: tally.failures,
    starved: tally.starved,
    seconds: (performance.now() - start) / 1000,
    p50Ms: quantile(ordered, 0.5),
    p99Ms: quantile(ordered, 0.99),
    maxMs: ordered.at(-1) ?? NaN,
  };
}

/** A connection that the server has taken: under load its event loop takes one a round. */
async function connected(target: Target): Promise<Connection> {
  const connection = await Connection.open(target.port);
  await connection.request(target.encode('GET', '/about'));
  return connection;
}

interface Driven {
  readonly target: Target;
  readonly client: LoadClient;
  readonly connection: Connection;
  /** When to stop, ms. */
  readonly until: number;
}

async function run({ target, client, connection: first, until }: Driven, tally: Tally) {
  let connection = first;
  let succeeded = false;
  while (performance.now() < until) {
    const start = performance.now();
    const failure = await client.next(connection).catch(() => 'broken');
    tally.latencies.push(performance.now() - start);
    if (failure === null) succeeded = true;
    else tally.failures.set(failure, (tally.failures.get(failure) ?? 0) + 1);
    if (failure !== 'broken') continue;
    connection.close();
    connection = await Connection.open(target.port);
  }
  connection.close();
  if (!succeeded) tally.starved += 1;
}
