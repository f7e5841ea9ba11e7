import { domainKey } from '#dn-client';
import { Cluster } from './cluster.js';
import type { Span } from './registers.js';
import { BUCKET, type SimDn } from './sim-dn.js';
import type { SimPod } from './sim-kubernetes.js';
import type { SimSn } from './sim-sn.js';
import type { Ablation } from './ablation.js';
import { Workload } from './workload.js';
import { World } from './world.js';

/** A history that is written down step by step; chance has only the delays. */
export interface Script {
  readonly name: string;
  readonly durability: 'D0' | 'D3';
  readonly dns: number;
  act(stage: Stage): Promise<void>;
}

const HOLD_MS = 20_000;
const PATIENCE_MS = 60_000;
const LOOK_EVERY_MS = 20;
/** What the cluster keeps for itself in the store. */
const OWN_PREFIX = '_hsds/';

/** What scripts act with. */
export class Stage {
  /** The registers that most scripts are about. */
  readonly cell: Span = { chunk: 0, first: 0, count: 1 };

  constructor(
    readonly world: World,
    readonly cluster: Cluster,
    private readonly workload: Workload,
  ) {}

  get sn(): SimSn {
    return this.cluster.sns[0]!;
  }

  /** Reads and checks; a read that fails claims nothing. */
  readonly read = (sn: SimSn, span: Span): Promise<void> => this.workload.readSpan(sn, span);

  /** Writes new values; resolves when that is answered, or given up. */
  readonly write = (sn: SimSn, span: Span): Promise<void> => this.workload.writeSpan(sn, span);

  /** Creates or deletes a domain; resolves when that is answered, or given up. */
  readonly changeDomain = (sn: SimSn, what: 'create' | 'delete', path: string): Promise<void> =>
    this.workload.changeDomain(sn, what, path);

  /** A domain must be there; a look that fails claims nothing. */
  readonly findDomain = (sn: SimSn, path: string): Promise<void> =>
    this.workload.findDomain(sn, path);

  /** The pod that owns the cell in the newest epoch that a service node knows. */
  readonly owner = (): SimPod => this.ownerOf(this.workload.chunkName(this.cell));

  /** The same of a domain. */
  readonly domainOwner = (path: string): SimPod =>
    this.ownerOf(domainKey({ bucket: BUCKET, path }));

  private ownerOf(name: string): SimPod {
    const maps = this.cluster.sns.map((sn) => sn.agent.current());
    const map = maps.reduce((a, b) => (b.epoch > a.epoch ? b : a));
    const ip = map.nodes[map.ownerOf(name)]!.ip;
    return this.cluster.kubernetes.live.find((pod) => pod.ip === ip)!;
  }

  /** @throws when it does not come true within a minute */
  async until(holds: () => boolean): Promise<void> {
    const { world } = this;
    const deadline = world.now + PATIENCE_MS;
    while (!holds()) {
      if (world.now > deadline) throw new Error('the script waits in vain');
      await world.sleep(LOOK_EVERY_MS);
    }
  }

  /** A service node routes with a later map than it does now. */
  async nextEpoch(sn: SimSn): Promise<void> {
    const { epoch } = sn.agent.current();
    await this.until(() => sn.agent.current().epoch > epoch);
  }

  /** Two nodes see only each other, and of the store nothing, or nothing of the record. */
  isolate(dn: SimDn, sn: SimSn, from: 'everything' | 'record'): void {
    const { store, network, kubernetes } = this.cluster;
    const pair = [dn.process, sn.process];
    for (const process of pair) {
      if (from === 'everything') store.cuts.set(process, 'both');
      else store.lost.set(process, OWN_PREFIX);
      for (const other of [...this.cluster.dns, ...this.cluster.sns]) {
        if (!pair.includes(other.process)) network.cutOff(process, other.process, 'both');
      }
    }
    kubernetes.api.cuts.add(dn.process);
  }

  /** Ends {@link isolate}. */
  heal(): void {
    const { store, network, kubernetes } = this.cluster;
    store.cuts.clear();
    store.lost.clear();
    network.cuts.clear();
    kubernetes.api.cuts.clear();
  }

  /** What a data node puts or deletes from now on arrives only when the result is called. */
  holdChanges(dn: SimDn): () => void {
    const { held } = this.cluster.store;
    let release: () => void = () => undefined;
    held.set(dn.process, new Promise((resolve) => (release = resolve)));
    return () => {
      held.delete(dn.process);
      release();
    };
  }
}

/** Performs a script on a cluster of its own. @returns what the checker has to say */
export async function perform(
  script: Script,
  seed: number,
  ablation: Ablation | null,
): Promise<readonly string[]> {
  const world = new World(seed);
  const cluster = new Cluster(world, { sns: 2, dns: script.dns, ablation });
  const workload = new Workload(cluster, { durability: script.durability, holdMs: HOLD_MS });
  const stage = new Stage(world, cluster, workload);
  const act = async () => {
    await stage.until(() => cluster.ready);
    await workload.create();
    await script.act(stage);
    stage.heal();
    await stage.until(() => cluster.ready);
    await workload.readAll();
  };
  await world.runUntil(act());
  return cluster.violations;
}
