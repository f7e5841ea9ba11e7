import { HdfError } from '#hdf5';
import { sleep, type Clock, type Random } from '#storage';
import type { CallTimer } from './call-timer.js';

/** Bounds of what may wait for a membership change at one service node. */
export interface HoldLimits {
  readonly maxRequests: number;
  /** Sum of the buffered bodies of waiting requests. */
  readonly maxBytes: number;
  /** How long one request may wait in all, milliseconds. */
  readonly maxWaitMs: number;
}

/** cluster-protocol E14: 2 000 requests, 256 MiB, 25 s. */
export const DEFAULT_HOLD_LIMITS: HoldLimits = {
  maxRequests: 2000,
  maxBytes: 256 * 1024 * 1024,
  maxWaitMs: 25_000,
};

const FIRST_WAIT_MS = 25;
const LONGEST_WAIT_MS = 1000;

/** One logical request that may have to wait several times; `attempt` grows its back-off. */
export interface HeldRequest {
  /** Buffered body, bytes. */
  readonly bytes: number;
  /** Monotonic milliseconds after which it gives up. */
  readonly until: number;
  attempt: number;
  /** An earlier try may have been applied, though its answer did not come. */
  mayHaveRun: boolean;
  /** Monotonic milliseconds of its first wait; absent while it has not waited. */
  parkedAt?: number;
}

/**
 * Parks requests whose owner is moving or restarting: jittered back-off, woken at once by a new
 * node map, bounded in number, bytes and time.
 */
export class HoldQueue {
  private readonly wakers = new Set<() => void>();
  private heldBytes = 0;
  private overflows = 0;
  /** Told how long each request that waited was held in all, milliseconds. */
  onHeld: (ms: number) => void = () => undefined;

  constructor(
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly limits: HoldLimits = DEFAULT_HOLD_LIMITS,
  ) {}

  /** Requests that wait now. */
  get waiting(): number {
    return this.wakers.size;
  }

  /** Bytes of bodies that wait now. */
  get waitingBytes(): number {
    return this.heldBytes;
  }

  /** Requests refused because the queue was full, since the start. */
  get overflowed(): number {
    return this.overflows;
  }

  /** Registers a request of so many buffered bytes. */
  open(bytes: number, holdUntil?: number): HeldRequest {
    return {
      bytes,
      until: holdUntil ?? this.clock.monotonic() + this.limits.maxWaitMs,
      attempt: 0,
      mayHaveRun: false,
    };
  }

  /** The request has its answer, or gave up. @param timer is told how often and how long it waited */
  end({ parkedAt, attempt }: HeldRequest, timer?: CallTimer): void {
    const ms = parkedAt === undefined ? 0 : this.clock.monotonic() - parkedAt;
    if (parkedAt !== undefined) this.onHeld(ms);
    if (attempt > 0) timer?.noteHeld(ms, attempt);
  }

  /** Wakes all that wait: a newer node map is there. */
  wake(): void {
    const wakers = [...this.wakers];
    this.wakers.clear();
    for (const waker of wakers) waker();
  }

  /**
   * Waits for the next try.
   *
   * @param cause why the last try failed, kept as the cause of a refusal
   * @throws HdfError `unavailable` when the queue is full or the request's time is over
   */
  async park(held: HeldRequest, cause: unknown, signal?: AbortSignal): Promise<void> {
    const left = held.until - this.clock.monotonic();
    if (left <= 0) throw gaveUp('waited too long for a data node', cause);
    const full = this.wakers.size >= this.limits.maxRequests;
    if (full || this.heldBytes + held.bytes > this.limits.maxBytes) {
      this.overflows += 1;
      throw gaveUp('too many requests wait for a data node', cause);
    }
    const ceiling = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** held.attempt);
    held.attempt += 1;
    held.parkedAt ??= this.clock.monotonic();
    const waitMs = Math.min(left, ceiling * (0.5 + this.random.next() / 2));
    const wakeUp = new AbortController();
    const waker = () => {
      wakeUp.abort();
    };
    this.wakers.add(waker);
    this.heldBytes += held.bytes;
    try {
      const either =
        signal === undefined ? wakeUp.signal : AbortSignal.any([signal, wakeUp.signal]);
      await sleep(this.clock, waitMs, either).catch(() => undefined);
    } finally {
      this.wakers.delete(waker);
      this.heldBytes -= held.bytes;
    }
    signal?.throwIfAborted();
  }
}

function gaveUp(why: string, cause: unknown): HdfError {
  const detail = cause instanceof Error ? `: ${cause.message}` : '';
  return new HdfError('unavailable', `${why}${detail}`, { cause, retryAfterS: 1 });
}
