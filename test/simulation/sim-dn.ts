import { CacheGroup, RetryLayer } from '#storage';
import {
  DnAgent,
  LeaseGate,
  ObjectEpochStore,
  PodWatch,
  type DnAgentParts,
  type DnHooks,
  type ServeKind,
  type Ticket,
} from '#cluster';
import { openDataNode, type OpenDataNode } from '#dn';
import type { Ablation } from './ablation.js';
import type { Cluster } from './cluster.js';
import { SimProcess } from './process.js';
import { simPeers } from './sim-peers.js';
import { DN_LABELS, type SimPod } from './sim-kubernetes.js';

export const CLUSTER_ID = 'sim';
export const BUCKET = 'bucket';
export const SELECTOR = { labels: DN_LABELS, container: 'dn' };

/** Small limits, so that the bounds are met as well. */
const CONFIG = {
  metadata_mem_cache_size: 1 << 20,
  metadata_mem_cache_expire: 3600,
  chunk_mem_cache_size: 1 << 20,
  chunk_mem_cache_expire: 3600,
  max_chunk_size: 1 << 16,
  s3_age_time: 0.5,
  max_pending_write_requests: 64,
  write_zero_chunks: false,
};

const SILENT = { error: () => undefined, warn: () => undefined, info: () => undefined };

/** A data node process: the real agent, dispatcher, handlers and caches over simulated parts. */
export class SimDn {
  readonly process: SimProcess;
  readonly agent: DnAgent;
  readonly node: OpenDataNode;
  private readonly pods: PodWatch;

  constructor(
    private readonly cluster: Cluster,
    pod: SimPod,
  ) {
    const { world, store, ablation } = cluster;
    const boot = `b${(cluster.boots += 1)}`;
    this.process = new SimProcess(world, `${pod.name}/${boot}`, pod.machine);
    const { clock, random } = this.process;
    const client = store.clientOf(this.process);
    const data = new RetryLayer(client, { clock, random });
    this.pods = new PodWatch({
      api: cluster.kubernetes.api.clientOf(this.process),
      clock,
      random,
      container: 'dn',
      onError: () => undefined,
    });
    const parts: DnAgentParts = {
      clusterId: CLUSTER_ID,
      selector: SELECTOR,
      clock,
      random,
      epochs: new ObjectEpochStore(client, BUCKET, CLUSTER_ID),
      discovery: this.pods,
      peers: simPeers(cluster, this.process),
      log: (event, facts) => {
        cluster.log(this.process.name, event, facts);
      },
      self: { ip: pod.ip, uid: pod.uid, boot, startedAt: this.process.startedAt },
      probe: async () => {
        await client.head({ bucket: BUCKET, key: '_hsds/probe' });
      },
      exit: (code, reason) => {
        cluster.log(this.process.name, 'exit', { code, reason });
        this.process.kill();
      },
      openGate: (...sources) => new SimGate(cluster, ...sources),
      ...(ablation === 'no-barrier' ? { releaseOf: () => 'lapsed' as const } : {}),
    };
    this.agent = new DnAgent(parts);
    this.node = openDataNode({
      runtime: { config: CONFIG as never, clock, random, log: SILENT as never },
      opened: { store: data },
      caches: new CacheGroup({ store: data, clock, random, boot }),
      cluster: {
        gate: this.agent.gate,
        owns: (name) => this.agent.gate.owns(name),
        custody: this.agent.custody,
      },
    });
    cluster.network.listeners.set(pod.ip, this.process);
    cluster.dnOf.set(this.process, this);
    this.relist();
    void this.agent.start(this.hooks(ablation));
  }

  get started(): boolean {
    return this.agent.state.stage !== 'BOOTING';
  }

  terminate(): void {
    this.process.deliver(() => {
      this.agent.terminate();
    });
  }

  /** In the real program a schedule of Nest. */
  private relist(): void {
    this.process.clock.after(15_000, () => {
      void this.pods.relist();
      this.relist();
    });
  }

  private hooks(ablation: Ablation | null): DnHooks {
    const { hooks } = this.node;
    return {
      ...hooks,
      beginDrain: () => {
        if (ablation !== 'no-flush') hooks.beginDrain();
      },
      flushAll: () => (ablation === 'no-flush' ? Promise.resolve() : hooks.flushAll()),
      clearCaches: (lost) => {
        if (ablation !== 'keep-cache') hooks.clearCaches(lost || ablation === 'no-flush');
      },
    };
  }
}

/** The real gate, watched by an oracle that sees all nodes at once; or with a test left out. */
class SimGate extends LeaseGate {
  private confirming: ServeKind = 'read';

  constructor(
    private readonly cluster: Cluster,
    ...sources: ConstructorParameters<typeof LeaseGate>
  ) {
    super(...sources);
  }

  override confirm(ticket: Ticket): void {
    const { ablation } = this.cluster;
    if (ablation === 'no-ack-test' && ticket.kind === 'write') return;
    this.confirming = ticket.kind;
    super.confirm(ticket);
    this.cluster.served(ticket.epoch);
  }

  protected override get leasedToAdmit(): boolean {
    return this.cluster.ablation === 'no-accept-test' || super.leasedToAdmit;
  }

  protected override get leasedToConfirm(): boolean {
    const untested = this.cluster.ablation === 'no-accept-test' && this.confirming === 'read';
    return untested || super.leasedToConfirm;
  }
}
