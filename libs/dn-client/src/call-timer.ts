import type { Clock } from '#storage';

/** How long a client's request waited for data nodes; calls that overlap count once. */
export class CallTimer {
  private running = 0;
  private since = 0;
  private total = 0;
  private heldLongest = 0;
  private tries = 0;

  constructor(private readonly clock: Pick<Clock, 'monotonic'>) {}

  /** Time in which at least one call ran, milliseconds. */
  get ms(): number {
    return this.running === 0 ? this.total : this.total + this.clock.monotonic() - this.since;
  }

  /** Longest that one of its calls waited for a node map, milliseconds. */
  get heldMs(): number {
    return this.heldLongest;
  }

  /** How often calls were sent again. */
  get retries(): number {
    return this.tries;
  }

  /** A call was sent again so often, and waited so long in all. */
  noteHeld(ms: number, retries: number): void {
    this.heldLongest = Math.max(this.heldLongest, ms);
    this.tries += retries;
  }

  /** Counts the time until a call settles. */
  async measure<T>(call: Promise<T>): Promise<T> {
    if (this.running === 0) this.since = this.clock.monotonic();
    this.running += 1;
    try {
      return await call;
    } finally {
      this.running -= 1;
      if (this.running === 0) this.total += this.clock.monotonic() - this.since;
    }
  }
}
