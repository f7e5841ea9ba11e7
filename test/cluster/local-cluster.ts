/**
 * A whole cluster on one machine: service nodes and data nodes as processes of their own, each data
 * node with its own address, a stand-in Kubernetes that finds and restarts them, a stand-in S3.
 * Every way that may be cut goes through a {@link Link}.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { request } from 'undici';
import { Link, type Cut } from './link.js';
import { PodProcess } from './pod-process.js';
import { manifestSettings, podVerbs, StandInKubernetes } from './stand-in-kubernetes.js';
import { StandInS3 } from './stand-in-s3.js';

export interface LocalClusterOptions {
  /** Folder of the built apps. */
  readonly dist: string;
  /** For logs, settings and service accounts. */
  readonly folder: string;
  /** Where clients connect; 0 or absent: any port. */
  readonly port?: number;
  /** Equal for all data nodes. */
  readonly dnPort?: number;
  readonly snPort?: number;
  /** Settings of every node, by their upper-case names. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Over these, of the nodes of one role. */
  readonly roleSettings?: Readonly<Record<Role, Readonly<Record<string, string>>>>;
  /** Told what happens to pods. */
  readonly onEvent?: (line: string) => void;
  /** Between the deletion of a service node and its SIGTERM; absent: as the manifests say. */
  readonly preStopMs?: number;
}

/** A pod that was deleted in order, and how its process ended. */
export interface Ending {
  readonly name: string;
  /** An exit code or the name of a signal. */
  readonly how: number | string;
  readonly tookMs: number;
}

export type Role = 'sn' | 'dn';
/** Which of a node's ways: to the store, to the Kubernetes API, or from other nodes to it. */
export type Way = 'store' | 'kubernetes' | 'peers';

interface Node {
  readonly pod: PodProcess;
  readonly role: Role;
  readonly origin: string;
  readonly links: Readonly<Record<Way, Link>>;
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const LOCALHOST = '127.0.0.1';
const NAMESPACE = 'hsds';
/** Pods, processes behind their links, and service nodes have a network each. */
const POD_NET = '127.0.1';
const PROCESS_NET = '127.0.2';
const SN_NET = '127.0.3';
/** On a busy machine a process takes a minute to start. */
const SETTLE_MS = 180_000;
const POLL_MS = 200;

/** Grace periods of the manifests, and their pause before SIGTERM. */
const GRACE_MS: Readonly<Record<Role, number>> = { sn: 75_000, dn: 120_000 };
const PRE_STOP_MS: Readonly<Record<Role, number>> = { sn: 10_000, dn: 0 };

/** What a node says of itself. */
export interface NodeStatus {
  readonly name: string;
  readonly role: Role;
  readonly ip: string;
  readonly pid: number | null;
  readonly ready: boolean;
  readonly deleting: boolean;
  readonly restarts: number;
  readonly cut: readonly Way[];
  /** The `cluster` part of `/health`; null when it does not answer. */
  readonly cluster: Readonly<Record<string, unknown>> | null;
}

/** A running cluster; see the commands of `npm run cluster`. */
export class LocalCluster {
  readonly kubernetes = new StandInKubernetes(NAMESPACE);
  readonly s3 = new StandInS3();
  private readonly nodes = new Map<string, Node>();
  private readonly counts: Record<Role, number> = { sn: 0, dn: 0 };
  private readonly balancer = new Link(() => this.nextServiceNode());
  private turn = 0;
  private apiPort = 0;
  private s3Port = 0;
  private address = '';
  private readonly endings: Ending[] = [];
  private readonly settings: Record<string, unknown>;

  constructor(private readonly options: LocalClusterOptions) {
    this.settings = manifestSettings(readFileSync(join(ROOT, 'k8s/base/config.yml'), 'utf8'));
  }

  /** Starts the stand-ins and the pods; resolves when the service is READY. */
  async start(counts: { readonly sn: number; readonly dn: number }): Promise<void> {
    const { folder, port = 0 } = this.options;
    mkdirSync(join(folder, 'logs'), { recursive: true });
    this.apiPort = await this.kubernetes.listen();
    this.s3Port = await this.s3.listen();
    for (const role of ['sn', 'dn'] as const) {
      this.kubernetes.grant(`hsds-${role}`, this.verbs(role));
    }
    this.rotateTokens();
    const config = readFileSync(join(ROOT, 'k8s/base/config.yml'), 'utf8');
    writeFileSync(join(folder, 'config.yml'), config);
    const listening = await this.balancer.listen({ host: LOCALHOST, port });
    this.address = `http://${LOCALHOST}:${listening.port}`;
    await this.scale('dn', counts.dn);
    await this.scale('sn', counts.sn);
    await this.settled();
  }

