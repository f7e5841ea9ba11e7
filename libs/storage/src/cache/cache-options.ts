import type { ObjectAddress, ObjectStore } from '../object-store.js';
import type { Clock } from '../runtime/clock.js';
import type { Random } from '../runtime/random.js';

/** How values become bytes. C is what coding needs to know besides (a chunk's type and filters). */
export interface CacheCodec<T, C> {
  decode(bytes: Uint8Array, context: C): T | Promise<T>;
  /** Reads a value that does not change meanwhile; the bytes may alias it. */
  encode(value: T, context: C): Uint8Array | Promise<Uint8Array>;
  /** Memory of a value, bytes; called after each change. */
  sizeOf(value: T): number;
  /** A copy that shares nothing that an operation changes in place. */
  clone(value: T): T;
  /** A value of the same size and any content, for operations that overwrite all of it. */
  blank?(value: T): T;
}

export interface CacheLimits {
  /** Cached values, bytes; dirty ones count and may exceed it. */
  readonly cacheBytes: number;
  /** Dirty values and their operations, bytes; past it updates wait. */
  readonly dirtyBytes: number;
  /** Changes older than this are stored by the flush loop. */
  readonly flushAgeMs: number;
  /** Puts in flight. */
  readonly flushParallelism: number;
  /** Clean values older than this are loaded again; default never. */
  readonly expireMs?: number;
  /** How long an update waits for room before `unavailable`; default 5000. */
  readonly dirtyWaitMs?: number;
}

/** What the owner of a cache is told; the hooks must not throw. */
export interface CacheHooks {
  /** The store has a new version of an object. */
  onStored?(address: ObjectAddress, version: { etag: string; size: number }): void;
  /** Another writer changed an object: in a healthy cluster a mistake, or a foreign program. */
  onConflict?(address: ObjectAddress): void;
  /** An operation that was applied in memory could not be applied to what the store holds now. */
  onLost?(address: ObjectAddress, error: unknown): void;
}

export interface CacheOptions<T, C> {
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly random?: Random;
  readonly codec: CacheCodec<T, C>;
  readonly limits: CacheLimits;
  /** Names this process in the objects it stores (`hsds-w`), to recognise its own late puts. */
  readonly writer?: string;
  /** Keep request ids with the objects (`hsds-rq`), so that retries find them after a hand-over. */
  readonly keepRequestIds?: boolean;
  /** More metadata for the objects; keys lower case. */
  readonly metadata?: (address: ObjectAddress) => Readonly<Record<string, string>>;
  readonly hooks?: CacheHooks;
  /** Absent where no other process can take the objects over. */
  readonly custody?: Custody;
}

/** What a process knows of its right to the objects. Conditional puts and deletions need none. */
export interface Custody {
  /**
   * Until now no other process can have taken the objects over. If one can, what it stored may hold
   * our changes already, by requests that were sent again, and more on top of them: then nothing is
   * merged (R8), and no version that it stored is deleted.
   */
  leased(): boolean;
  /**
   * The same, or the objects are being handed over and nobody takes them before that is done. Else
   * nothing is stored where nothing is: the other process may have deleted it.
   */
  mayStore(): boolean;
}

/** Metadata keys of stored objects. */
export const WRITER_KEY = 'hsds-w';
export const REQUESTS_KEY = 'hsds-rq';

/** What happened so far. */
export interface CacheCounters {
  hits: number;
  misses: number;
  puts: number;
  putBytes: number;
  putFailures: number;
  conflicts: number;
  merges: number;
  lostOperations: number;
  repeats: number;
  dirtyWaits: number;
}

/** Counters of a cache that did nothing yet. */
export const NO_COUNTS: Readonly<CacheCounters> = {
  hits: 0,
  misses: 0,
  puts: 0,
  putBytes: 0,
  putFailures: 0,
  conflicts: 0,
  merges: 0,
  lostOperations: 0,
  repeats: 0,
  dirtyWaits: 0,
};

/** Counters and the present contents. */
export interface CacheStats extends Readonly<CacheCounters> {
  readonly entries: number;
  readonly bytes: number;
  readonly evictions: number;
  readonly dirtyEntries: number;
  readonly dirtyBytes: number;
  /** Age of the oldest unflushed change, ms; 0 when there is none. */
  readonly oldestDirtyMs: number;
}
