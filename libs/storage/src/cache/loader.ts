import { HdfError } from '#hdf5';
import type { ObjectAddress, StoredObject } from '../object-store.js';
import { REQUESTS_KEY, type CacheCounters, type CacheOptions } from './cache-options.js';
import { Entry, entryId } from './entry.js';
import type { EntryTable } from './entry-table.js';
import { RequestIds } from './request-ids.js';
import { SingleFlight } from './single-flight.js';

/** What was found for an address. */
export interface Loaded<T, C> {
  /** Null when there is no object, an empty one, or when its content was not asked for. */
  readonly entry: Entry<T, C> | null;
  /** Of what the store holds, also when that is empty. */
  readonly etag: string | null;
  /** The store holds an object with content. */
  readonly exists: boolean;
  readonly requests: RequestIds;
  /** The cache changed meanwhile: ask again before deciding anything on it. */
  readonly stale: boolean;
}

/** Brings objects from the store into the table, each once for all who ask. */
export class Loader<T, C> {
  readonly #options: CacheOptions<T, C>;
  readonly #table: EntryTable<T, C>;
  readonly #counters: CacheCounters;
  readonly #loads = new SingleFlight<Loaded<T, C>>();

  constructor(options: CacheOptions<T, C>, table: EntryTable<T, C>, counters: CacheCounters) {
    this.#options = options;
    this.#table = table;
    this.#counters = counters;
  }

  /** Reads and decodes an object, and caches it unless it was forgotten meanwhile. */
  load(address: ObjectAddress, context: C): Promise<Loaded<T, C>> {
    const id = entryId(address);
    this.#counters.misses++;
    return this.#loads.run(id, async (current) => {
      const { store, codec, clock } = this.#options;
      const found = await store.get(address);
      if (found === 'not-modified') throw new HdfError('internal', 'unasked not-modified');
      if (found === null || found.bytes.length === 0) return this.#absent(found?.etag, !current());
      const value = await codec.decode(found.bytes, context);
      const requests = this.#requestsOf(found);
      const here = this.#table.lookup(id);
      const basis = { etag: found.etag, checkedMs: clock.monotonic() };
      const entry = here ?? new Entry(address, context, value, basis);
      const stale = here === undefined && !current();
      if (here === undefined) entry.requests = requests;
      if (here === undefined && !stale) this.#table.insert(entry);
      return { entry, etag: found.etag, exists: true, requests, stale };
    });
  }

  /** Asks only what is there, for an update that replaces all of it. */
  async look(address: ObjectAddress): Promise<Loaded<T, C>> {
    const found = await this.#options.store.head(address);
    if (found === null || found.size === 0) return this.#absent(found?.etag, false);
    const requests = this.#requestsOf(found);
    return { entry: null, etag: found.etag, exists: true, requests, stale: false };
  }

  /** An object changed: what is being read may be of before. */
  forget(id: string): void {
    this.#loads.forget(id);
  }

  /** The same for all objects whose id starts so. */
  forgetPrefix(prefix: string): void {
    this.#loads.forgetPrefix(prefix);
  }

  #requestsOf({ metadata }: Pick<StoredObject, 'metadata'>): RequestIds {
    return RequestIds.parse(metadata[REQUESTS_KEY], this.#options.clock);
  }

  #absent(etag: string | undefined, stale: boolean): Loaded<T, C> {
    const requests = new RequestIds(this.#options.clock);
    return { entry: null, etag: etag ?? null, exists: false, requests, stale };
  }
}
