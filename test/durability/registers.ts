/** What acknowledged writes promise: a checker for values that survive, or not, a killed server. */

export type Level = 'D0' | 'D3';

/** One write of one register; times of one clock, ms. */
export interface RegisterWrite {
  /** Unique within its register, from 1. */
  readonly id: number;
  readonly level: Level;
  readonly sentMs: number;
  /** When its success was known; null while or if it never was. */
  ackedMs: number | null;
}

/** The end of a run of the server. */
export interface Crash {
  readonly killMs: number;
  /** Changes acknowledged longer ago than this are stored at every level. */
  readonly flushAgeMs: number;
  /** When the last flush that succeeded was sent; -Infinity for none. */
  readonly flushSentMs: number;
}

/** What was read: the id of a write, 0 for never written, or parts of several. */
export type Found = number | 'mixed';

/** A value that is only written whole, by any number of writers at once. */
export class Register {
  private writes: RegisterWrite[] = [];

  constructor(readonly name: string) {}

  /** Notes a write that is about to be sent. */
  begin(write: RegisterWrite): void {
    this.writes.push(write);
  }

  /** Why a value read after a crash breaks a promise, or undefined. */
  complaint(found: Found, crash: Crash): string | undefined {
    if (found === 'mixed') return `${this.name}: parts of several writes`;
    const seen = found === 0 ? { id: 0, ackedMs: -Infinity } : this.byId(found);
    if (seen === undefined) return `${this.name}: ${found} was never written here`;
    const seenMs = seen.ackedMs ?? Infinity;
    const lost = this.writes.find(
      (write) => write.sentMs > seenMs && write.id !== seen.id && mustSurvive(write, crash),
    );
    if (lost === undefined) return undefined;
    const age = Math.round(crash.killMs - (lost.ackedMs ?? 0));
    return `${this.name}: ${lost.level} write ${lost.id} lost, acknowledged ${age} ms before the kill`;
  }

  /** Begins anew from what was found: that is stored. */
  restart(found: Found, nowMs: number): void {
    const id = found === 'mixed' ? 0 : found;
    this.writes = id === 0 ? [] : [{ id, level: 'D3', sentMs: nowMs, ackedMs: nowMs }];
  }

  private byId(id: number): RegisterWrite | undefined {
    return this.writes.find((write) => write.id === id);
  }
}

/** Whether a write must be found after a crash, or one that began later than it ended. */
function mustSurvive({ level, ackedMs }: RegisterWrite, crash: Crash): boolean {
  if (ackedMs === null) return false;
  return (
    level === 'D3' || ackedMs <= crash.killMs - crash.flushAgeMs || ackedMs < crash.flushSentMs
  );
}
