import { createHash } from 'node:crypto';
import { HdfError } from '#hdf5';
import type { StoredObject } from '../object-store.js';
import {
  REQUESTS_KEY,
  WRITER_KEY,
  type CacheCounters,
  type CacheOptions,
} from './cache-options.js';
import type { Attempt, Entry } from './entry.js';

/** Puts images of entries, each only over the version it was built on (R8). */
export class ObjectPutter<T, C> {
  readonly #options: CacheOptions<T, C>;
  readonly #counters: CacheCounters;
  #attempts = 0;

  constructor(options: CacheOptions<T, C>, counters: CacheCounters) {
    this.#options = options;
    this.#counters = counters;
  }

  /**
   * One put of the present value. On failure the attempt is remembered in the entry, because it may
   * have reached the store, or may still.
   *
   * @throws HdfError `conflict`, `unavailable`, and what the codec throws
   */
  async put(entry: Entry<T, C>, sync: boolean): Promise<void> {
    const { store, codec } = this.#options;
    const { version, value } = entry;
    const requests = this.#requestsOf(entry);
    entry.sharing = true;
    try {
      // From here on others may change the entry: what belongs to the image was taken before.
      const bytes = await codec.encode(value, entry.context);
      if (entry.end !== null) return;
      this.#attempts++;
      const writerId =
        this.#options.writer === undefined
          ? undefined
          : `${this.#options.writer}:${this.#attempts.toString(36)}`;
      const metadata = { ...requests, ...this.#metadata(entry, writerId) };
      const { etag } = entry.basis;
      if (etag === null && this.#options.custody?.mayStore() === false) {
        const message = `${entry.id} may have another owner now: not stored where nothing is`;
        throw new HdfError('unavailable', message);
      }
      const condition = etag === null ? { ifAbsent: true } : { ifMatch: etag };
      try {
        const put = await store.put(entry.address, bytes, { ...condition, metadata, sync });
        this.#counters.puts++;
        this.#counters.putBytes += bytes.length;
        this.stored(entry, version, { etag: put.etag, size: bytes.length });
        if (version >= entry.imageWanted) {
          // Nobody has changed this value: later changes were made on a copy.
          entry.image = { version, value: codec.clone(value) };
          entry.imageWanted = Number.POSITIVE_INFINITY;
        } else entry.image = null;
      } catch (error) {
        this.#counters.putFailures++;
        entry.attempts.push({ writerId, digest: digest(bytes), version });
        throw error;
      }
    } finally {
      entry.sharing = false;
    }
  }

  /** Notes that the store has a version of the entry. */
  stored(entry: Entry<T, C>, version: number, put: { etag: string; size: number }): void {
    entry.stored(version, { etag: put.etag, checkedMs: this.#options.clock.monotonic() });
    this.#options.hooks?.onStored?.(entry.address, put);
  }

  /** The attempt that made what the store holds, if it was one of the entry's. */
  own(entry: Entry<T, C>, found: StoredObject): Attempt | undefined {
    const writerId = found.metadata[WRITER_KEY];
    if (writerId !== undefined) {
      return entry.attempts.find((attempt) => attempt.writerId === writerId);
    }
    if (entry.attempts.length === 0) return undefined;
    const content = digest(found.bytes);
    return entry.attempts.find((attempt) => attempt.digest === content);
  }

  #requestsOf(entry: Entry<T, C>): Record<string, string> {
    if (this.#options.keepRequestIds !== true) return {};
    const requests = entry.requests?.format() ?? '';
    return requests === '' ? {} : { [REQUESTS_KEY]: requests };
  }

  #metadata(entry: Entry<T, C>, writerId: string | undefined): Record<string, string> {
    const { metadata } = this.#options;
    return {
      ...metadata?.(entry.address),
      ...(writerId === undefined ? {} : { [WRITER_KEY]: writerId }),
    };
  }
}

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64');
}
