/**
 * A cluster on this machine to look at and to break: `npm run cluster -- --sn 2 --dn 3`.
 * Commands on standard input: see {@link HELP}.
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { LocalCluster, pause, type NodeStatus } from './local-cluster.js';

const HELP = `commands
  scale <n> | scale sn <n>         so many data nodes (service nodes)
  kill <node> [signal]             SIGKILL, or another; the pod's container is restarted
  stop <node> <seconds>            SIGSTOP, later SIGCONT
  delete <node> [force]            as kubectl does; force: from the API at once, the process lives
  roll [sn]                        replace all data nodes (service nodes), full surge
  cut <node> <way> [silence]       way: store, kubernetes, peers; refuses, or loses every byte
  mend <node> <way> | mend all <way>
  outage <way> [seconds]           cut for all nodes, lost bytes; without seconds until: mend all
  status                           once more;   watch: every second, until the next command
  wait                             until all that was begun is done and the cluster is READY
  quit                             also the end of the input
What takes time goes on while other commands are obeyed.`;

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CLEAR = '\u001b[2J\u001b[H';
const WAYS = ['store', 'kubernetes', 'peers'] as const;
const ROLES = ['dn', 'sn'] as const;
const CUTS = ['refuse', 'silence'] as const;
const SIGNALS = ['SIGKILL', 'SIGTERM', 'SIGSTOP', 'SIGCONT', 'SIGINT'] as const;

const { values } = parseArgs({
  options: {
    sn: { type: 'string', default: '2' },
    dn: { type: 'string', default: '3' },
    port: { type: 'string', default: '5101' },
    'dn-port': { type: 'string', default: '6711' },
    'sn-port': { type: 'string', default: '5711' },
    dist: { type: 'string', default: join(ROOT, 'dist') },
    folder: { type: 'string' },
    durability: { type: 'string', default: 'D0' },
  },
});

async function main(): Promise<void> {
  const folder = values.folder ?? mkdtempSync(join(tmpdir(), 'hsds-cluster-'));
  const cluster = new LocalCluster({
    dist: resolve(values.dist),
    folder,
    port: Number(values.port),
    dnPort: Number(values['dn-port']),
    snPort: Number(values['sn-port']),
    settings: { DURABILITY: values.durability },
    onEvent: (line) => {
      console.log(line);
    },
  });
  const end = () => {
    void cluster.close().then(() => process.exit(0));
  };
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
  console.log('starting');
  await cluster.start({ sn: Number(values.sn), dn: Number(values.dn) });
  console.log(`service at ${cluster.endpoint} (admin:admin), logs in ${folder}/logs\n${HELP}`);
  await show(cluster, '');
  let obeyed: Promise<void> = Promise.resolve();
  const input = createInterface(process.stdin);
  input.on('line', (line) => {
    watching = false;
    if (line.trim() === 'quit') input.close();
    else obeyed = obeyed.then(() => obey(cluster, line.trim().split(/\s+/)));
  });
  input.on('close', () => void obeyed.then(end));
}

let watching = false;
/** What goes on beside the commands. */
const begun = new Set<Promise<void>>();

async function obey(cluster: LocalCluster, words: readonly string[]): Promise<void> {
  const [verb = '', ...rest] = words;
  try {
    if (verb === 'watch') void watch(cluster);
    else {
      if (verb === 'wait') await waitFor(cluster);
      else if (verb !== '' && verb !== 'status') await act(cluster, verb, rest);
      await show(cluster, '');
    }
  } catch (error) {
    console.log(messageOf(error));
  }
}

async function watch(cluster: LocalCluster): Promise<void> {
  watching = true;
  while (watching) {
    await show(cluster, CLEAR);
    await pause(1000);
  }
}

async function waitFor(cluster: LocalCluster): Promise<void> {
  const since = Date.now();
  await Promise.all(begun);
  await cluster.settled();
  console.log(`READY after ${((Date.now() - since) / 1000).toFixed(1)} s`);
}

