import { HdfError } from '#hdf5';
import {
  MemoryStore,
  type GetOptions,
  type ListOptions,
  type ListPage,
  type ObjectAddress,
  type ObjectStat,
  type ObjectStore,
  type PutOptions,
  type StoredObject,
} from '#storage';
import type { SimProcess } from './process.js';
import type { World } from './world.js';

/** What may go wrong with the store; probabilities per request. */
export interface StoreFaults {
  /** Answered 503 or with a connection error, not applied. */
  refuse: number;
  /** Applied, but the answer is lost. */
  loseAnswer: number;
  /** A put arrives late, perhaps after its sender has given up. */
  latePut: number;
  /** The client library sends a put twice: the second finds the first's work and fails. */
  repeatPut: number;
  /** Factor on all delays. */
  slow: number;
  /** Nothing is answered. */
  down: boolean;
}

export const CALM_STORE: StoreFaults = {
  refuse: 0,
  loseAnswer: 0,
  latePut: 0,
  repeatPut: 0,
  slow: 1,
  down: false,
};

/** Of the driver under the real program. */
const REQUEST_TIMEOUT_MS = 10_000;
const LATE_MIN_MS = 500;
const LATE_MAX_MS = 15_000;

/** An S3 that every process reaches over a network with faults; its own behaviour is perfect. */
export class SimStore {
  readonly inner: MemoryStore;
  readonly faults: StoreFaults = { ...CALM_STORE };
  /** Processes that are cut off: `to`: their requests are lost, `from`: the answers. */
  readonly cuts = new Map<SimProcess, 'to' | 'from' | 'both'>();
  /** Requests of these processes for keys with the prefix are lost (scripts). */
  readonly lost = new Map<SimProcess, string>();
  /** Puts and deletions of data objects by these processes arrive only after this (scripts). */
  readonly held = new Map<SimProcess, Promise<void>>();
  /** Told of every put that arrives. */
  onPut: (from: SimProcess, at: ObjectAddress, put: Promise<{ etag: string }>) => void = () =>
    undefined;
  /** When objects were deleted last. */
  private readonly deletedAt = new Map<string, number>();
  /** Ablation: conditions of puts on data objects are ignored. */
  ignoreConditions = false;
  /** Ablation: so are those of deletions. */
  ignoreDeletionConditions = false;

  constructor(private readonly world: World) {
    const clock = {
      now: () => world.now,
      monotonic: () => world.now,
      after: world.after.bind(world),
    };
    this.inner = new MemoryStore(clock);
  }

  /** The store as a process sees it. */
  clientOf(process: SimProcess): ObjectStore {
    const { inner } = this;
    const send = <T>(kind: 'read' | 'put' | 'change', key: string, apply: () => Promise<T>) =>
      this.send(process, { kind, key }, apply);
    return {
      get: (
        at: ObjectAddress,
        options?: GetOptions,
      ): Promise<StoredObject | 'not-modified' | null> =>
        send('read', at.key, () => inner.get(at, withoutSignal(options))),
      head: (at: ObjectAddress): Promise<ObjectStat | null> =>
        send('read', at.key, () => inner.head(at)),
      put: (at: ObjectAddress, bytes: Uint8Array, options: PutOptions = {}) => {
        const image = bytes.slice();
        const kept = this.condition(at, withoutSignal(options));
        const sentAt = this.world.now;
        return send('put', at.key, async () => {
          // Assumed: nothing is created by a put from before its deletion. No condition could say so.
          if (options.ifAbsent === true && sentAt < (this.deletedAt.get(at.key) ?? 0)) {
            throw new HdfError('conflict', `${at.key} was deleted`);
          }
          const put = inner.put(at, image, kept);
          this.onPut(process, at, put);
          return await put;
        });
      },
      delete: (at: ObjectAddress, options?: { ifMatch?: string }) =>
        send('change', at.key, async () => {
          await inner.delete(at, this.ignoreDeletionConditions ? {} : withoutSignal(options));
          this.deletedAt.set(at.key, this.world.now);
        }),
      list: (bucket: string, options: ListOptions): Promise<ListPage> =>
        send('read', options.prefix ?? '', () => inner.list(bucket, withoutSignal(options))),
      bucketExists: (bucket: string) => send('read', '', () => inner.bucketExists(bucket)),
      createBucket: (bucket: string) => send('change', '', () => inner.createBucket(bucket)),
      close: () => Promise.resolve(),
    };
  }

  private condition(at: ObjectAddress, options: PutOptions): PutOptions {
    if (!this.ignoreConditions || isOwn(at.key)) return options;
    return options.metadata === undefined ? {} : { metadata: options.metadata };
  }

  private send<T>(
    process: SimProcess,
    { kind, key }: { kind: 'read' | 'put' | 'change'; key: string },
    apply: () => Promise<T>,
  ): Promise<T> {
    const { world, faults } = this;
    const { random } = world;
    const delay = () => random.between(2, 15) * faults.slow;
    return new Promise((resolve, reject) => {
      const fail = (message: string) => {
        reject(new HdfError('unavailable', message));
      };
      const settle = (call: () => void) => {
        const answered = !this.isCut(process, 'from') && !random.chance(faults.loseAnswer);
        if (answered)
          world.after(delay(), () => {
            cancel();
            process.deliver(call);
          });
      };
      const cancel = process.clock.after(REQUEST_TIMEOUT_MS, () => {
        fail('store: no answer');
      });
      const lostPrefix = this.lost.get(process);
      if (this.isCut(process, 'to') || (lostPrefix !== undefined && key.startsWith(lostPrefix))) {
        return;
      }
      if (random.chance(faults.refuse)) {
        settle(() => {
          fail('store: 503 SlowDown');
        });
        return;
      }
      const late = kind !== 'read' && random.chance(faults.latePut);
      const arrival = late ? random.between(LATE_MIN_MS, LATE_MAX_MS) : delay();
      const repeat = kind === 'put' && random.chance(faults.repeatPut);
      const held = kind !== 'read' && !isOwn(key) ? this.held.get(process) : undefined;
      const arrive = async () => {
        await held;
        return repeat ? await apply().then(apply) : await apply();
      };
      world.after(arrival, () => {
        void (held === undefined && !repeat ? apply() : arrive()).then(
          (value) => {
            settle(() => {
              resolve(value);
            });
          },
          (error: unknown) => {
            settle(() => {
              reject(error instanceof Error ? error : new Error(String(error)));
            });
          },
        );
      });
    });
  }

  private isCut(process: SimProcess, direction: 'to' | 'from'): boolean {
    const cut = this.cuts.get(process);
    return this.faults.down || cut === direction || cut === 'both';
  }
}

/** What the cluster keeps for itself. */
function isOwn(key: string): boolean {
  return key.startsWith('_hsds/');
}

/** The simulated store does not cancel: what was sent may arrive. */
function withoutSignal<T extends object>(options: T | undefined): Omit<T, 'signal'> {
  if (options === undefined) return {} as Omit<T, 'signal'>;
  const rest: T & { signal?: unknown } = { ...options };
  delete rest.signal;
  return rest;
}
