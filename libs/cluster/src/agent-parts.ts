import type { Clock, Random } from '#storage';
import type { Discovery } from './discovery.js';
import type { PodSelector } from './eligibility.js';
import type { EpochStore } from './epoch-store.js';
import type { HealthReport } from './health-report.js';
import type { LeaseTimes } from './lease.js';
import type { LeaseGate } from './lease-gate.js';
import type { SelfIdentity } from './membership.js';
import type { TransitionTimes, releaseOf } from './transition.js';

/** What the cluster asks of the data node around it. */
export interface DnHooks {
  /** New writes are refused from now on. */
  beginDrain(): void;
  /** Stores all that is dirty; rejects when something could not be stored. */
  flushAll(): Promise<void>;
  /** Reads are refused from now on. */
  stopServing(): void;
  /** Forgets every cached object; `lost`: also what was never stored. */
  clearCaches(lost: boolean): void;
  dirty(): { readonly objects: number; readonly bytes: number };
}

/** Calls between nodes that carry no data. */
export interface PeerTransport {
  /** The node's report, or null when there is no answer within a second; never rejects. */
  health(ip: string): Promise<HealthReport | null>;
  /** Tells nodes to read the record now; may be lost. */
  hint(ips: readonly string[]): void;
}

/** Something worth a line in the log. */
export type ClusterLog = (event: string, facts: Readonly<Record<string, unknown>>) => void;

/** What every node of a cluster needs of the world. */
export interface AgentParts {
  readonly clusterId: string;
  readonly selector: PodSelector;
  readonly clock: Clock;
  readonly random: Random;
  readonly epochs: EpochStore;
  readonly discovery: Discovery;
  readonly peers: PeerTransport;
  readonly log: ClusterLog;
}

export interface DnAgentParts extends AgentParts {
  readonly self: SelfIdentity;
  /** Refuses a store that cannot carry the protocol. @throws HdfError `unavailable`: ask again */
  readonly probe: () => Promise<void>;
  readonly exit: (code: number, reason: string) => void;
  readonly lease?: LeaseTimes;
  readonly times?: TransitionTimes;
  /** Makes the serve gate; the simulator watches it, or leaves a test out. */
  readonly openGate?: (...sources: ConstructorParameters<typeof LeaseGate>) => LeaseGate;
  /** When a member stands no longer in the way; the simulator weakens it to see the checks fail. */
  readonly releaseOf?: typeof releaseOf;
}
