import type { CancelTimer, Clock } from '../runtime/clock.js';

interface Timer {
  readonly atMs: number;
  readonly call: () => void;
}

/** A clock that moves only when told. Starts at Unix time 1 700 000 000 s, monotonic 0. */
export class ManualClock implements Clock {
  #nowMs = 0;
  readonly #timers = new Set<Timer>();

  now(): number {
    return 1_700_000_000_000 + this.#nowMs;
  }

  monotonic(): number {
    return this.#nowMs;
  }

  after(delayMs: number, call: () => void): CancelTimer {
    const timer = { atMs: this.#nowMs + Math.max(0, delayMs), call };
    this.#timers.add(timer);
    return () => {
      this.#timers.delete(timer);
    };
  }

  /** Monotonic time of the next timer; undefined when none is set. */
  get nextMs(): number | undefined {
    let next: number | undefined;
    for (const { atMs } of this.#timers) next = Math.min(next ?? Infinity, atMs);
    return next;
  }

  /** Moves on, firing timers in order of time; those that timers set fire too when due. */
  advance(byMs: number): void {
    const endMs = this.#nowMs + byMs;
    for (let next = this.#due(endMs); next !== undefined; next = this.#due(endMs)) {
      this.#timers.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.call();
    }
    this.#nowMs = endMs;
  }

  #due(endMs: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.atMs <= endMs && (first === undefined || timer.atMs < first.atMs)) first = timer;
    }
    return first;
  }
}

/** Lets everything run that waits for nothing but its turn. */
export function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
