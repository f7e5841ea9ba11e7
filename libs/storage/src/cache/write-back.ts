import { HdfError } from '#hdf5';
import { throwIfCancelled, waitWhile } from '../flow/cancel.js';
import { KeyedLock } from '../flow/keyed-lock.js';
import type { ObjectAddress } from '../object-store.js';
import { systemRandom } from '../runtime/random.js';
import {
  NO_COUNTS,
  type CacheCounters,
  type CacheOptions,
  type CacheStats,
} from './cache-options.js';
import { createObject } from './creator.js';
import { deleteObject } from './deleter.js';
import { Entry, entryId } from './entry.js';
import { EntryTable } from './entry-table.js';
import { FlushLoop } from './flush-loop.js';
import { Flusher, type FlushParts } from './flusher.js';
import { Loader } from './loader.js';
import { ObjectPutter } from './object-putter.js';
import { RequestIds } from './request-ids.js';
import type { UpdateOperation, UpdateOptions } from './update-operation.js';
import { Updater } from './updater.js';

/** Of a creation: no part of it can be an overwrite. */
export type CreateOptions = Omit<UpdateOptions, 'overwrite'>;

/**
 * Objects of one store as live values: read through a byte-bounded cache, changed in memory, stored
 * later (D0) or before the answer (D3). Every put is conditional on the version it was built on, and
 * a loser applies its unflushed operations to the winner's image: no update is lost, no image torn.
 *
 * @see design of the cluster protocol, rules R5 to R9
 */
export class WriteBackCache<T, C> {
  readonly #options: CacheOptions<T, C>;
  readonly #counters: CacheCounters = { ...NO_COUNTS };
  readonly #table: EntryTable<T, C>;
  readonly #locks = new KeyedLock();
  readonly #loader: Loader<T, C>;
  readonly #parts: FlushParts<T, C>;
  readonly #flusher: Flusher<T, C>;
  readonly #loop: FlushLoop<T, C>;
  readonly #updater: Updater<T, C>;
  #epoch = 0;

