import type { ObjectStore } from '../object-store.js';
import type { Clock } from '../runtime/clock.js';
import type { Random } from '../runtime/random.js';
import { NO_COUNTS, type CacheCounters, type CacheOptions } from './cache-options.js';
import { WriteBackCache } from './write-back.js';

/** What the caches of one process share. */
export interface CacheGroupParts {
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly random: Random;
  /** Names this process start in what it stores; with it, request ids are kept with objects. */
  readonly boot?: string;
}

type OwnOptions<T, C> = Pick<
  CacheOptions<T, C>,
  'codec' | 'limits' | 'hooks' | 'metadata' | 'custody'
>;

/** All write-back caches over one store: flushed, handed over and forgotten together. */
export class CacheGroup {
  private readonly caches: Pick<
    WriteBackCache<unknown, unknown>,
    'flush' | 'drain' | 'invalidate' | 'expedite' | 'start' | 'stop' | 'stats'
  >[] = [];

  constructor(private readonly parts: CacheGroupParts) {}

  /** Adds a cache, which begins to store changes as they age. */
  open<T, C>(options: OwnOptions<T, C>): WriteBackCache<T, C> {
    const { boot, ...shared } = this.parts;
    const kept = boot === undefined ? {} : { writer: boot, keepRequestIds: true };
    const cache = new WriteBackCache<T, C>({ ...shared, ...kept, ...options });
    cache.start();
    this.caches.push(cache);
    return cache;
  }

  /** Stores what is dirty now. @throws HdfError `unavailable` when something could not be stored */
  async flush(): Promise<void> {
    await Promise.all(this.caches.map((cache) => cache.flush()));
  }

  /** Stores changes at once instead of when they have aged. */
  expedite(on: boolean): void {
    for (const cache of this.caches) cache.expedite(on);
  }

  /**
   * Membership changed: nothing that is cached may be used any more. O(1) a cache.
   *
   * @param options `force`: drop what was never stored, too
   * @throws HdfError `internal` when something is dirty and `force` is not set
   */
  invalidate(options: { force: boolean }): void {
    for (const cache of this.caches) cache.invalidate(options);
  }

  /** What is not stored yet. */
  dirty(): { readonly objects: number; readonly bytes: number } {
    const stats = this.caches.map((cache) => cache.stats());
    return {
      objects: stats.reduce((sum, { dirtyEntries }) => sum + dirtyEntries, 0),
      bytes: stats.reduce((sum, { dirtyBytes }) => sum + dirtyBytes, 0),
    };
  }

  /** What all caches counted since the start, summed. */
  counters(): CacheCounters {
    const sum: CacheCounters = { ...NO_COUNTS };
    const names = Object.keys(NO_COUNTS) as (keyof CacheCounters)[];
    for (const cache of this.caches) {
      const stats = cache.stats();
      for (const name of names) sum[name] += stats[name];
    }
    return sum;
  }

  /** Stores everything and ends the background work; the caller has stopped all writers. */
  async close(): Promise<void> {
    await Promise.all(this.caches.map((cache) => cache.drain()));
    await Promise.all(this.caches.map((cache) => cache.stop()));
  }
}
