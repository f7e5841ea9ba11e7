import { errorKind, HdfError } from '#hdf5';
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
import { sleep, type Clock } from '../runtime/clock.js';
import type { Random } from '../runtime/random.js';

export interface RetryOptions {
  /** Calls in all, at least 1; default 4. */
  readonly attempts?: number;
  /** Longest pause before the second call, ms; doubles each time; default 50. */
  readonly pauseMs?: number;
  /** Longest pause of all, ms; default 2000. */
  readonly pauseMaxMs?: number;
}

/**
 * Repeats what ended in `unavailable`, a bounded number of times with random pauses. Conditional
 * writes are not repeated: a second one would fail on the first one's success, so who made the
 * condition must look (AWS SDKs that retry them report a conflict after their own success).
 */
export class RetryLayer implements ObjectStore {
  readonly #inner: ObjectStore;
  readonly #options: Required<RetryOptions>;
  readonly #clock: Clock;
  readonly #random: Random;

  constructor(
    inner: ObjectStore,
    sources: { clock: Clock; random: Random },
    options: RetryOptions = {},
  ) {
    this.#inner = inner;
    this.#clock = sources.clock;
    this.#random = sources.random;
    this.#options = { attempts: 4, pauseMs: 50, pauseMaxMs: 2000, ...options };
  }

  get(
    address: ObjectAddress,
    options: GetOptions = {},
  ): Promise<StoredObject | 'not-modified' | null> {
    return this.#repeat(() => this.#inner.get(address, options), options.signal);
  }

  head(address: ObjectAddress, signal?: AbortSignal): Promise<ObjectStat | null> {
    return this.#repeat(() => this.#inner.head(address, signal), signal);
  }

  put(
    address: ObjectAddress,
    bytes: Uint8Array,
    options: PutOptions = {},
  ): Promise<{ etag: string }> {
    const put = () => this.#inner.put(address, bytes, options);
    const conditional = options.ifMatch !== undefined || options.ifAbsent === true;
    return conditional ? put() : this.#repeat(put, options.signal);
  }

  delete(
    address: ObjectAddress,
    options: { ifMatch?: string; signal?: AbortSignal } = {},
  ): Promise<void> {
    const remove = () => this.#inner.delete(address, options);
    return options.ifMatch === undefined ? this.#repeat(remove, options.signal) : remove();
  }

  list(bucket: string, options: ListOptions): Promise<ListPage> {
    return this.#repeat(() => this.#inner.list(bucket, options), options.signal);
  }

  bucketExists(bucket: string, signal?: AbortSignal): Promise<boolean> {
    return this.#repeat(() => this.#inner.bucketExists(bucket, signal), signal);
  }

  createBucket(bucket: string): Promise<void> {
    return this.#repeat(() => this.#inner.createBucket(bucket), undefined);
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  async #repeat<R>(call: () => Promise<R>, signal: AbortSignal | undefined): Promise<R> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await call();
      } catch (error) {
        const last = attempt >= this.#options.attempts || signal?.aborted === true;
        if (last || errorKind(error) !== 'unavailable') throw error;
        await this.#pause(attempt, error, signal);
      }
    }
  }

  async #pause(attempt: number, error: unknown, signal: AbortSignal | undefined): Promise<void> {
    const { pauseMs, pauseMaxMs } = this.#options;
    const longest = Math.min(pauseMaxMs, pauseMs * 2 ** (attempt - 1));
    const delayMs = longest * (0.25 + 0.75 * this.#random.next());
    try {
      await sleep(this.#clock, delayMs, signal);
    } catch (cause) {
      throw new HdfError('unavailable', 'cancelled between two attempts', {
        cause: error instanceof Error ? error : cause,
      });
    }
  }
}
