import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import type { Json } from '#hdf5';
import type { Clock } from '#storage';
import type { DnHooks } from './agent-parts.js';
import { clusterFacts, type OpenCluster } from './open-cluster.js';
import { startWatchdog } from './watchdog.js';

/** Provider token of the {@link OpenCluster} of this process. */
export const OPEN_CLUSTER = Symbol('OpenCluster');

/** A silent watch is replaced, and the whole list compared, this often (rule R1). */
const RELIST_MS = 15_000;

/** Runs the agent of this process: starts it, lists on schedule, hands over before the end. */
@Injectable()
export class MembershipService
  implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown
{
  private hooks: DnHooks | null = null;
  private endWatchdog: (() => Promise<void>) | null = null;
  private gone: Promise<void> | null = null;

  constructor(@Inject(OPEN_CLUSTER) private readonly cluster: OpenCluster) {}

  /** What a data node does when its epoch ends; called by its module before it listens. */
  attach(hooks: DnHooks, clock: Clock): void {
    this.hooks = hooks;
    if (this.cluster.dn !== undefined) this.endWatchdog = startWatchdog(clock);
  }

  onApplicationBootstrap(): void {
    this.cluster.sn?.start();
    // Not awaited: the start-up probe must be able to answer while the store is being probed.
    if (this.hooks !== null) void this.cluster.dn?.start(this.hooks);
  }

  /** The scheduled consistent list. */
  @Interval(RELIST_MS)
  relist(): void {
    void this.cluster.pods?.relist();
  }

  /** Somebody says that the record has changed. */
  hint(): void {
    this.cluster.dn?.hint();
    this.cluster.sn?.hint();
  }

  /** Start-up is over: the store has been probed. */
  get started(): boolean {
    const stage = this.cluster.dn?.state.stage;
    return stage === undefined || stage !== 'BOOTING';
  }

  /**
   * This process serves, or (a service node) has a map to route with; and it was never refused the
   * rights that it needs, so that a roll-out with a wrong Role stops at its first pod.
   */
  get ready(): boolean {
    const { dn, view, pods } = this.cluster;
    if (pods?.refused === true) return false;
    return dn === undefined ? view.ready : ['SERVING', 'DRAINING'].includes(dn.state.stage);
  }

  /** What keeps this process from learning who the data nodes are; null when nothing does. */
  get trouble(): string | null {
    return this.cluster.pods?.trouble ?? null;
  }

  /** What `/health` shows of this process. */
  facts(): Readonly<Record<string, Json>> {
    return clusterFacts(this.cluster);
  }

  /** Hands over before the process stops listening; Kubernetes' grace period bounds the wait. */
  async beforeApplicationShutdown(): Promise<void> {
    const { dn, sn } = this.cluster;
    sn?.terminate();
    if (dn !== undefined) await this.handOver();
    await this.endWatchdog?.();
  }

  /** The last requests of a service node still needed the map. */
  onApplicationShutdown(): void {
    this.cluster.sn?.stop();
  }

  private handOver(): Promise<void> {
    const { dn } = this.cluster;
    return (this.gone ??= new Promise((resolve) => {
      const check = () => {
        const stage = dn?.state.stage;
        if (stage === undefined || stage === 'GONE' || stage === 'FENCED') resolve();
      };
      dn?.onChange(check);
      dn?.terminate();
      check();
    }));
  }
}
