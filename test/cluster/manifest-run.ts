/**
 * The manifests' own settings as processes: replicas, ports, environment, caches, probes, memory and
 * body bounds of `k8s/`, on the stand-ins. A program with h5pyd writes a dataset of 1 GiB, reads it
 * back and compares; Prometheus' own client reads the metrics. Ends with `N passed, N failed`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { load } from 'js-yaml';
import { request } from 'undici';
import { LocalCluster, type NodeStatus, type Role } from './local-cluster.js';
import { bodyBytesMax, roleRules } from './manifest-settings.js';
import { ProbeLoop } from './probe-loop.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const GIB = 2 ** 30;
const MIB = 2 ** 20;
/** Size of the dataset; another one as the argument, for a quick look. */
const total = Number(process.argv[2] ?? GIB);
const ROLES = ['sn', 'dn'] as const;
const JOB = 'job-72';
const SECRETS = { password: 'seeded-password', bearer: 'seeded.bearer', key: 'seeded-key' };
const FIELDS = ['ts', 'level', 'msg'];
const REQUEST_FIELDS = [
  ...FIELDS,
  ...['service', 'node_role', 'boot', 'epoch', 'map_fp', 'req_id', 'method', 'route', 'target'],
  ...['obj_class', 'status', 'dur_ms'],
];
/** Calls of service nodes have no method and no target: they are no HTTP requests. */
const CALL_FIELDS = REQUEST_FIELDS.filter((field) => field !== 'method' && field !== 'target');
const rules = { sn: roleRules('sn'), dn: roleRules('dn') };
const results = { passed: 0, failed: 0 };

function check(holds: boolean, what: string): void {
  results[holds ? 'passed' : 'failed'] += 1;
  console.log(`${holds ? 'ok  ' : 'FAIL'} ${what}`);
}

/** Runs a program of a Python environment; its output goes to ours. @returns its status */
async function python(environment: string, program: string, args: string[]): Promise<number> {
  const interpreter = join(ROOT, `.venv-${environment}/bin/python`);
  const child = spawn(interpreter, ['-u', join(ROOT, 'test/cluster', program), ...args], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [status] = (await once(child, 'exit')) as [number | null];
  return status ?? 1;
}

function newCluster(folder: string): LocalCluster {
  const settings = load(readFileSync(join(ROOT, 'k8s/base/config.yml'), 'utf8'));
  const config = settings as Readonly<Record<string, unknown>>;
  return new LocalCluster({
    dist: join(ROOT, 'dist'),
    folder,
    snPort: rules.sn.port,
    dnPort: rules.dn.port,
    settings: {
      CHUNK_MEM_CACHE_SIZE: String(config.chunk_mem_cache_size),
      METADATA_MEM_CACHE_SIZE: String(config.metadata_mem_cache_size),
    },
    roleSettings: { sn: rules.sn.env, dn: rules.dn.env },
    onEvent: (line) => {
      console.log(line);
    },
  });
}

function originOf({ role, ip }: NodeStatus): string {
  // A data node's pod address is a link; its probes go to the process.
  return `http://${role === 'dn' ? ip.replace('127.0.1.', '127.0.2.') : ip}:${rules[role].port}`;
}

/** Most memory that a process has had resident, bytes. */
function peakBytes(pid: number): number {
  const [, kib = '0'] =
    /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib) * 1024;
}

function checkMemory(nodes: readonly NodeStatus[]): void {
  for (const role of ROLES) {
    const peaks = nodes.filter((node) => node.role === role).map(({ pid }) => peakBytes(pid ?? 0));
    const [peak, limit] = [Math.max(...peaks), rules[role].memoryBytes];
    const shown = peaks.map((bytes) => Math.round(bytes / MIB)).join(', ');
    check(peak > 0 && peak < limit, `memory of ${role}: peaks ${shown} MiB, limit ${limit / MIB}`);
  }
}

async function checkMetrics(nodes: readonly NodeStatus[], folder: string): Promise<void> {
  for (const role of ROLES) {
    const node = nodes.find((each) => each.role === role);
    if (node === undefined) throw new Error(`no ${role}`);
    const answer = await request(`${originOf(node)}/metrics`);
    const file = join(folder, `${role}.prom`);
    writeFileSync(file, await answer.body.text());
    const status = await python('prometheus', 'read_metrics.py', [role, file]);
    check(status === 0, `metrics of ${role} are read by Prometheus' client, none is missing`);
  }
}

