/**
 * What the HTTP edge needs from the process around it, as abstract classes so that they are
 * injection tokens: `{ provide: DomainAccess, useClass: … }` in the modules of the apps.
 */
import type { DomainDocument, Json } from '#hdf5';
import type { CallContext, DomainAddress, ObjectRecord } from '#dn-client';
import type { User } from './request-context.js';

/** Reads what the access guard decides on, from its owner. */
export abstract class DomainAccess {
  /** @throws HdfError `not-found`, `gone`, `unavailable` */
  abstract readDomain(address: DomainAddress, call: CallContext): Promise<DomainDocument>;

  /** @throws HdfError `not-found`, `gone`, `unavailable` */
  abstract readObject(bucket: string, id: string, call: CallContext): Promise<ObjectRecord>;
}

/** What a request brings to prove who calls. */
export interface Credentials {
  readonly authorization: string | undefined;
  /** `X-API-Key` header, else the `api_key` query parameter. */
  readonly apiKey: string | undefined;
}

/** Finds out who calls. */
export abstract class Authenticator {
  /**
   * The caller, or undefined when there are no credentials at all.
   *
   * @throws HdfError `invalid` for a malformed header, `unauthenticated` for wrong credentials,
   *   `unavailable` when the identity provider cannot be asked
   */
  abstract authenticate(credentials: Credentials): User | undefined | Promise<User | undefined>;
}

/** A node's state as clients of HSDS know it. */
export type NodeState = 'INITIALIZING' | 'WAITING' | 'READY' | 'TERMINATING';

/** This process and its place in the cluster. */
export abstract class NodeStatus {
  abstract readonly type: 'sn' | 'dn';
  /** Begins with `sn-` or `dn-`. */
  abstract readonly id: string;
  /** Unix seconds. */
  abstract readonly startTime: number;
  abstract state(): NodeState;
  /** Data nodes of the present map. */
  abstract nodeCount(): number;
  /** Index among the data nodes; undefined on service nodes and before there is one. */
  abstract nodeNumber(): number | undefined;
  /** Where the data nodes listen, for `/about`. */
  abstract dataNodeUrls(): readonly string[];
  /** False: requests are refused with 503 (held requests during a transition are not its matter). */
  abstract admits(): boolean;
  /** Numbers for `/info` and `/metrics`, by the names of `/info`. */
  abstract statistics(): NodeStatistics;
}

/** One cache as `/info` shows it; sizes in bytes. */
export interface CacheStatistics {
  readonly count: number;
  readonly dirtyCount: number;
  readonly usedBytes: number;
  readonly targetBytes: number;
}

/** Storage traffic since the start. */
export interface StoreStatistics {
  readonly backend: 's3' | 'azure' | 'file' | 'memory';
  readonly getCount: number;
  readonly putCount: number;
  readonly deleteCount: number;
  readonly listCount: number;
  readonly errorCount: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

export interface NodeStatistics {
  readonly meta?: CacheStatistics;
  readonly chunk?: CacheStatistics;
  readonly domain?: CacheStatistics;
  readonly store?: StoreStatistics;
}

/** What the probes ask. */
export abstract class HealthSource {
  /** Start-up is over: configuration read, store probed, listening. */
  abstract started(): boolean;
  /** New connections are welcome; false while terminating. Says nothing about other nodes. */
  abstract ready(): boolean;
  /** The main loop works; false asks Kubernetes for a restart. */
  abstract live(): boolean;
  /** What is wrong though the process may still be ready, as a sentence; null when nothing is. */
  trouble(): string | null {
    return null;
  }
  /** Members of the `cluster` indicator: boot, epoch, fp, phase, leaseMs … */
  abstract cluster(): Readonly<Record<string, Json>>;
}
