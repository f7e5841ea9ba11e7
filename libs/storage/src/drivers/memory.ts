import { HdfError } from '#hdf5';
import { checkAddress, checkBucket, checkList } from '../address-rules.js';
import { throwIfCancelled } from '../flow/cancel.js';
import { compareKeys, foldKey } from '../key-order.js';
import type {
  GetOptions,
  ListedObject,
  ListOptions,
  ListPage,
  ObjectAddress,
  ObjectStat,
  ObjectStore,
  PutOptions,
  StoredObject,
} from '../object-store.js';
import type { Clock } from '../runtime/clock.js';

interface Bucket {
  readonly objects: Map<string, StoredObject>;
  /** The keys in order; null after a key came or went. */
  sorted: string[] | null;
}

/** Objects in this process: tests, the simulator, a server to try things on. */
export class MemoryStore implements ObjectStore {
  readonly #buckets = new Map<string, Bucket>();
  readonly #clock: Clock;
  #writes = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get(
    address: ObjectAddress,
    options: GetOptions = {},
  ): Promise<StoredObject | 'not-modified' | null> {
    return settle<StoredObject | 'not-modified' | null>(() => {
      const found = this.#find(address, options.signal);
      if (found === undefined) return null;
      if (options.ifNoneMatch === found.etag) return 'not-modified';
      const { offset, length } = options.range ?? { offset: 0, length: found.size };
      return { ...found, bytes: found.bytes.slice(offset, offset + length) };
    });
  }

  head(address: ObjectAddress, signal?: AbortSignal): Promise<ObjectStat | null> {
    return settle(() => {
      const found = this.#find(address, signal);
      if (found === undefined) return null;
      const { etag, size, lastModified, metadata } = found;
      return { etag, size, lastModified, metadata };
    });
  }

  put(
    address: ObjectAddress,
    bytes: Uint8Array,
    options: PutOptions = {},
  ): Promise<{ etag: string }> {
    return settle(() => {
      const found = this.#find(address, options.signal);
      const bucket = this.#bucket(address.bucket);
      if (options.ifAbsent === true && found !== undefined) {
        throw new HdfError('conflict', `${address.key} exists`);
      }
      checkMatch(address, found, options.ifMatch);
      this.#writes++;
      const etag = `m${this.#writes}`;
      const lastModified = this.#clock.now() / 1000;
      const metadata = { ...options.metadata };
      if (found === undefined) bucket.sorted = null;
      const stored = {
        etag,
        size: bytes.length,
        lastModified,
        metadata,
        bytes: new Uint8Array(bytes),
      };
      bucket.objects.set(address.key, stored);
      return { etag };
    });
  }

  delete(
    address: ObjectAddress,
    options: { ifMatch?: string; signal?: AbortSignal } = {},
  ): Promise<void> {
    return settle(() => {
      const found = this.#find(address, options.signal);
      if (found === undefined) return;
      checkMatch(address, found, options.ifMatch);
      const bucket = this.#bucket(address.bucket);
      bucket.objects.delete(address.key);
      bucket.sorted = null;
    });
  }

  list(bucketName: string, options: ListOptions): Promise<ListPage> {
    return settle(() => {
      throwIfCancelled(options.signal);
      const limit = checkList(bucketName, options);
      const bucket = this.#bucket(bucketName);
      bucket.sorted ??= [...bucket.objects.keys()].sort(compareKeys);
      return page(bucket.objects, bucket.sorted, { ...options, limit });
    });
  }

  bucketExists(bucket: string, signal?: AbortSignal): Promise<boolean> {
    return settle(() => {
      throwIfCancelled(signal);
      checkBucket(bucket);
      return this.#buckets.has(bucket);
    });
  }

  createBucket(bucket: string): Promise<void> {
    return settle(() => {
      checkBucket(bucket);
      if (!this.#buckets.has(bucket)) {
        this.#buckets.set(bucket, { objects: new Map(), sorted: null });
      }
    });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #bucket(name: string): Bucket {
    const bucket = this.#buckets.get(name);
    if (bucket === undefined) throw new HdfError('not-found', `there is no bucket ${name}`);
    return bucket;
  }

  #find(address: ObjectAddress, signal: AbortSignal | undefined): StoredObject | undefined {
    throwIfCancelled(signal);
    checkAddress(address);
    return this.#bucket(address.bucket).objects.get(address.key);
  }
}

function checkMatch(
  address: ObjectAddress,
  found: ObjectStat | undefined,
  ifMatch: string | undefined,
): void {
  if (ifMatch === undefined || found?.etag === ifMatch) return;
  const now = found === undefined ? 'is absent' : `has ETag ${found.etag}`;
  throw new HdfError('conflict', `${address.key} ${now}, expected ETag ${ifMatch}`);
}

function page(
  objects: ReadonlyMap<string, StoredObject>,
  sorted: readonly string[],
  options: ListOptions & { limit: number },
): ListPage {
  const { prefix, after = '', limit, folders = false } = options;
  const listed: ListedObject[] = [];
  const prefixes: string[] = [];
  const first = firstFrom(sorted, compareKeys(prefix, after) > 0 ? prefix : after);
  for (let at = first; at < sorted.length; at++) {
    const key = sorted[at] ?? '';
    if (!key.startsWith(prefix)) break;
    const shown = folders ? foldKey(key, prefix) : key;
    if (compareKeys(shown, after) <= 0 || shown === prefixes.at(-1)) continue;
    if (listed.length + prefixes.length >= limit) {
      return { objects: listed, prefixes, truncated: true };
    }
    const found = objects.get(key);
    if (shown !== key) prefixes.push(shown);
    else if (found !== undefined) {
      listed.push({ key, etag: found.etag, size: found.size, lastModified: found.lastModified });
    }
  }
  return { objects: listed, prefixes, truncated: false };
}

/** Position of the first key that is not before `bound`. */
function firstFrom(sorted: readonly string[], bound: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareKeys(sorted[middle] ?? '', bound) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Runs now; what it throws becomes a rejection. */
function settle<R>(work: () => R): Promise<R> {
  return new Promise((resolve) => {
    resolve(work());
  });
}