/** Lets something go on, and tells when it is done. */
function begin(what: string, work: Promise<void>): void {
  const told = work.then(
    () => {
      console.log(`${what}: done`);
    },
    (error: unknown) => {
      console.log(`${what}: ${messageOf(error)}`);
    },
  );
  begun.add(told);
  void told.then(() => begun.delete(told));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function act(cluster: LocalCluster, verb: string, rest: readonly string[]): Promise<void> {
  const [first = '', second = '', third = ''] = rest;
  switch (verb) {
    case 'scale':
      if (second === '') await cluster.scale('dn', count(first));
      else await cluster.scale(one(first, ROLES), count(second));
      return;
    case 'kill':
      await kill(cluster, first, one(second || 'SIGKILL', SIGNALS));
      return;
    case 'stop':
      begin(`stop ${first}`, stop(cluster, first, count(second)));
      return;
    case 'delete':
      if (second === 'force') cluster.pod(first).deleteByForce();
      else begin(`delete ${cluster.pod(first).spec.name}`, cluster.remove(first));
      return;
    case 'roll': {
      const role = one(first || 'dn', ROLES);
      begin(`roll ${role}`, cluster.roll(role));
      return;
    }
    case 'cut':
      cluster.cut(first, one(second, WAYS), one(third || 'refuse', CUTS));
      return;
    case 'mend':
      if (first === 'all') cluster.outage(one(second, WAYS), null);
      else cluster.mend(first, one(second, WAYS));
      return;
    case 'outage':
      cluster.outage(one(first, WAYS), 'silence');
      if (second !== '') begin(`outage ${first}`, endOutage(cluster, first, count(second)));
      return;
    default:
      console.log(HELP);
  }
}

async function kill(cluster: LocalCluster, name: string, signal: NodeJS.Signals): Promise<void> {
  const { pid } = cluster.pod(name);
  cluster.signal(name, signal);
  // Else the pod would still look ready.
  if (signal === 'SIGKILL') await cluster.until(() => cluster.pod(name).pid !== pid, 'the end');
}

async function stop(cluster: LocalCluster, name: string, seconds: number): Promise<void> {
  cluster.signal(name, 'SIGSTOP');
  await pause(seconds * 1000);
  cluster.signal(name, 'SIGCONT');
}

async function endOutage(cluster: LocalCluster, way: string, seconds: number): Promise<void> {
  await pause(seconds * 1000);
  cluster.outage(one(way, WAYS), null);
}

function count(text: string): number {
  const value = Number(text);
  if (text === '' || !Number.isInteger(value) || value < 0) {
    throw new Error(`expected a whole number, found '${text}'`);
  }
  return value;
}

function one<T extends string>(text: string, known: readonly T[]): T {
  const found = known.find((word) => word === text);
  if (found !== undefined) return found;
  throw new Error(`expected ${known.join(', ')}, found '${text}'`);
}

/** The record, and a line a node. */
async function show(cluster: LocalCluster, before: string): Promise<void> {
  const { record } = cluster;
  const members = record?.members.map(({ ip }, index) => `${index}=${ip}`).join(' ') ?? '';
  const status = await cluster.status();
  const lines = [
    `epoch ${record?.epoch ?? '-'} ${record?.phase ?? ''}  ${members}`,
    'node    ip           ready cut         epoch phase      lease ms  dirty bytes  held',
    ...status.map(describe),
  ];
  console.log(before + lines.join('\n'));
}

function describe(status: NodeStatus): string {
  const { name, ip, pid, ready, deleting, restarts, cut, cluster } = status;
  const fact = (key: string) => {
    const value = cluster?.[key];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '-';
  };
  const state = pid === null ? 'down' : cluster === null ? 'silent' : fact('phase');
  return [
    name.padEnd(7),
    ip.padEnd(12),
    (deleting ? 'ends' : ready ? 'yes' : 'no').padEnd(5),
    cut.join(',').padEnd(11),
    fact('epoch').padEnd(5),
    state.padEnd(10),
    fact('leaseMs').padEnd(9),
    fact('dirtyBytes').padEnd(12),
    fact('heldRequests'),
    restarts > 0 ? `(${restarts} restarts)` : '',
  ].join(' ');
}

await main();
