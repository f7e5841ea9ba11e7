import { HdfError } from '#hdf5';
import type { ResizeTurn } from '#dn-client';
import type { Clock } from '#storage';

/**
 * How long a service node may take to cut chunks before another one may begin anew: less than a
 * request waits for a data node, so that those behind a dead one get their turn.
 */
const TURN_MS = 15_000;
/** How long a resize waits at the data node; afterwards the router asks again. */
const WAIT_MS = 5000;
/** Datasets whose last shrink is remembered. */
const SHRUNK_MAX = 10_000;

interface Held extends ResizeTurn {
  readonly holder: string;
  readonly untilMs: number;
}

/** Who asks: the request's id, and the turn whose cutting is done. */
export interface Asker {
  readonly requestId: string;
  readonly done?: number;
}

/**
 * One resize of a dataset at a time, as long as it has chunks to cut: no extent grows while chunks are
 * being cut to a smaller one. Kept in memory by the dataset's owner; a turn that is lost or too slow
 * is given anew, with a larger number, before which data nodes refuse the older one.
 */
export class ResizeTurns {
  private readonly held = new Map<string, Held>();
  private readonly waiting = new Map<string, Set<() => void>>();
  /** Shrunk since they last grew: requests that saw the larger extent may have written since. */
  private readonly shrunk = new Set<string>();
  private last = 0;

  constructor(private readonly clock: Clock) {}

  /**
   * Resolves when nobody else has the turn.
   *
   * @throws HdfError `unavailable` when that takes too long
   */
  async free(id: string, asker: Asker): Promise<void> {
    const deadlineMs = this.clock.monotonic() + WAIT_MS;
    while (this.isBusy(id, asker)) {
      const now = this.clock.monotonic();
      if (now >= deadlineMs) {
        throw new HdfError('unavailable', `${id} is being resized`, { retryAfterS: 1 });
      }
      const untilMs = Math.min(deadlineMs, this.held.get(id)?.untilMs ?? now);
      await this.change(id, untilMs - now);
    }
  }

  /** True while another request has the turn. */
  isBusy(id: string, { requestId, done }: Asker): boolean {
    const turn = this.held.get(id);
    if (turn === undefined || turn.untilMs <= this.clock.monotonic()) return false;
    return turn.holder !== requestId && turn.at !== done;
  }

  /** True when the turn is still this one: what was cut under it is cut. */
  isHeld(id: string, at: number | undefined): boolean {
    const turn = this.held.get(id);
    return turn !== undefined && turn.at === at && turn.untilMs > this.clock.monotonic();
  }

  /** Gives the turn; the same request gets the same one again. @param after at least this number */
  give(id: string, holder: string, epoch: number, after: number): ResizeTurn {
    const own = this.held.get(id);
    if (own?.holder === holder && own.untilMs > this.clock.monotonic()) return own;
    this.last = Math.max(this.last + 1, after + 1, Math.floor(this.clock.now() * 1000));
    const turn = { epoch, at: this.last };
    this.held.set(id, { ...turn, holder, untilMs: this.clock.monotonic() + TURN_MS });
    return turn;
  }

  /** The turn is over. */
  end(id: string, at: number): void {
    if (this.held.get(id)?.at !== at) return;
    this.held.delete(id);
    this.wake(id);
  }

  noteShrunk(id: string): void {
    this.shrunk.add(id);
    const [oldest] = this.shrunk;
    if (this.shrunk.size > SHRUNK_MAX && oldest !== undefined) this.shrunk.delete(oldest);
  }

  noteGrown(id: string): void {
    this.shrunk.delete(id);
  }

  wasShrunk(id: string): boolean {
    return this.shrunk.has(id);
  }

  /** Other nodes own the datasets from now on. */
  forgetAll(): void {
    const ids = [...this.held.keys()];
    this.held.clear();
    this.shrunk.clear();
    ids.forEach((id) => {
      this.wake(id);
    });
  }

  private wake(id: string): void {
    const waiting = this.waiting.get(id);
    this.waiting.delete(id);
    waiting?.forEach((waker) => {
      waker();
    });
  }

  /** Resolves when a turn ends, or after some time. */
  private change(id: string, ms: number): Promise<void> {
    return new Promise((resolve) => {
      const waiting = this.waiting.get(id) ?? new Set();
      this.waiting.set(id, waiting);
      const cancel = this.clock.after(ms, () => {
        waiting.delete(waker);
        resolve();
      });
      const waker = () => {
        cancel();
        resolve();
      };
      waiting.add(waker);
    });
  }
}
