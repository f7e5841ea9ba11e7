import { errorKind, HdfError } from '#hdf5';
import type { KeyedLock } from '../flow/keyed-lock.js';
import { Slots } from '../flow/slots.js';
import type { Random } from '../runtime/random.js';
import { REQUESTS_KEY, type CacheCounters, type CacheOptions } from './cache-options.js';
import type { Entry } from './entry.js';
import type { EntryTable } from './entry-table.js';
import { mergePending } from './merge.js';
import type { ObjectPutter } from './object-putter.js';
import { OUTAGES_MAX, TRIES_MAX, pauseAfter } from './persistence.js';
import { RequestIds } from './request-ids.js';

/** The parts of a cache that store entries. */
export interface FlushParts<T, C> {
  readonly options: CacheOptions<T, C>;
  readonly random: Random;
  readonly table: EntryTable<T, C>;
  readonly putter: ObjectPutter<T, C>;
  readonly locks: KeyedLock;
  readonly counters: CacheCounters;
}

/** Stores entries: one put of an object at a time, merging when another writer was faster. */
export class Flusher<T, C> {
  readonly #parts: FlushParts<T, C>;
  readonly #slots: Slots;

  constructor(parts: FlushParts<T, C>) {
    this.#parts = parts;
    this.#slots = new Slots(parts.options.limits.flushParallelism);
  }

  /**
   * Resolves when the store has every change that the entry has now (or its deletion). Calls that
   * come before the image is taken share one put.
   *
   * @throws HdfError `unavailable` (the entry stays dirty), or what the codec throws
   */
  store(entry: Entry<T, C>): Promise<void> {
    if (entry.queued !== null) return entry.queued;
    const work = async () => {
      entry.queued = null;
      await this.#settle(entry);
    };
    // A turn later, so that `queued` is set before the image can be taken.
    const queued = Promise.resolve().then(() =>
      this.#parts.locks.run(entry.id, () => this.#slots.run(work)),
    );
    entry.queued = queued;
    return queued;
  }

  /**
   * A value that the store has, with every change that the entry has now; undefined when the entry
   * has to be looked at again.
   *
   * @throws HdfError `unavailable` when the store is
   */
  async committed(entry: Entry<T, C>): Promise<T | undefined> {
    const { version } = entry;
    entry.imageWanted = Math.min(entry.imageWanted, version);
    await this.store(entry);
    const { image } = entry;
    return image !== null && image.version >= version ? image.value : undefined;
  }

  async #settle(entry: Entry<T, C>): Promise<void> {
    const target = entry.version;
    let outages = 0;
    for (let tries = 0; entry.storedVersion < target; tries++) {
      if (entry.end === 'deleted') return;
      if (entry.end === 'dropped') throw new HdfError('unavailable', `${entry.id} was dropped`);
      if (tries === TRIES_MAX) throw new HdfError('unavailable', `${entry.id} changes too fast`);
      try {
        if (entry.doubtful) await this.#reconcile(entry);
        else await this.#parts.putter.put(entry, true);
        this.#parts.table.recount(entry);
      } catch (error) {
        outages += this.#note(entry, error);
        if (outages === OUTAGES_MAX) throw error;
        if (errorKind(error) === 'unavailable') await pauseAfter(this.#parts, outages);
      }
    }
  }

  /** Decides whether an error can be repaired; 1 if it was an outage. */
  #note(entry: Entry<T, C>, error: unknown): number {
    const kind = errorKind(error);
    if (kind !== 'conflict' && kind !== 'unavailable') throw error;
    entry.doubtful = true;
    if (kind === 'unavailable') return 1;
    this.#parts.counters.conflicts++;
    return 0;
  }

  /** Finds out what the store holds after a failed put, and builds on it. */
  async #reconcile(entry: Entry<T, C>): Promise<void> {
    const { options, putter, counters, table } = this.#parts;
    const found = await options.store.get(entry.address);
    if (found === 'not-modified') throw new HdfError('internal', 'unasked not-modified');
    const etag = found?.etag ?? null;
    if (etag === entry.basis.etag) {
      entry.doubtful = false;
      return;
    }
    const own = found === null ? undefined : putter.own(entry, found);
    if (own !== undefined && found !== null) {
      putter.stored(entry, own.version, found);
      return;
    }
    // Asked after the store was: what it holds is then none of a later owner's.
    if (options.custody?.leased() === false) {
      throw new HdfError('unavailable', `${entry.id} may have another owner now: not merged`);
    }
    const value =
      found === null || found.bytes.length === 0
        ? null
        : await options.codec.decode(found.bytes, entry.context);
    if (entry.end !== null) return;
    counters.merges++;
    options.hooks?.onConflict?.(entry.address);
    const requests = RequestIds.parse(found?.metadata[REQUESTS_KEY], options.clock);
    const { lost, gone } = mergePending(entry, { value, etag, requests });
    counters.lostOperations += lost.length;
    for (const { error } of lost) options.hooks?.onLost?.(entry.address, error);
    if (gone) table.remove(entry, 'deleted');
    // A put that was conditional on the old version cannot land any more.
    if (found !== null) entry.attempts = [];
    entry.basis = { etag, checkedMs: options.clock.monotonic() };
    entry.doubtful = false;
  }
}
