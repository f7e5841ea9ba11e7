/** Times of the lease protocol; one table, so that simulation can vary them. */
export interface LeaseTimes {
  /** How long a read of the record lets a node serve, from when the read was sent. */
  readonly leaseMs: number;
  /** Between two reads of the record, varied by a fifth either way. */
  readonly renewMs: number;
  /** How much the rates of two machines' clocks may differ. */
  readonly clockDrift: number;
}

export const LEASE_TIMES: LeaseTimes = { leaseMs: 6000, renewMs: 2000, clockDrift: 0.001 };

/** Beyond this, a clock has jumped (a virtual machine was frozen, time was set). */
const CLOCK_JUMP_MS = 500;

/** Two clocks read together; their difference changes only when one of them jumps. */
export interface ClockReading {
  /** Unix ms */
  readonly wall: number;
  /** ms from an arbitrary origin */
  readonly monotonic: number;
}

/**
 * A data node's right to serve. Measured on the monotonic clock from when the read was **sent**;
 * every test compares both clocks with the former test, since a monotonic clock may stand still
 * while the machine is frozen.
 */
export class Lease {
  private until = Number.NEGATIVE_INFINITY;
  private last: ClockReading;

  constructor(
    private readonly readClocks: () => ClockReading,
    private readonly times: LeaseTimes = LEASE_TIMES,
  ) {
    this.last = readClocks();
  }

  /** A read of the record that was sent at `sentAt` (monotonic) allows serving. */
  grant(sentAt: number): void {
    this.check();
    this.until = Math.max(this.until, sentAt + this.times.leaseMs);
  }

  /** The record must be read again before anything is served. */
  revoke(): void {
    this.until = Number.NEGATIVE_INFINITY;
  }

  /** Milliseconds left; 0 when it has lapsed. */
  remainingMs(): number {
    return Math.max(0, this.until - this.check());
  }

  get valid(): boolean {
    return this.check() < this.until;
  }

  /** @returns the monotonic time now */
  private check(): number {
    const now = this.readClocks();
    const apart = now.wall - this.last.wall - (now.monotonic - this.last.monotonic);
    if (Math.abs(apart) > CLOCK_JUMP_MS) this.revoke();
    this.last = now;
    return now.monotonic;
  }
}

/**
 * When every lease that was granted before a transition record appeared has run out.
 * @param seenAt monotonic ms at which the record was known to be there
 */
export function leasesEndAt(seenAt: number, times: LeaseTimes = LEASE_TIMES): number {
  return seenAt + times.leaseMs * (1 + times.clockDrift) + 50;
}
