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
import type { OpenSpan, Tracer } from '../runtime/tracer.js';
import type { StoreOperation } from './meter.js';

/**
 * Makes each attempt of a call a span. Reads outside of requests (leases, scans) leave none; what
 * is written behind an answer is a trace of its own.
 */
export class TraceLayer implements ObjectStore {
  readonly #inner: ObjectStore;
  readonly #tracer: Tracer;

  constructor(inner: ObjectStore, tracer: Tracer) {
    this.#inner = inner;
    this.#tracer = tracer;
  }

  get(
    address: ObjectAddress,
    options: GetOptions = {},
  ): Promise<StoredObject | 'not-modified' | null> {
    return this.#span('get', address, async (span) => {
      const found = await this.#inner.get(address, options);
      const isObject = found !== null && found !== 'not-modified';
      if (isObject) span.note({ 'hsds.store.bytes': found.bytes.length });
      else span.note({ 'hsds.store.answer': found ?? 'missing' });
      return found;
    });
  }

  head(address: ObjectAddress, signal?: AbortSignal): Promise<ObjectStat | null> {
    return this.#span('head', address, () => this.#inner.head(address, signal));
  }

  put(
    address: ObjectAddress,
    bytes: Uint8Array,
    options: PutOptions = {},
  ): Promise<{ etag: string }> {
    return this.#span('put', address, (span) => {
      span.note({ 'hsds.store.bytes': bytes.length });
      return this.#inner.put(address, bytes, options);
    });
  }

  delete(
    address: ObjectAddress,
    options: { ifMatch?: string; signal?: AbortSignal } = {},
  ): Promise<void> {
    return this.#span('delete', address, () => this.#inner.delete(address, options));
  }

  list(bucket: string, options: ListOptions): Promise<ListPage> {
    const address = { bucket, key: options.prefix };
    return this.#span('list', address, () => this.#inner.list(bucket, options));
  }

  bucketExists(bucket: string, signal?: AbortSignal): Promise<boolean> {
    return this.#inner.bucketExists(bucket, signal);
  }

  createBucket(bucket: string): Promise<void> {
    return this.#inner.createBucket(bucket);
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  #span<R>(
    operation: StoreOperation,
    { bucket, key }: ObjectAddress,
    call: (span: OpenSpan) => Promise<R>,
  ): Promise<R> {
    const attributes = { 'hsds.store.bucket': bucket, 'hsds.store.key': key };
    const alone = operation === 'put' || operation === 'delete';
    return this.#tracer.within(
      { name: `store ${operation}`, kind: 'client', attributes, alone },
      call,
    );
  }
}
