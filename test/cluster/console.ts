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
import type { Cut } from './link.js';
import { LocalCluster, pause, type NodeStatus, type Role, type Way } from './local-cluster.js';

const HELP = `commands
  scale <n> | scale sn <n>         so many data nodes (service nodes)
  kill <node> [signal]             SIGKILL, or another; the pod's container is restarted
  stop <node> <seconds>            SIGSTOP, later SIGCONT
  delete <node> [force]            as kubectl does; force: from the API at once, the process lives
  roll [sn]                        replace all data nodes (service nodes), full surge
  cut <node> <way> [silence]       way: store, kubernetes, peers; refuses, or loses every byte
  mend <node> <way>
  outage <way> [seconds]           cut for all nodes; without seconds until: mend all <way>
  status                           once more;   watch: every second;   quit`;

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CLEAR = '\u001b[2J\u001b[H';
const WAYS: readonly string[] = ['store', 'kubernetes', 'peers'];

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
  const input = createInterface(process.stdin);
  input.on('line', (line) => {
    if (line.trim() === 'quit') end();
    else void obey(cluster, line.trim().split(/\s+/));
  });
}

let watching = false;

async function obey(cluster: LocalCluster, words: readonly string[]): Promise<void> {
  try {
    const [verb = '', ...rest] = words;
    if (verb === 'watch') {
      watching = !watching;
      while (watching) {
        await show(cluster, CLEAR);
        await pause(1000);
      }
      return;
    }
    watching = false;
    if (verb !== '' && verb !== 'status') await act(cluster, verb, rest);
    await show(cluster, '');
  } catch (error) {
    console.log(error instanceof Error ? error.message : String(error));
  }
}

async function act(cluster: LocalCluster, verb: string, rest: readonly string[]): Promise<void> {
  const [first = '', second = '', third = ''] = rest;
  switch (verb) {
    case 'scale':
      if (first === 'sn') await cluster.scale('sn', count(second));
      else await cluster.scale('dn', count(first));
      return;
    case 'kill':
      cluster.signal(first, (second === '' ? 'SIGKILL' : second) as NodeJS.Signals);
      return;
    case 'stop':
      cluster.signal(first, 'SIGSTOP');
      setTimeout(
        () => {
          cluster.signal(first, 'SIGCONT');
        },
        count(second) * 1000,
      );
      return;
    case 'delete':
      if (second === 'force') cluster.pod(first).deleteByForce();
      else await cluster.remove(first);
      return;
    case 'roll':
      await cluster.roll((first === '' ? 'dn' : first) as Role);
      return;
    case 'cut':
      cluster.cut(first, way(second), (third === '' ? 'refuse' : third) as Cut);
      return;
    case 'mend':
      if (first === 'all') cluster.outage(way(second), null);
      else cluster.mend(first, way(second));
      return;
    case 'outage':
      cluster.outage(way(first), 'silence');
      if (second === '') return;
      await pause(count(second) * 1000);
      cluster.outage(way(first), null);
      return;
    default:
      console.log(HELP);
  }
}

function count(text: string): number {
  const value = Number(text);
  if (text === '' || !Number.isInteger(value) || value < 0) {
    throw new Error(`expected a whole number, found '${text}'`);
  }
  return value;
}

function way(text: string): Way {
  if (WAYS.includes(text)) return text as Way;
  throw new Error(`expected ${WAYS.join(', ')}, found '${text}'`);
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

function describe({ name, ip, pid, ready, restarts, cut, cluster }: NodeStatus): string {
  const fact = (key: string) => {
    const value = cluster?.[key];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '-';
  };
  const state = pid === null ? 'down' : cluster === null ? 'silent' : fact('phase');
  return [
    name.padEnd(7),
    ip.padEnd(12),
    (ready ? 'yes' : 'no').padEnd(5),
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
