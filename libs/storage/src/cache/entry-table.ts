import { HdfError } from '#hdf5';
import { cancelled, throwIfCancelled } from '../flow/cancel.js';
import type { Clock } from '../runtime/clock.js';
import type { CacheCodec, CacheLimits } from './cache-options.js';
import type { Entry } from './entry.js';
import { LruCache } from './lru-cache.js';

/** The entries in memory: which are cached, which are dirty, how many bytes that is. No I/O. */
export class EntryTable<T, C> {
  readonly #clock: Clock;
  readonly #codec: CacheCodec<T, C>;
  readonly #limits: CacheLimits;
  readonly #entries: LruCache<Entry<T, C>>;
  /** About the oldest change first. */
  readonly dirty = new Map<string, Entry<T, C>>();
  readonly #waiting = new Set<() => void>();
  /** Called when an entry becomes dirty, and when someone begins to wait for room. */
  onWork: () => void = () => undefined;
  #dirtyBytes = 0;

  constructor(codec: CacheCodec<T, C>, limits: CacheLimits, clock: Clock) {
    this.#codec = codec;
    this.#limits = limits;
    this.#clock = clock;
    this.#entries = new LruCache(limits.cacheBytes);
  }

  get dirtyBytes(): number {
    return this.#dirtyBytes;
  }

  /** Whether updates wait for room. */
  get pressed(): boolean {
    return this.#waiting.size > 0;
  }

  get full(): boolean {
    return this.#dirtyBytes >= this.#limits.dirtyBytes;
  }

  get contents(): { entries: number; bytes: number; evictions: number } {
    const { count, bytes, evictions } = this.#entries;
    return { entries: count, bytes, evictions };
  }

  /** The entry, unless it is clean and has expired. */
  lookup(id: string): Entry<T, C> | undefined {
    const entry = this.#entries.get(id);
    const { expireMs } = this.#limits;
    if (entry === undefined || expireMs === undefined || entry.isDirty) return entry;
    if (this.#clock.monotonic() - entry.basis.checkedMs <= expireMs) return entry;
    this.#entries.delete(id);
    return undefined;
  }

  all(): Iterable<Entry<T, C>> {
    return this.#entries.values();
  }

  insert(entry: Entry<T, C>): void {
    entry.size = this.#sizeOf(entry);
    this.#entries.set(entry.id, entry, entry.size);
    this.#recountDirty(entry);
  }

  /** Puts the books right after an entry's value or versions changed. */
  recount(entry: Entry<T, C>): void {
    if (entry.end === null && this.#entries.peek(entry.id) === entry) {
      entry.size = this.#sizeOf(entry);
      this.#entries.resize(entry.id, entry.size);
    }
    this.#recountDirty(entry);
  }

  /** Takes an entry out for good. */
  remove(entry: Entry<T, C>, end: 'deleted' | 'dropped'): void {
    entry.end ??= end;
    if (this.#entries.peek(entry.id) === entry) this.#entries.delete(entry.id);
    this.#recountDirty(entry);
  }

  /** Forgets everything; entries in use elsewhere find themselves gone. */
  clear(): void {
    for (const entry of [...this.dirty.values()]) this.remove(entry, 'dropped');
    this.#entries.clear();
  }

  /** Keeps an id's entry from eviction, now or when it comes. */
  hold(id: string): void {
    this.#entries.hold(id);
  }

  release(id: string): void {
    this.#entries.release(id);
  }

  /**
   * Waits until dirty bytes are below their limit.
   *
   * @param deadlineMs monotonic
   * @throws HdfError `unavailable` at the deadline, or when the signal aborts
   */
  room(deadlineMs: number, signal: AbortSignal | undefined): Promise<void> {
    throwIfCancelled(signal);
    return new Promise((resolve, reject) => {
      const end = (finish: () => void) => () => {
        this.#waiting.delete(go);
        cancelTimer();
        signal?.removeEventListener('abort', abort);
        finish();
      };
      const go = end(resolve);
      const abort = end(() => {
        if (signal !== undefined) reject(cancelled(signal));
      });
      const late = end(() => {
        const message = `${this.#dirtyBytes} bytes wait to be stored, no room for more`;
        reject(new HdfError('unavailable', message, { retryAfterS: 1 }));
      });
      const cancelTimer = this.#clock.after(deadlineMs - this.#clock.monotonic(), late);
      signal?.addEventListener('abort', abort, { once: true });
      this.#waiting.add(go);
      this.onWork();
    });
  }

  #sizeOf({ value, requests }: Entry<T, C>): number {
    return this.#codec.sizeOf(value) + (requests?.extraBytes ?? 0);
  }

  #recountDirty(entry: Entry<T, C>): void {
    const due = entry.isDirty ? Math.max(1, entry.size + entry.pendingBytes) : 0;
    this.#dirtyBytes += due - entry.countedBytes;
    const was = entry.countedBytes > 0;
    entry.countedBytes = due;
    if (due > 0 && !was) {
      this.dirty.set(entry.id, entry);
      this.#entries.hold(entry.id);
      this.onWork();
    } else if (due === 0 && was) {
      if (this.dirty.get(entry.id) === entry) this.dirty.delete(entry.id);
      this.#entries.release(entry.id);
    }
    if (this.#waiting.size > 0 && !this.full) for (const go of [...this.#waiting]) go();
  }
}
