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

/** What the clocks come apart by being read one after the other; less than the margin of all. */
const NOISE_MS = 5;

/** Two clocks read together; their difference changes only when one of them jumps. */
export interface ClockReading {
  /** Unix ms */
  readonly wall: number;
  /** ms from an arbitrary origin */
  readonly monotonic: number;
}

/** Time that the monotonic clock did not count, as far as is known. */
interface Missed {
  /** Monotonic ms at which it was noticed: it was missed before. */
  readonly at: number;
  readonly ms: number;
}

/**
 * A data node's right to serve. Measured on the monotonic clock from when the read was **sent**;
 * every test compares both clocks with former tests, since a monotonic clock may stand still
 * while the machine is frozen. What it missed shortens the lease, also one that is granted by the
 * answer to a read from before.
 */
export class Lease {
  private until = Number.NEGATIVE_INFINITY;
  /** Since then the wall clock has not gone ahead of the other one by more than noise. */
  private last: ClockReading;
  /** Oldest first, not older than a lease lasts. */
  private missed: Missed[] = [];

  constructor(
    private readonly readClocks: () => ClockReading,
    private readonly times: LeaseTimes = LEASE_TIMES,
  ) {
    this.last = readClocks();
  }

  /** A read of the record that was sent at `sentAt` (monotonic) allows serving. */
  grant(sentAt: number): void {
    this.check();
    const since = this.missed.filter(({ at }) => at > sentAt);
    const missedMs = since.reduce((sum, { ms }) => sum + ms, 0);
    this.until = Math.max(this.until, sentAt + this.times.leaseMs - missedMs);
  }

  /** The record must be read again, by a read that is sent from now on, before anything is served. */
  revoke(): void {
    this.miss({ at: this.readClocks().monotonic, ms: Number.POSITIVE_INFINITY });
  }

  /** Milliseconds left; 0 when it has lapsed. */
  remainingMs(): number {
    const now = this.check();
    return Math.max(0, this.until - now);
  }

  get valid(): boolean {
    return this.check() < this.until;
  }

  /** @returns the monotonic time now */
  private check(): number {
    const now = this.readClocks();
    const { last } = this;
    const apart = now.wall - last.wall - (now.monotonic - last.monotonic);
    if (apart >= 0 && apart < NOISE_MS) return now.monotonic;
    this.last = now;
    // A wall clock that was set back says nothing of what the other one missed.
    const ms = Math.abs(apart) > CLOCK_JUMP_MS ? Number.POSITIVE_INFINITY : apart;
    if (ms > 0) this.miss({ at: now.monotonic, ms });
    return now.monotonic;
  }

  private miss(missed: Missed): void {
    this.until -= missed.ms;
    const isRecent = ({ at }: Missed) => at > missed.at - this.times.leaseMs;
    this.missed = [...this.missed.filter(isRecent), missed];
  }
}

/**
 * When every lease that was granted before a transition record appeared has run out.
 * @param seenAt monotonic ms at which the record was known to be there
 */
export function leasesEndAt(seenAt: number, times: LeaseTimes = LEASE_TIMES): number {
  return seenAt + times.leaseMs * (1 + times.clockDrift) + 50;
}