async function play(cluster: LocalCluster, folder: string): Promise<void> {
  await cluster.start({ sn: rules.sn.replicas, dn: rules.dn.replicas });
  const nodes = await cluster.status();
  check(
    nodes.every(({ ready }) => ready),
    `${nodes.length} pods are ready`,
  );
  const probes = nodes.flatMap((node) =>
    (['readiness', 'liveness'] as const).map(
      (kind) =>
        new ProbeLoop(`${kind} of ${node.name}`, originOf(node), rules[node.role].probes[kind]),
    ),
  );
  const begun = performance.now();
  const args = [cluster.endpoint, String(total), String(bodyBytesMax())];
  const status = await python('h5pyd1', 'gibibyte.py', args);
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  check(
    status === 0,
    `${total / MIB} MiB written, read back and compared with h5pyd in ${seconds} s`,
  );
  for (const probe of probes) probe.stop();
  const acted = probes.filter((probe) => probe.acted).map(({ what }) => what);
  const asked = probes.reduce((sum, probe) => sum + probe.asked, 0);
  check(
    acted.length === 0,
    `${asked} probes; a kubelet would have acted on: ${acted.join() || 'none'}`,
  );
  const after = await cluster.status();
  check(
    after.every(({ restarts }) => restarts === 0),
    'no pod was restarted',
  );
  checkMemory(after);
  await checkMetrics(after, folder);
  await checkLevel(cluster, folder);
  await seed(cluster.endpoint);
  await endInOrder(cluster);
  checkLogs(logsOf(folder));
}

function logsOf(folder: string): Map<string, string> {
  const logs = join(folder, 'logs');
  return new Map(readdirSync(logs).map((name) => [name, readFileSync(join(logs, name), 'utf8')]));
}

/** A changed level in the mounted file reaches every process. */
async function checkLevel(cluster: LocalCluster, folder: string): Promise<void> {
  const file = join(folder, 'config.yml');
  writeFileSync(file, readFileSync(file, 'utf8').replace('log_level: INFO', 'log_level: DEBUG'));
  const changed = () =>
    [...logsOf(folder).values()].every((text) => text.includes('"msg":"log level changed"'));
  await cluster.until(changed, 'the level changes', 60_000);
  check(true, 'a changed log_level reached every process while it ran');
}

/** Requests with an id, and with secrets that must not be written down. */
async function seed(endpoint: string): Promise<void> {
  const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`;
  const domain = { 'x-hdf-domain': '/home/manifests/gibibyte.h5', 'x-request-id': JOB };
  const calls = [
    [endpoint, { ...domain, authorization: basic('admin:admin') }],
    [endpoint, { ...domain, authorization: basic(`admin:${SECRETS.password}`) }],
    [endpoint, { ...domain, authorization: `Bearer ${SECRETS.bearer}` }],
    [`${endpoint}/?api_key=${SECRETS.key}`, domain],
  ] as const;
  for (const [url, headers] of calls) await (await request(url, { headers })).body.dump();
}

function checkLogs(logs: ReadonlyMap<string, string>): void {
  const wrong: string[] = [];
  const ids: Record<Role, Set<unknown>> = { sn: new Set(), dn: new Set() };
  for (const [name, text] of logs) {
    for (const line of text.split('\n').filter((each) => each !== '')) {
      const record = parsed(line);
      const isRequest = record?.msg === 'request';
      const ofRequest = record?.node_role === 'dn' ? CALL_FIELDS : REQUEST_FIELDS;
      const lacks = (isRequest ? ofRequest : FIELDS).filter((field) => !(field in (record ?? {})));
      if (lacks.length > 0) wrong.push(`${name} lacks ${lacks.join()}: ${line.slice(0, 200)}`);
      if (isRequest && record.client_req_id === JOB) {
        ids[record.node_role === 'dn' ? 'dn' : 'sn'].add(record.req_id);
      }
    }
  }
  for (const line of wrong.slice(0, 5)) console.log(line);
  check(wrong.length === 0, `every line of ${logs.size} logs is JSON with its fields`);
  const shared = [...ids.dn].filter((id) => ids.sn.has(id));
  check(shared.length > 0, 'a request is found by its id on service node and data nodes');
  const all = [...logs.values()].join('');
  const seen = [...Object.values(SECRETS), 'YWRtaW46'].filter((secret) => all.includes(secret));
  check(seen.length === 0, 'no log holds a secret that a request brought');
}

function parsed(line: string): Record<string, unknown> | null {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return null;
  }
}

/** Deletes every pod as Kubernetes does. */
async function endInOrder(cluster: LocalCluster): Promise<void> {
  const begun = performance.now();
  const names = ROLES.flatMap((role: Role) => cluster.names(role));
  await Promise.all(names.map((name) => cluster.remove(name)));
  const seconds = (performance.now() - begun) / 1000;
  check(seconds < 75, `all pods ended by themselves in ${seconds.toFixed(1)} s`);
}

const folder = mkdtempSync(join(tmpdir(), 'hsds-manifests-'));
const cluster = newCluster(folder);
try {
  await play(cluster, folder);
} catch (error) {
  check(false, error instanceof Error ? (error.stack ?? error.message) : String(error));
} finally {
  await cluster.close();
  if (results.failed > 0) console.log(`logs are in ${folder}`);
  else rmSync(folder, { recursive: true });
}
console.log(`${results.passed} passed, ${results.failed} failed`);
process.exit(results.failed === 0 ? 0 : 1);
