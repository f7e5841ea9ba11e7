import type { Ablation } from './ablation.js';
import type { SimProcess } from './process.js';
import { SimDn, BUCKET } from './sim-dn.js';
import { SimKubernetes } from './sim-kubernetes.js';
import { SimNetwork } from './sim-network.js';
import { SimSn } from './sim-sn.js';
import { SimStore } from './sim-store.js';
import type { World } from './world.js';

export interface ClusterOptions {
  readonly sns: number;
  readonly dns: number;
  readonly ablation: Ablation | null;
  /** Keep the log of all nodes. */
  readonly verbose?: boolean;
}

/** A whole installation in virtual time. */
export class Cluster {
  readonly store: SimStore;
  readonly network: SimNetwork;
  readonly kubernetes: SimKubernetes;
  readonly sns: SimSn[];
  readonly dnOf = new Map<SimProcess, SimDn>();
  readonly lines: string[] = [];
  readonly violations: string[] = [];
  readonly ablation: Ablation | null;
  boots = 0;
  private highestEpoch = 0;

  constructor(
    readonly world: World,
    private readonly options: ClusterOptions,
  ) {
    this.ablation = options.ablation;
    this.store = new SimStore(world);
    this.store.ignoreConditions = options.ablation === 'no-cas';
    this.store.ignoreDeletionConditions = options.ablation === 'no-cas-of-deletions';
    this.store.onPut = (process, { key }, put) => {
      if (options.verbose !== true) return;
      put.then(
        ({ etag }) => {
          this.log(process.name, 'stored', { key, etag });
        },
        (error: unknown) => {
          this.log(process.name, 'not-stored', { key, error: String(error) });
        },
      );
    };
    void this.store.inner.createBucket(BUCKET);
    this.network = new SimNetwork(world);
    this.kubernetes = new SimKubernetes(world, (pod) => new SimDn(this, pod));
    this.kubernetes.scale(options.dns);
    this.sns = Array.from({ length: options.sns }, (_, i) => new SimSn(this, `sn-${i}`));
  }

  /** Processes of data nodes that run, zombies among them. */
  get dns(): SimDn[] {
    return [...this.dnOf.values()].filter((dn) => dn.process.alive);
  }

  /** Epochs so far. */
  get epochs(): number {
    return this.highestEpoch;
  }

  /** Oracle: at any real time only one epoch is served. */
  served(epoch: number): void {
    if (epoch >= this.highestEpoch) this.highestEpoch = epoch;
    else if (this.ablation === null) {
      this.violations.push(
        `epoch ${epoch} served after epoch ${this.highestEpoch} at ${this.world.now.toFixed(0)} ms`,
      );
    }
  }

  log(who: string, event: string, facts: Readonly<Record<string, unknown>>): void {
    if (this.options.verbose !== true) return;
    const at = (this.world.now / 1000).toFixed(3).padStart(8);
    this.lines.push(`${at} ${who} ${event} ${JSON.stringify(facts)}`);
  }

  /** A service node crashes; another takes its place a moment later. */
  crashSn(index: number, replacedAfterMs: number): void {
    this.sns[index]!.process.kill();
    this.world.after(replacedAfterMs, () => {
      this.sns[index] = new SimSn(this, `sn-${index}b`);
    });
  }

  /** Everybody serves, and every service node says so. */
  get ready(): boolean {
    return this.sns.every(({ process, agent }) => process.alive && agent.state === 'READY');
  }
}
