import { HdfError } from '#hdf5';
import type { PodApi, PodEvent } from '#cluster';
import type { SimProcess } from './process.js';
import type { World } from './world.js';

/** A pod as the API stores it. */
export type PodObject = Readonly<Record<string, unknown>> & {
  readonly metadata: { readonly uid: string };
};

interface Change {
  readonly version: number;
  readonly event: PodEvent;
}

interface Watcher {
  readonly process: SimProcess;
  readonly send: (change: Change) => void;
  readonly fail: (error: HdfError) => void;
  silent: boolean;
}

const TIMEOUT_MS = 5000;
const WATCH_MS = 60_000;
/** Keeps the events of one connection in order. */
const ORDER_MS = 0.01;

/** The API server: versions, lists, watches with their weaknesses. */
export class SimPodServer {
  private version = 1;
  private readonly objects = new Map<string, PodObject>();
  private readonly history: Change[] = [];
  private readonly watchers = new Set<Watcher>();
  /** Nothing is answered to these processes, or to anybody. */
  readonly cuts = new Set<SimProcess>();
  down = false;

  constructor(private readonly world: World) {}

  put(object: PodObject): void {
    const known = this.objects.has(object.metadata.uid);
    this.objects.set(object.metadata.uid, object);
    this.record(known ? 'modified' : 'added', object);
  }

  remove(uid: string): void {
    const object = this.objects.get(uid);
    if (object === undefined) return;
    this.objects.delete(uid);
    this.record('deleted', object);
  }

  /** Some open watches send nothing any more, without an error. */
  silence(): void {
    for (const watcher of this.watchers) watcher.silent ||= this.world.random.chance(0.7);
  }

  /** All watches end with 410. */
  expire(): void {
    for (const watcher of [...this.watchers]) {
      watcher.fail(new HdfError('gone', 'too old resource version'));
    }
  }

  clientOf(process: SimProcess): PodApi {
    return {
      list: () =>
        this.request(process, () => {
          const pods = [...this.objects.values()];
          return { pods, resourceVersion: String(this.version) };
        }),
      watch: (version, onEvent, signal) => this.watch(process, { version, onEvent, signal }),
    };
  }

  private record(type: PodEvent['type'], object: PodObject): void {
    this.version += 1;
    const metadata = { ...object.metadata, resourceVersion: String(this.version) };
    const change = { version: this.version, event: { type, object: { ...object, metadata } } };
    this.history.push(change);
    for (const watcher of this.watchers) watcher.send(change);
  }

  private isCut(process: SimProcess): boolean {
    return this.down || this.cuts.has(process);
  }

  private request<T>(process: SimProcess, apply: () => T): Promise<T> {
    const { world } = this;
    return new Promise((resolve, reject) => {
      process.clock.after(TIMEOUT_MS, () => {
        reject(new HdfError('unavailable', 'Kubernetes: no answer'));
      });
      if (this.isCut(process)) return;
      world.after(world.random.between(2, 30), () => {
        const value = apply();
        world.after(world.random.between(2, 30), () => {
          process.deliver(() => {
            resolve(value);
          });
        });
      });
    });
  }

  private watch(
    process: SimProcess,
    from: { version: string; onEvent: (event: PodEvent) => void; signal: AbortSignal },
  ): Promise<void> {
    const { world } = this;
    const { onEvent, signal } = from;
    return new Promise((resolve, reject) => {
      // One connection keeps its order, whatever the delays.
      let lastAt = 0;
      const watcher: Watcher = {
        process,
        silent: false,
        send: (change) => {
          if (watcher.silent || this.isCut(process)) return;
          lastAt = Math.max(lastAt + ORDER_MS, world.now + world.random.between(30, 300));
          world.after(lastAt - world.now, () => {
            process.deliver(() => {
              if (!signal.aborted) onEvent(change.event);
            });
          });
        },
        fail: (error) => {
          this.watchers.delete(watcher);
          process.deliver(() => {
            reject(error);
          });
        },
      };
      const end = () => {
        this.watchers.delete(watcher);
        resolve();
      };
      signal.addEventListener('abort', end, { once: true });
      process.clock.after(WATCH_MS, end);
      this.watchers.add(watcher);
      const missed = this.history.filter(({ version }) => version > Number(from.version));
      for (const change of missed) watcher.send(change);
    });
  }
}
