/**
 * The same three scripted events under the same clients, once against HSDS 0.9.4 and once against
 * this service: `npm run cluster -- --trials --hsds [--page]`.
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { longestSilence, type Tally } from './history.js';
import { HsdsCluster } from './hsds-cluster.js';
import { LocalCluster, pause } from './local-cluster.js';
import { replaceSection, tableOf } from './page.js';
import { PlainClient, Workload } from './workload.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const WORK = { writers: 8, readers: 8, thinkMs: 200 };
/** Before and after an event, so that its surroundings are seen. */
const CALM_MS = 3000;
const RESTART_MS = 1000;
const COMMAND = 'npm run cluster -- --trials --hsds --page';

/** What both systems can be told to do. */
interface System {
  readonly name: string;
  readonly endpoint: string;
  start(dns: number): Promise<void>;
  scale(dns: number): Promise<void>;
  crash(): Promise<void>;
  settled(): Promise<void>;
  close(): Promise<void>;
}

interface Event {
  readonly name: string;
  readonly dns: number;
  act(system: System): Promise<void>;
}

const EVENTS: readonly Event[] = [
  { name: 'scale up 1-3', dns: 1, act: (system) => system.scale(3) },
  { name: 'scale down 3-1', dns: 3, act: (system) => system.scale(1) },
  { name: 'kill -9 of one of 2 data nodes', dns: 2, act: (system) => system.crash() },
];

const { values } = parseArgs({
  options: {
    hsds: { type: 'boolean', default: true },
    page: { type: 'boolean', default: false },
    port: { type: 'string', default: '25100' },
    dist: { type: 'string', default: join(ROOT, 'dist') },
    'dn-port': { type: 'string', default: '6711' },
    'sn-port': { type: 'string', default: '5711' },
  },
});

async function main(): Promise<void> {
  if (!HsdsCluster.installed) throw new Error('HSDS is missing: scripts/python-env.sh hsds09');
  const rows: (string | number)[][] = [];
  let unfinished = 0;
  for (const event of EVENTS) {
    for (const make of [hsds, ours]) {
      const system = make(mkdtempSync(join(tmpdir(), 'hsds-cluster-')));
      const { tally, silenceMs, problem } = await play(system, event);
      if (problem !== null) unfinished += 1;
      for (const note of tally.notes.slice(0, 5)) console.log(`     ${note}`);
      rows.push([event.name, system.name, ...cellsOf(tally), silenceMs, problem ?? '']);
      console.log(`${event.name}, ${system.name}: ${rows.at(-1)?.slice(2).join(', ')}`);
    }
  }
  const table = tableOf(
    [
      'event',
      'system',
      'requests',
      'failed',
      'of them 503',
      'seconds with a 503',
      'seconds with a failure',
      'lost, default level',
      'lost, level D3',
      'stale, default level',
      'stale, level D3',
      'objects lost',
      'longest silence ms',
      'did not end',
    ],
    rows,
  );
  console.log(`\n${table}\n`);
  if (values.page) replaceSection('hsds', `\`${COMMAND}\`\n\n${table}`);
  console.log(`${rows.length - unfinished} played, ${unfinished} did not settle`);
}

async function play(
  system: System,
  { dns, act }: Event,
): Promise<{ tally: Tally; silenceMs: number; problem: string | null }> {
  let problem: string | null = null;
  try {
    await system.start(dns);
    const workload = await Workload.prepare(new PlainClient(system.endpoint));
    workload.history.turn();
    workload.start(WORK);
    await pause(CALM_MS);
    try {
      await act(system);
      await pause(CALM_MS);
      await system.settled();
    } catch (error) {
      problem = String(error);
    }
    await pause(CALM_MS);
    await workload.stop();
    const silenceMs = longestSilence(workload.history.tally.endedAt);
    await workload.readBack();
    return { tally: workload.history.turn(), silenceMs, problem };
  } finally {
    await system.close();
  }
}

function cellsOf(tally: Tally): number[] {
  const refused = tally.failures.filter(({ status }) => status === 503);
  return [
    tally.requests,
    tally.failed,
    refused.length,
    secondsOf(refused),
    secondsOf(tally.failures),
    tally.lost.D0,
    tally.lost.D3,
    tally.stale.D0,
    tally.stale.D3,
    tally.lostObjects,
  ];
}

/** In how many seconds of the clock something failed. */
function secondsOf(failures: Tally['failures']): number {
  return new Set(failures.map(({ at }) => Math.floor(at / 1000))).size;
}

function hsds(folder: string): System {
  const cluster = new HsdsCluster({ folder, port: Number(values.port) });
  return {
    name: 'HSDS 0.9.4',
    endpoint: cluster.endpoint,
    start: (dns) => cluster.start(dns),
    scale: (dns) => cluster.scale(dns),
    crash: () => cluster.crash(RESTART_MS),
    settled: () => cluster.settled(),
    close: () => cluster.close(),
  };
}

function ours(folder: string): System {
  const cluster = new LocalCluster({
    dist: resolve(values.dist),
    folder,
    dnPort: Number(values['dn-port']),
    snPort: Number(values['sn-port']),
    settings: { MIN_CHUNK_SIZE: '1k' },
  });
  return {
    name: 'this service',
    get endpoint() {
      return cluster.endpoint;
    },
    start: (dns) => cluster.start({ sn: 1, dn: dns }),
    scale: async (dns) => {
      await cluster.scale('dn', dns);
      await cluster.until(() => cluster.names('dn').length === dns, `${dns} data nodes`);
    },
    crash: () => {
      cluster.signal(cluster.names('dn')[0] ?? '', 'SIGKILL');
      return pause(RESTART_MS);
    },
    settled: () => cluster.settled(),
    close: () => cluster.close(),
  };
}

await main();
