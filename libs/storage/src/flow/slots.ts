import { HdfError } from '#hdf5';
import { cancelled, throwIfCancelled } from './cancel.js';

/** Bounded concurrency: at most `count` pieces of work at once, the others wait in order. */
export class Slots {
  readonly #count: number;
  readonly #waitingMax: number;
  readonly #waiting = new Set<() => void>();
  #busy = 0;

  /**
   * @param count at least 1
   * @param waitingMax callers that may wait; one more is refused
   */
  constructor(count: number, waitingMax = Infinity) {
    this.#count = Math.max(1, count);
    this.#waitingMax = waitingMax;
  }

  get busy(): number {
    return this.#busy;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** @throws HdfError `unavailable` when too many wait already, or the signal aborts the wait */
  async run<R>(work: () => Promise<R>, signal?: AbortSignal): Promise<R> {
    throwIfCancelled(signal);
    if (this.#busy < this.#count) this.#busy++;
    else await this.#turn(signal);
    try {
      return await work();
    } finally {
      this.#pass();
    }
  }

  #turn(signal: AbortSignal | undefined): Promise<void> {
    if (this.#waiting.size >= this.#waitingMax) {
      const message = `${this.#waiting.size} requests wait for ${this.#count} slots already`;
      return Promise.reject(new HdfError('unavailable', message, { retryAfterS: 1 }));
    }
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        this.#waiting.delete(go);
        if (signal !== undefined) reject(cancelled(signal));
      };
      const go = () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      };
      this.#waiting.add(go);
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** Hands the slot to the next in line, or frees it. */
  #pass(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#busy--;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}
