import { Slots } from '../flow/slots.js';
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

export interface LimitOptions {
  /** Requests at the store at once; default 128. */
  readonly concurrency?: number;
  /** Requests that may wait for their turn; more are `unavailable`; default 10000. */
  readonly waitingMax?: number;
}

/** Sends a bounded number of requests at once; the others wait in order. */
export class LimitLayer implements ObjectStore {
  readonly #inner: ObjectStore;
  readonly #slots: Slots;

  constructor(inner: ObjectStore, options: LimitOptions = {}) {
    this.#inner = inner;
    this.#slots = new Slots(options.concurrency ?? 128, options.waitingMax ?? 10_000);
  }

  get(
    address: ObjectAddress,
    options: GetOptions = {},
  ): Promise<StoredObject | 'not-modified' | null> {
    return this.#slots.run(() => this.#inner.get(address, options), options.signal);
  }

  head(address: ObjectAddress, signal?: AbortSignal): Promise<ObjectStat | null> {
    return this.#slots.run(() => this.#inner.head(address, signal), signal);
  }

  put(
    address: ObjectAddress,
    bytes: Uint8Array,
    options: PutOptions = {},
  ): Promise<{ etag: string }> {
    return this.#slots.run(() => this.#inner.put(address, bytes, options), options.signal);
  }

  delete(
    address: ObjectAddress,
    options: { ifMatch?: string; signal?: AbortSignal } = {},
  ): Promise<void> {
    return this.#slots.run(() => this.#inner.delete(address, options), options.signal);
  }

  list(bucket: string, options: ListOptions): Promise<ListPage> {
    return this.#slots.run(() => this.#inner.list(bucket, options), options.signal);
  }

  bucketExists(bucket: string, signal?: AbortSignal): Promise<boolean> {
    return this.#slots.run(() => this.#inner.bucketExists(bucket, signal), signal);
  }

  createBucket(bucket: string): Promise<void> {
    return this.#slots.run(() => this.#inner.createBucket(bucket));
  }

  close(): Promise<void> {
    return this.#inner.close();
  }
}
