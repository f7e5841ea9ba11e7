import { HdfError } from '#hdf5';
import type { Clock } from '#storage';

/** Bounds of the work that a node does, and lets wait, at once. */
export interface WorkLimits {
  /** Requests that run. */
  readonly running: number;
  /** Memory of the requests that run, as they estimate it. */
  readonly bytes: number;
  /** Requests that wait for their turn. */
  readonly waiting: number;
  /** How long a request may wait, milliseconds. */
  readonly waitMs: number;
}

/** One request, before it may run. */
export interface Job {
  /** Whose turn it is is decided among users, not among requests. */
  readonly user: string;
  /** Memory that it will hold at most. */
  readonly bytes: number;
  /** Clients do not repeat it (POST): it is the last to be refused. */
  readonly precious: boolean;
  /** Aborted when the caller left: the request gives up its place. */
  readonly signal?: AbortSignal;
}

interface Waiting extends Job {
  readonly start: () => void;
  readonly refuse: (error: HdfError) => void;
  readonly cancel: () => void;
}

/**
 * Lets requests run within bounds of number and memory; the others wait, and users take turns, so
 * that a user with a thousand requests does not stop one with a single request. Refuses only when
 * the waiting room is full or a request has waited too long.
 */
export class WorkQueue {
  /** Waiting requests by user; the first user is next. */
  private readonly queues = new Map<string, Waiting[]>();
  private running = 0;
  private bytes = 0;
  private waiting = 0;

  constructor(
    private readonly clock: Clock,
    private readonly limits: WorkLimits,
  ) {}

  /** Requests that run, and that wait, now. */
  get load(): { readonly running: number; readonly waiting: number } {
    return { running: this.running, waiting: this.waiting };
  }

  /** What `enter` resolves with, when the request may run at once. */
  tryEnter(job: Job): (() => void) | undefined {
    return this.waiting === 0 && this.fits(job) ? this.begin(job) : undefined;
  }

  /**
   * Resolves when the request may run, with what must be called when it has ended.
   *
   * @throws HdfError `unavailable` with a time to come back
   */
  enter(job: Job): Promise<() => void> {
    const begun = this.tryEnter(job);
    if (begun !== undefined) return Promise.resolve(begun);
    if (job.signal?.aborted === true) return Promise.reject(callerLeft());
    if (this.waiting >= this.limits.waiting && !this.makeRoom(job)) {
      return Promise.reject(busy('too many requests wait'));
    }
    return new Promise((resolve, reject) => {
      const giveUp = (error: HdfError) => {
        this.remove(waiting);
        reject(error);
      };
      const leave = () => {
        giveUp(callerLeft());
      };
      const cancel = this.clock.after(this.limits.waitMs, () => {
        giveUp(busy('waited too long for its turn'));
      });
      job.signal?.addEventListener('abort', leave, { once: true });
      const waiting: Waiting = {
        ...job,
        start: () => {
          resolve(this.begin(job));
        },
        refuse: reject,
        cancel: () => {
          cancel();
          job.signal?.removeEventListener('abort', leave);
        },
      };
      this.line(waiting);
    });
  }

  private line(waiting: Waiting): void {
    const queue = this.queues.get(waiting.user);
    if (queue === undefined) this.queues.set(waiting.user, [waiting]);
    else queue.push(waiting);
    this.waiting += 1;
  }

  private fits({ bytes }: Job): boolean {
    if (this.running === 0) return true;
    return this.running < this.limits.running && this.bytes + bytes <= this.limits.bytes;
  }

  private begin({ bytes }: Job): () => void {
    this.running += 1;
    this.bytes += bytes;
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      this.running -= 1;
      this.bytes -= bytes;
      this.startNext();
    };
  }

  private startNext(): void {
    for (;;) {
      const [next] = this.queues;
      const [user, queue] = next ?? [];
      const first = queue?.[0];
      if (user === undefined || first === undefined || !this.fits(first)) return;
      this.remove(first);
      const rest = this.queues.get(user);
      if (rest !== undefined) {
        // The user goes to the end of the line.
        this.queues.delete(user);
        this.queues.set(user, rest);
      }
      first.start();
    }
  }

  private remove(waiting: Waiting): void {
    const queue = this.queues.get(waiting.user);
    const at = queue?.indexOf(waiting) ?? -1;
    if (queue === undefined || at < 0) return;
    queue.splice(at, 1);
    if (queue.length === 0) this.queues.delete(waiting.user);
    this.waiting -= 1;
    waiting.cancel();
  }

  /** Refuses the newest request of the longest queue that can be repeated; false if none can. */
  private makeRoom({ precious }: Job): boolean {
    if (!precious) return false;
    const longestFirst = [...this.queues.values()].sort((a, b) => b.length - a.length);
    for (const queue of longestFirst) {
      const victim = queue.findLast((waiting) => !waiting.precious);
      if (victim === undefined) continue;
      this.remove(victim);
      victim.refuse(busy('too many requests wait'));
      return true;
    }
    return false;
  }
}

function callerLeft(): HdfError {
  return new HdfError('unavailable', 'the caller left');
}

function busy(why: string): HdfError {
  return new HdfError('unavailable', `the service is busy: ${why}`, { retryAfterS: 1 });
}