  /** The verbs on pods that the manifests' Role gives to the service account of a role. */
  verbs(role: Role): string[] {
    return podVerbs(readFileSync(join(ROOT, 'k8s/base/rbac.yaml'), 'utf8'), `hsds-${role}`);
  }

  /** Writes new service account tokens, as a kubelet does before the old ones expire. */
  rotateTokens(): void {
    for (const account of ['hsds-sn', 'hsds-dn']) {
      this.kubernetes.writeAccount(join(this.options.folder, account), account);
    }
  }

  /** Where clients connect: a balancer over the service nodes that are ready. */
  get endpoint(): string {
    return this.address;
  }

  names(role: Role): string[] {
    return [...this.nodes].filter(([, node]) => node.role === role).map(([name]) => name);
  }

  pod(name: string): PodProcess {
    return this.node(name).pod;
  }

  /** Creates pods, or deletes the youngest; does not wait. */
  async scale(role: Role, count: number): Promise<void> {
    const present = this.names(role).filter((name) => !this.pod(name).deleting);
    for (const name of present.slice(count)) void this.remove(name);
    for (let missing = count - present.length; missing > 0; missing -= 1) await this.create(role);
  }

  /** Deletes a pod in order; resolves when it is gone. */
  async remove(name: string): Promise<void> {
    const { pod, links } = this.node(name);
    const begun = Date.now();
    await pod.delete();
    const end = pod.lastEnd;
    if (end !== null) {
      const how = end.signal ?? end.exitCode;
      this.endings.push({ name, how, tookMs: Date.now() - begun });
    }
    this.nodes.delete(name);
    for (const link of Object.values(links)) await link.close();
  }

  /** The pods that were deleted in order since the last call. */
  takeEndings(): Ending[] {
    return this.endings.splice(0);
  }

  /** Replaces all pods of a role as a Deployment with a full surge does. */
  async roll(role: Role, minReadyMs = 1000): Promise<void> {
    const old = this.names(role);
    for (let number = 0; number < old.length; number += 1) await this.create(role);
    const fresh = this.names(role).filter((name) => !old.includes(name));
    await this.until(() => fresh.every((name) => this.pod(name).ready), 'new pods are ready');
    await pause(minReadyMs);
    await Promise.all(old.map((name) => this.remove(name)));
  }

  /** Former crashes count no more, as after ten minutes without one. */
  endBackOff(): void {
    for (const { pod } of this.nodes.values()) pod.endBackOff();
  }

  signal(name: string, signal: NodeJS.Signals): void {
    this.pod(name).signal(signal);
  }

  cut(name: string, way: Way, how: Cut = 'refuse'): void {
    this.node(name).links[way].cut(how);
  }

  mend(name: string, way: Way): void {
    this.node(name).links[way].mend();
  }

  /** Cuts or mends a way of every node. */
  outage(way: Way, how: Cut | null): void {
    for (const { links } of this.nodes.values()) {
      if (how === null) links[way].mend();
      else links[way].cut(how);
    }
  }

  /** Waits until every service node is READY with a map of all data nodes. */
  async settled(limitMs = SETTLE_MS): Promise<void> {
    const isSettled = async () => {
      const wanted = this.names('dn').length;
      const all = [...this.nodes.values()];
      if (!all.every(({ pod }) => pod.ready)) return false;
      const answers = await Promise.all(
        all.filter(({ role }) => role === 'sn').map(({ origin }) => ask(`${origin}/about`)),
      );
      return answers.every((about) => about?.state === 'READY' && about.node_count === wanted);
    };
    await this.until(isSettled, 'the cluster is READY', limitMs);
  }

  async until(
    holds: () => boolean | Promise<boolean>,
    what: string,
    limitMs = SETTLE_MS,
  ): Promise<void> {
    const deadline = Date.now() + limitMs;
    while (!(await holds())) {
      if (Date.now() > deadline) throw new Error(`${what}: not within ${limitMs} ms`);
      await pause(POLL_MS);
    }
  }

  /** The epoch record; null before there is one. */
  get record(): { epoch: number; phase: string; members: { ip: string }[] } | null {
    const bucket = String(this.settings.bucket_name);
    const text = this.s3.text(bucket, `_hsds/cluster/${bucket}/epoch.json`);
    return text === null ? null : (JSON.parse(text) as ReturnType<() => LocalCluster['record']>);
  }

