import { HdfError, type Json } from '#hdf5';
import type { Custody } from '#storage';
import type { AgentParts } from './agent-parts.js';
import type { ClusterOptions, KubernetesClusterOptions } from './cluster-options.js';
import { DnAgent } from './dn-agent.js';
import { DnView } from './dn-view.js';
import { ObjectEpochStore, clusterPrefix } from './epoch-store.js';
import { FixedMembership, StaticGate, fixedMap, numberOf } from './fixed-membership.js';
import { canonicalIp } from './ip-order.js';
import { openKubernetesPods } from './kubernetes.js';
import { parseSelector } from './label-selector.js';
import type { MembershipView } from './membership-view.js';
import { HttpPeers } from './peer-http.js';
import { PodWatch } from './pod-watch.js';
import type { ServeGate } from './serve-gate.js';
import { SnAgent } from './sn-agent.js';
import { probeStore, requireProbe } from './store-probe.js';

/** The cluster as one process sees it. */
export interface OpenCluster {
  readonly view: MembershipView;
  readonly gate: ServeGate;
  /** Whether this data node owns a name in the epoch that it serves. */
  readonly owns: (name: string) => boolean;
  /** This data node's right to what it owns. */
  readonly custody: Custody;
  /** The agents of a cluster with epochs; absent for fixed maps. */
  readonly dn?: DnAgent;
  readonly sn?: SnAgent;
  readonly pods?: PodWatch;
}

/** A gate for processes that serve no objects. */
const CLOSED_GATE: ServeGate = {
  admit: () => {
    throw new HdfError('internal', 'a service node serves no objects');
  },
  confirm: () => undefined,
  release: () => undefined,
};

const NO_CUSTODY: Custody = { leased: () => false, mayStore: () => false };

/** Builds what the chosen driver needs; nothing runs before the agents are started. */
export async function openCluster(options: ClusterOptions): Promise<OpenCluster> {
  if (options.driver === 'kubernetes') return openKubernetesCluster(options);
  const embedded = { ip: 'embedded', port: 0 };
  const nodes = options.driver === 'embedded' ? [embedded] : options.nodes;
  const self = options.driver === 'embedded' ? embedded : options.self;
  const map = fixedMap(nodes);
  const number = self === undefined ? -1 : numberOf(map, self);
  return {
    view: new FixedMembership(map),
    gate: new StaticGate(map, number),
    owns: (name) => map.ownerOf(name) === number,
    custody: { leased: () => true, mayStore: () => true },
  };
}

async function openKubernetesCluster(options: KubernetesClusterOptions): Promise<OpenCluster> {
  const { clusterId, clock, random, log, container, namespace, accountPrefix } = options;
  const labels = parseSelector(options.selector);
  const prefix = accountPrefix === undefined ? {} : { accountPrefix };
  const api = await openKubernetesPods({ namespace, labels, ...prefix });
  const onError = (error: unknown) => {
    log('kubernetes', { error: error instanceof Error ? error.message : String(error) });
  };
  const pods = new PodWatch({ api, clock, random, container, onError });
  const parts: AgentParts = {
    clusterId,
    selector: { labels, container },
    clock,
    random,
    epochs: new ObjectEpochStore(options.store, options.bucket, clusterId),
    discovery: pods,
    peers: new HttpPeers(options.dnPort),
    log,
  };
  if (options.role === 'sn') {
    const sn = new SnAgent({ ...parts, dnPort: options.dnPort });
    return { view: sn, gate: CLOSED_GATE, owns: () => false, custody: NO_CUSTODY, sn, pods };
  }
  const dn = openDataNodeAgent(options, parts);
  const view = new DnView(dn, options.dnPort);
  const owns = (name: string) => dn.gate.owns(name);
  return { view, gate: dn.gate, owns, custody: dn.custody, dn, pods };
}

function openDataNodeAgent(options: KubernetesClusterOptions, parts: AgentParts): DnAgent {
  const { self, store, bucket, clusterId, clock, allowUnfencedStore = false } = options;
  if (self === undefined || self.ip === '' || self.uid === '') {
    throw new HdfError('invalid', 'a data node needs POD_IP and POD_UID of its pod');
  }
  const probe = async () => {
    const key = `${clusterPrefix(clusterId)}probe/${self.boot}`;
    const report = await probeStore({ stores: [store], bucket, key });
    if (report.failures.length > 0) parts.log('store-probe', { failures: report.failures });
    requireProbe(report, allowUnfencedStore);
  };
  const identity = { ...self, ip: canonicalIp(self.ip), startedAt: clock.now() };
  const exit = (code: number, reason: string) => {
    parts.log('exit', { code, reason });
    if (code !== 0) options.exit(code);
  };
  return new DnAgent({ ...parts, self: identity, probe, exit });
}

/** The `cluster` part of `/health`, by the names of the protocol. */
export function clusterFacts(cluster: OpenCluster): Readonly<Record<string, Json>> {
  if (cluster.dn !== undefined) return { ...cluster.dn.health() };
  const { epoch, fingerprint } = cluster.view.current();
  return { epoch, fp: fingerprint, phase: cluster.view.state };
}
