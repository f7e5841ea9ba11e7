import { errorKind, type ErrorKind } from '#hdf5';
import type {
  GetOptions,
  ListOptions,
  ListPage,
  ObjectAddress,
  ObjectStat,
  ObjectStore,
  PutOptions,
  StoredObject,
} from '../object-store.js';
import type { Clock } from '../runtime/clock.js';

export type StoreOperation =
  'get' | 'head' | 'put' | 'delete' | 'list' | 'bucketExists' | 'createBucket';

/** Counts of one operation with one outcome. */
export interface OperationCounts {
  readonly operation: StoreOperation;
  readonly outcome: 'ok' | ErrorKind;
  readonly count: number;
  /** Sum of durations, seconds. */
  readonly seconds: number;
  /** Content read or written. */
  readonly bytes: number;
}

/** Counts what is asked of a store and how it ends. */
export class MeterLayer implements ObjectStore {
  readonly #inner: ObjectStore;
  readonly #clock: Clock;
  readonly #counts = new Map<
    string,
    { -readonly [K in keyof OperationCounts]: OperationCounts[K] }
  >();
  #inFlight = 0;

  constructor(inner: ObjectStore, clock: Clock) {
    this.#inner = inner;
    this.#clock = clock;
  }

  /** Requests that have not ended. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Copies of all counts that are not zero. */
  snapshot(): OperationCounts[] {
    return [...this.#counts.values()].map((counts) => ({ ...counts }));
  }

  get(
    address: ObjectAddress,
    options: GetOptions = {},
  ): Promise<StoredObject | 'not-modified' | null> {
    return this.#count('get', async () => {
      const result = await this.#inner.get(address, options);
      const bytes = result === null || result === 'not-modified' ? 0 : result.bytes.length;
      return { result, bytes };
    });
  }

  head(address: ObjectAddress, signal?: AbortSignal): Promise<ObjectStat | null> {
    return this.#plain('head', () => this.#inner.head(address, signal));
  }

  put(
    address: ObjectAddress,
    bytes: Uint8Array,
    options: PutOptions = {},
  ): Promise<{ etag: string }> {
    return this.#count('put', async () => ({
      result: await this.#inner.put(address, bytes, options),
      bytes: bytes.length,
    }));
  }

  delete(
    address: ObjectAddress,
    options: { ifMatch?: string; signal?: AbortSignal } = {},
  ): Promise<void> {
    return this.#plain('delete', () => this.#inner.delete(address, options));
  }

  list(bucket: string, options: ListOptions): Promise<ListPage> {
    return this.#plain('list', () => this.#inner.list(bucket, options));
  }

  bucketExists(bucket: string, signal?: AbortSignal): Promise<boolean> {
    return this.#plain('bucketExists', () => this.#inner.bucketExists(bucket, signal));
  }

  createBucket(bucket: string): Promise<void> {
    return this.#plain('createBucket', () => this.#inner.createBucket(bucket));
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  #plain<R>(operation: StoreOperation, call: () => Promise<R>): Promise<R> {
    return this.#count(operation, async () => ({ result: await call(), bytes: 0 }));
  }

  async #count<R>(
    operation: StoreOperation,
    call: () => Promise<{ result: R; bytes: number }>,
  ): Promise<R> {
    const startMs = this.#clock.monotonic();
    const add = (outcome: OperationCounts['outcome'], bytes: number) => {
      const counts = this.#countsOf(operation, outcome);
      counts.count++;
      counts.seconds += (this.#clock.monotonic() - startMs) / 1000;
      counts.bytes += bytes;
    };
    this.#inFlight++;
    try {
      const { result, bytes } = await call();
      add('ok', bytes);
      return result;
    } catch (error) {
      add(errorKind(error), 0);
      throw error;
    } finally {
      this.#inFlight--;
    }
  }

  #countsOf(operation: StoreOperation, outcome: OperationCounts['outcome']) {
    const key = `${operation} ${outcome}`;
    const known = this.#counts.get(key);
    if (known !== undefined) return known;
    const counts = { operation, outcome, count: 0, seconds: 0, bytes: 0 };
    this.#counts.set(key, counts);
    return counts;
  }
}