  constructor(options: CacheOptions<T, C>) {
    this.#options = options;
    const { clock, random = systemRandom, codec, limits } = options;
    const counters = this.#counters;
    const table = new EntryTable(codec, limits, clock);
    const putter = new ObjectPutter(options, counters);
    this.#table = table;
    this.#loader = new Loader(options, table, counters);
    this.#parts = { options, random, table, putter, locks: this.#locks, counters };
    this.#flusher = new Flusher(this.#parts);
    this.#loop = new FlushLoop({ table, flusher: this.#flusher }, limits, { clock, random });
    this.#updater = new Updater({
      ...this.#parts,
      loader: this.#loader,
      flusher: this.#flusher,
      loop: this.#loop,
    });
  }

  /**
   * The live value, or an image of it while D3 changes are being stored, or null when there is no object (an empty one counts as none). Read it before
   * the next `await`, or `lend` it first; never change it.
   */
  async get(address: ObjectAddress, context: C, signal?: AbortSignal): Promise<T | null> {
    const id = entryId(address);
    if (this.#table.lookup(id) !== undefined) this.#counters.hits++;
    for (;;) {
      const cached = this.#table.lookup(id);
      const entry = cached ?? (await waitWhile(this.#loader.load(address, context), signal)).entry;
      if (entry === null) return null;
      if (!entry.isHidden) return entry.value;
      // A crash would undo what was seen: a D3 change is shown when the store has it.
      const image = await waitWhile(this.#flusher.committed(entry), signal);
      if (image !== undefined) return image;
    }
  }

  /** The live value if it is cached; never waits. */
  peek(address: ObjectAddress): T | undefined {
    const entry = this.#table.lookup(entryId(address));
    if (entry === undefined) return undefined;
    this.#counters.hits++;
    return entry.value;
  }

  /**
   * Changes a value in one synchronous step, after loading or creating it. At D3 it is answered
   * when the store has the change; updates of one object that arrive meanwhile share the next put.
   *
   * @throws HdfError `not-found` when there is no object and no `create`; `unavailable` when the
   * store is (the change may still become stored) or dirty bytes stay at their limit; what the
   * operation throws
   */
  update<R>(
    address: ObjectAddress,
    context: C,
    operation: UpdateOperation<T, R>,
    options: UpdateOptions,
  ): Promise<R> {
    return this.#updater.update({ address, context, operation, options });
  }

  /**
   * Writes a new object through. At D3 it survives a power cut before the answer. The value belongs
   * to the cache from now on.
   *
   * @throws HdfError `conflict` when there is one already (unless this request made it)
   */
  async create(
    address: ObjectAddress,
    context: C,
    value: T,
    options: CreateOptions,
  ): Promise<void> {
    RequestIds.check(options.requestId);
    throwIfCancelled(options.signal);
    const epoch = this.#epoch;
    const id = entryId(address);
    await this.#locks.run(id, async () => {
      const { requestId } = options;
      const here = this.#table.lookup(id);
      if (here?.requests?.recall(options, id) !== undefined) return;
      if (here !== undefined) throw new HdfError('conflict', `${id} exists`);
      const basis = { etag: null, checkedMs: this.#options.clock.monotonic() };
      const entry = new Entry(address, context, value, basis);
      entry.version = 1;
      if (requestId !== undefined) {
        entry.requests = new RequestIds(this.#options.clock);
        entry.requests.note(requestId, { known: { result: undefined } });
      }
      const sync = options.durability === 'D3';
      const own = await createObject(this.#parts, entry, { ...options, sync });
      this.#loader.forget(id);
      const vacant = this.#table.lookup(id) === undefined;
      if (own && vacant && epoch === this.#epoch) this.#table.insert(entry);
    });
  }

  /**
   * Deletes the object, after a put in flight; unflushed changes are dropped, and answered as if
   * they had come just before.
   *
   * @throws HdfError `unavailable` (the object and its changes are kept, if the store has it still)
   */
  async delete(address: ObjectAddress): Promise<void> {
    const id = entryId(address);
    await this.#locks.run(id, async () => {
      try {
        await deleteObject(this.#parts, address);
      } catch (error) {
        const here = this.#table.lookup(id);
        if (here !== undefined) here.doubtful = true;
        throw error;
      }
      const entry = this.#table.lookup(id);
      if (entry !== undefined) this.#table.remove(entry, 'deleted');
      this.#loader.forget(id);
    });
  }

  /** Begins to store changes as they age; without it only D3, `flush` and `drain` store. */
  start(): void {
    this.#loop.start();
  }

  /** Ends that; resolves when its puts have ended. Nothing else is flushed: see `drain`. */
  stop(): Promise<void> {
    return this.#loop.stop();
  }

  /** Stores changes at once instead of when they have aged: a hand-over is near (R7). */
  expedite(on: boolean): void {
    this.#loop.expedite(on);
  }

  /**
   * Resolves when everything that was dirty at the call, or all of it under a prefix, is stored
   * durably.
   *
   * @throws HdfError `unavailable` when something could not be stored; it stays dirty
   */
  async flush(bucket?: string, prefix = ''): Promise<void> {
    const chosen = [...this.#table.dirty.values()].filter(
      ({ address }) =>
        bucket === undefined || (address.bucket === bucket && address.key.startsWith(prefix)),
    );
    const results = await Promise.allSettled(chosen.map((entry) => this.#flusher.store(entry)));
    const failed = results.filter((result) => result.status === 'rejected');
    const [first] = failed;
    if (first === undefined) return;
    const message = `${failed.length} of ${chosen.length} changed objects could not be stored`;
    throw new HdfError('unavailable', message, { cause: first.reason, retryAfterS: 1 });
  }

  /** Flushes until nothing is dirty; the caller has stopped all writers. @throws as `flush` */
  async drain(): Promise<void> {
    while (this.#table.dirty.size > 0) await this.flush();
  }

  /**
   * Forgets objects without storing their changes: their domain or dataset was deleted. Resolves
   * when their puts in flight have ended, so that nothing of them is written afterwards. Changes
   * that wait for D3 end in `unavailable`.
   */
  async dropPrefix(bucket: string, prefix: string): Promise<void> {
    const start = `${bucket}/${prefix}`;
    this.#dropNow(start);
    const busy = [...this.#locks.keys()].filter((id) => id.startsWith(start));
    await Promise.all(busy.map((id) => this.#locks.idle(id)));
    this.#dropNow(start);
  }

  /**
   * Forgets everything at once: other nodes own these objects from now on.
   *
   * @param options `force`: also drop unflushed changes, which are lost
   * @throws HdfError `internal` when there are unflushed changes and no force
   */
  invalidate(options: { force?: boolean } = {}): void {
    const dirty = this.#table.dirty.size;
    if (dirty > 0 && options.force !== true) {
      throw new HdfError('internal', `${dirty} unflushed objects cannot be forgotten`);
    }
    this.#epoch++;
    this.#loader.forgetPrefix('');
    this.#table.clear();
  }

  stats(): CacheStats {
    const { dirty, dirtyBytes, contents } = this.#table;
    const [oldest] = dirty.values();
    const now = this.#options.clock.monotonic();
    return {
      ...this.#counters,
      ...contents,
      dirtyEntries: dirty.size,
      dirtyBytes,
      oldestDirtyMs: oldest === undefined ? 0 : Math.max(0, now - oldest.dirtySinceMs),
    };
  }

  #dropNow(start: string): void {
    this.#loader.forgetPrefix(start);
    for (const entry of [...this.#table.all()]) {
      if (entry.id.startsWith(start)) this.#table.remove(entry, 'dropped');
    }
  }
}