  status(): Promise<NodeStatus[]> {
    return Promise.all(
      [...this.nodes].map(async ([name, { pod, role, origin, links }]) => {
        const health = await ask(`${origin}/health`);
        const details = health?.details as { cluster?: Record<string, unknown> } | undefined;
        const ways: readonly Way[] = ['store', 'kubernetes', 'peers'];
        return {
          name,
          role,
          ip: pod.spec.ip,
          pid: pod.pid,
          ready: pod.ready,
          deleting: pod.deleting,
          restarts: pod.restartCount,
          cut: ways.filter((way) => links[way].isCut),
          cluster: details?.cluster ?? null,
        };
      }),
    );
  }

  /** Hands over and ends everything. */
  async close(): Promise<void> {
    for (const { pod, links } of this.nodes.values()) {
      pod.destroy();
      for (const link of Object.values(links)) await link.close();
    }
    this.nodes.clear();
    await this.balancer.close();
    await this.kubernetes.close();
    await this.s3.close();
  }

  private node(name: string): Node {
    const node = this.nodes.get(name);
    if (node === undefined) throw new Error(`no node ${name}: ${[...this.nodes.keys()].join(' ')}`);
    return node;
  }

  private async create(role: Role): Promise<void> {
    const { dnPort = 6711, snPort = 5711, folder, dist, onEvent } = this.options;
    this.counts[role] += 1;
    const number = this.counts[role];
    const name = `${role}-${number}`;
    const ip = role === 'dn' ? `${POD_NET}.${number}` : `${SN_NET}.${number}`;
    const host = role === 'dn' ? `${PROCESS_NET}.${number}` : ip;
    const port = role === 'dn' ? dnPort : snPort;
    const links = {
      store: new Link(() => ({ host: LOCALHOST, port: this.s3Port })),
      kubernetes: new Link(() => ({ host: LOCALHOST, port: this.apiPort })),
      peers: new Link(() => ({ host, port })),
    };
    const store = await links.store.listen({ host: LOCALHOST, port: 0 });
    const api = await links.kubernetes.listen({ host: LOCALHOST, port: 0 });
    if (role === 'dn') await links.peers.listen({ host: ip, port });
    const env = {
      ...this.environment(role),
      HOST: host,
      POD_IP: ip,
      POD_NAME: name,
      AWS_S3_GATEWAY: `http://${LOCALHOST}:${store.port}`,
      KUBERNETES_SERVICE_HOST: LOCALHOST,
      KUBERNETES_SERVICE_PORT: String(api.port),
    };
    const origin = `http://${host}:${port}`;
    const spec = {
      name,
      namespace: NAMESPACE,
      labels: role === 'dn' ? this.dataNodeLabels() : { component: 'sn' },
      container: role,
      ip,
      probeOrigin: origin,
      main: join(dist, 'apps', role, 'src', 'main.js'),
      env: (uid: string) => ({ ...env, POD_UID: uid }),
      logFile: join(folder, 'logs', `${name}.log`),
      graceMs: GRACE_MS[role],
      preStopMs: Math.min(PRE_STOP_MS[role], this.options.preStopMs ?? PRE_STOP_MS[role]),
    };
    const pod = new PodProcess(spec, this.kubernetes.pods, (what) => onEvent?.(`${name} ${what}`));
    this.nodes.set(name, { pod, role, origin, links });
    pod.start();
  }

  private environment(role: Role): Record<string, string> {
    const { dnPort = 6711, snPort = 5711, folder, settings } = this.options;
    return {
      CONFIG_DIR: folder,
      SN_PORT: String(snPort),
      DN_PORT: String(dnPort),
      SERVICE_ACCOUNT_PREFIX: join(folder, `hsds-${role}`),
      AWS_S3_NO_SIGN_REQUEST: 'true',
      PASSWORD_FILE: join(ROOT, 'config/passwd.txt'),
      GROUPS_FILE: '',
      CHUNK_MEM_CACHE_SIZE: '64m',
      METADATA_MEM_CACHE_SIZE: '32m',
      ...settings,
      ...this.options.roleSettings?.[role],
    };
  }

  private dataNodeLabels(): Record<string, string> {
    const terms = String(this.settings.k8s_dn_label_selector).split(',');
    return Object.fromEntries(terms.map((term) => term.split('=') as [string, string]));
  }

  private nextServiceNode(): { host: string; port: number } | null {
    const ready = [...this.nodes.values()].filter(({ role, pod }) => role === 'sn' && pod.ready);
    this.turn += 1;
    const chosen = ready[this.turn % Math.max(1, ready.length)];
    if (chosen === undefined) return null;
    const { hostname, port } = new URL(chosen.origin);
    return { host: hostname, port: Number(port) };
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function ask(url: string): Promise<Record<string, unknown> | null> {
  try {
    const answer = await request(url, { signal: AbortSignal.timeout(2000) });
    return (await answer.body.json()) as Record<string, unknown>;
  } catch {
    return null;
  }
}
