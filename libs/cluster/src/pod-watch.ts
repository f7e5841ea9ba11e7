import { errorKind } from '#hdf5';
import { sleep, type Clock, type Random } from '#storage';
import type { Discovery, PodApi, PodEvent, PodView } from './discovery.js';
import { readPod, type PodFacts } from './eligibility.js';

/** Between two lists that failed or were asked for. */
const RETRY_MIN_MS = 500;
const RETRY_MAX_MS = 5_000;

/** What discovery needs of the world. */
export interface PodWatchParts {
  readonly api: PodApi;
  readonly clock: Clock;
  readonly random: Random;
  /** Name of the data node's container. */
  readonly container: string;
  /** Told of every failed list or watch, for the log. */
  readonly onError: (error: unknown) => void;
}

/**
 * List and watch over a {@link PodApi}. Every list replaces the view and restarts the watch at the
 * list's version, so that no late event of an old watch can bring back what a list has removed; a
 * watch that has silently died is thus replaced by the next scheduled list ({@link relist}).
 */
export class PodWatch implements Discovery {
  private readonly pods = new Map<string, PodFacts>();
  private readonly listeners = new Set<() => void>();
  private at: number | null = null;
  private stopped = false;
  private watching = new AbortController();
  private listing: Promise<PodView> | null = null;
  private relisting: Promise<void> | null = null;
  private failures = 0;
  /** Why the last list, and the last watch, failed; null once one has worked again. */
  private readonly problems: { list: unknown; watch: unknown } = { list: null, watch: null };
  private hasWatched = false;

  constructor(private readonly parts: PodWatchParts) {}

  start(): void {
    void this.relist();
  }

  stop(): void {
    this.stopped = true;
    this.watching.abort();
    this.listeners.clear();
  }

  view(): PodView | null {
    return this.at === null ? null : { pods: [...this.pods.values()], at: this.at };
  }

  /** What is wrong with the Kubernetes API now; null when lists and watches work. */
  get trouble(): string | null {
    const problem = this.problems.list ?? this.problems.watch;
    if (problem === null) return null;
    return problem instanceof Error ? problem.message : 'not an error';
  }

  /**
   * The service account lacks a right that it has never had: a mistake of the installation. A right
   * that is withdrawn later must not take a working process out of service.
   */
  get refused(): boolean {
    const { list, watch } = this.problems;
    return !this.hasWatched && [list, watch].some((problem) => errorKind(problem) === 'forbidden');
  }

  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async list(): Promise<PodView> {
    // One that is under way may have been answered already: it is awaited, then asked anew.
    if (this.listing !== null) await this.listing.catch(() => undefined);
    return await (this.listing ??= this.listNow());
  }

  /** Lists anew and restarts the watch; tries again by itself until it succeeds. Never rejects. */
  relist(): Promise<void> {
    return (this.relisting ??= this.relistUntilDone().finally(() => {
      this.relisting = null;
    }));
  }

  private async relistUntilDone(): Promise<void> {
    while (!this.stopped) {
      try {
        await (this.listing ??= this.listNow());
        this.failures = 0;
        return;
      } catch (error) {
        this.problems.list = error;
        this.parts.onError(error);
        await this.pause();
      }
    }
  }

  private async listNow(): Promise<PodView> {
    try {
      const sentAt = this.parts.clock.monotonic();
      const { pods, resourceVersion } = await this.parts.api.list();
      const facts = pods.map((pod) => readPod(pod, this.parts.container));
      this.pods.clear();
      for (const pod of facts) this.pods.set(pod.uid, pod);
      this.at = sentAt;
      this.problems.list = null;
      if (!this.stopped) void this.follow(resourceVersion);
      this.changed();
      return { pods: facts, at: sentAt };
    } finally {
      this.listing = null;
    }
  }

  /** Watches from a version on, over as many connections as it takes, until a list replaces it. */
  private async follow(resourceVersion: string): Promise<void> {
    this.watching.abort();
    const watching = new AbortController();
    this.watching = watching;
    const position: { version: string | null } = { version: resourceVersion };
    const onEvent = (event: PodEvent) => {
      if (!watching.signal.aborted) position.version = this.apply(event, position.version);
    };
    const ended = () => watching.signal.aborted;
    while (!ended()) {
      const { version } = position;
      if (version === null) {
        void this.relist();
        return;
      }
      try {
        const openedAt = this.parts.clock.monotonic();
        await this.parts.api.watch(version, onEvent, watching.signal);
        if (!ended()) this.hasWorked();
        // A server that closes at once must not be asked in a tight loop.
        const openMs = this.parts.clock.monotonic() - openedAt;
        if (openMs < RETRY_MIN_MS) await sleep(this.parts.clock, RETRY_MIN_MS);
      } catch (error) {
        if (ended()) return;
        this.problems.watch = error;
        this.parts.onError(error);
        if (errorKind(error) === 'gone') position.version = null;
        await this.pause();
      }
    }
  }

  /** @returns the version to go on from; null when only a list helps */
  private apply(event: PodEvent, version: string | null): string | null {
    if (event.type === 'error') return null;
    this.hasWorked();
    const pod = readPod(event.object, this.parts.container);
    if (event.type === 'deleted') this.pods.delete(pod.uid);
    else if (event.type !== 'bookmark') this.pods.set(pod.uid, pod);
    this.at = this.parts.clock.monotonic();
    if (event.type !== 'bookmark') this.changed();
    return versionOf(event.object) ?? version;
  }

  /** A watch has ended in order or has told of something. */
  private hasWorked(): void {
    this.hasWatched = true;
    this.problems.watch = null;
  }

  private changed(): void {
    for (const listener of this.listeners) listener();
  }

  private async pause(): Promise<void> {
    const { clock, random } = this.parts;
    this.failures += 1;
    const backoff = Math.min(RETRY_MAX_MS, RETRY_MIN_MS * 2 ** Math.min(this.failures - 1, 8));
    await sleep(clock, backoff * (0.5 + random.next()));
  }
}

function versionOf(object: unknown): string | null {
  const metadata = (object as { metadata?: { resourceVersion?: unknown } } | null)?.metadata;
  const version = metadata?.resourceVersion;
  return typeof version === 'string' && version !== '' ? version : null;
}
