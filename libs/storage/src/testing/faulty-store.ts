import { HdfError } from '#hdf5';
import type { StoreOperation } from '../layers/meter.js';
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

/**
 * What goes wrong with a call: `fail` not applied, network error; `lost` applied, its answer lost;
 * `race` a 409; `full` no space; `conflict` a 412 although nothing differs; `self-conflict` applied,
 * then answered 412 (an SDK that retries); `late` answered `unavailable` now and applied when
 * `landLate` is called; `truncated` a body that ends early. The last four count only for writes
 * or reads of content; for others they are `fail`.
 */
export type Fault =
  'fail' | 'lost' | 'race' | 'full' | 'conflict' | 'self-conflict' | 'late' | 'truncated';

export interface StoreCall {
  readonly operation: StoreOperation;
  /** Key of the object, or prefix of the listing; empty for buckets. */
  readonly key: string;
}

/** Decides calls' fates. */
export interface FaultPlan {
  /** Called before anything happens: hold the promise to hold the call. */
  before?(call: StoreCall): Promise<void>;
  fault?(call: StoreCall): Fault | undefined;
  /** Called when the effect has happened, before the answer. */
  after?(call: StoreCall): Promise<void>;
}

/** A store that fails on cue. Nothing in it sleeps. */
export class FaultyStore implements ObjectStore {
  /** All calls so far, in order of arrival. */
  readonly calls: StoreCall[] = [];
  readonly #late: (() => Promise<unknown>)[] = [];

  constructor(
    readonly inner: ObjectStore,
    public plan: FaultPlan = {},
  ) {}

  get(
    address: ObjectAddress,
    options: GetOptions = {},
  ): Promise<StoredObject | 'not-modified' | null> {
    return this.#play({ operation: 'get', key: address.key }, async (fault) => {
      const found = await this.inner.get(address, options);
      if (fault === 'truncated' && found !== null && found !== 'not-modified') {
        throw new HdfError('unavailable', `expected ${found.bytes.length} bytes, got fewer`);
      }
      return found;
    });
  }

  head(address: ObjectAddress, signal?: AbortSignal): Promise<ObjectStat | null> {
    return this.#play({ operation: 'head', key: address.key }, () =>
      this.inner.head(address, signal),
    );
  }

  put(
    address: ObjectAddress,
    bytes: Uint8Array,
    options: PutOptions = {},
  ): Promise<{ etag: string }> {
    let content = bytes;
    const put = () => this.inner.put(address, content, options);
    return this.#play({ operation: 'put', key: address.key }, (fault) => {
      // A late put carries what was sent, whatever becomes of the buffer.
      if (fault === 'late') content = bytes.slice();
      return fault === 'late' ? this.#later(put) : put();
    });
  }

  delete(
    address: ObjectAddress,
    options: { ifMatch?: string; signal?: AbortSignal } = {},
  ): Promise<void> {
    const remove = () => this.inner.delete(address, options);
    return this.#play({ operation: 'delete', key: address.key }, (fault) =>
      fault === 'late' ? this.#later(remove) : remove(),
    );
  }

  list(bucket: string, options: ListOptions): Promise<ListPage> {
    return this.#play({ operation: 'list', key: options.prefix }, () =>
      this.inner.list(bucket, options),
    );
  }

  bucketExists(bucket: string, signal?: AbortSignal): Promise<boolean> {
    return this.#play({ operation: 'bucketExists', key: '' }, () =>
      this.inner.bucketExists(bucket, signal),
    );
  }

  createBucket(bucket: string): Promise<void> {
    return this.#play({ operation: 'createBucket', key: '' }, () =>
      this.inner.createBucket(bucket),
    );
  }

  close(): Promise<void> {
    return this.inner.close();
  }

  /** Lets one `late` call happen now, whether it succeeds or not; false when none is left. */
  async landLate(): Promise<boolean> {
    const call = this.#late.shift();
    if (call === undefined) return false;
    await call().catch(() => undefined);
    return true;
  }

  async #play<R>(call: StoreCall, work: (fault: Fault | undefined) => Promise<R>): Promise<R> {
    this.calls.push(call);
    await this.plan.before?.(call);
    const fault = this.plan.fault?.(call);
    if (fault !== undefined) refuse(fault, call);
    const result = await work(fault);
    await this.plan.after?.(call);
    if (fault === 'lost') throw new HdfError('unavailable', 'the answer was lost');
    if (fault === 'self-conflict') throw new HdfError('conflict', 'a retry met its own success');
    return result;
  }

  #later(work: () => Promise<unknown>): never {
    this.#late.push(work);
    throw new HdfError('unavailable', 'late on cue');
  }
}

/** Throws for faults without effect. */
function refuse(fault: Fault, { operation }: StoreCall): void {
  const isWrite = operation === 'put' || operation === 'delete';
  if (fault === 'lost' || (fault === 'truncated' && operation === 'get')) return;
  if (fault === 'self-conflict' && operation === 'put') return;
  if (fault === 'late' && isWrite) return;
  if (fault === 'conflict' && isWrite) throw new HdfError('conflict', 'a 412 on cue');
  throw new HdfError('unavailable', `${fault} on cue`);
}

/** A plan from a list: each rule strikes once, at the first call of its operation. */
export function faultScript(rules: readonly (readonly [StoreOperation, Fault])[]): FaultPlan {
  const left = [...rules];
  return {
    fault: (call) => {
      const at = left.findIndex(([operation]) => operation === call.operation);
      return at < 0 ? undefined : left.splice(at, 1)[0]?.[1];
    },
  };
}
