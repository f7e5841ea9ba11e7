/** What clients saw of the service: registers with their checks, durations, and failures. */
import { RegisterChecker } from '../simulation/register-checker.js';

/** One element of a dataset or one attribute; every write has a value of its own. */
export interface Register {
  readonly name: string;
  /** Whether an answered write must survive the crash of a data node. */
  readonly durability: 'D0' | 'D3';
  write(value: number): Promise<void>;
  read(): Promise<number>;
}

/** Counts of one scenario. */
export interface Tally {
  requests: number;
  /** Refused with a status, or cut off. */
  failed: number;
  /** Of those: the connection broke. */
  broken: number;
  /** When each request failed, and with which status; 0: its connection broke. */
  failures: { readonly at: number; readonly status: number }[];
  /** Reads that no order of the writes explains. */
  stale: { D0: number; D3: number };
  /** Registers whose last answered write was not there in the end. */
  lost: { D0: number; D3: number };
  /** Created objects that were not there in the end. */
  lostObjects: number;
  overwhelmed: number;
  durationsMs: number[];
  /** When each request that succeeded ended, for the longest silence. */
  endedAt: number[];
  notes: string[];
}

export function newTally(): Tally {
  return {
    requests: 0,
    failed: 0,
    broken: 0,
    failures: [],
    stale: { D0: 0, D3: 0 },
    lost: { D0: 0, D3: 0 },
    lostObjects: 0,
    overwhelmed: 0,
    durationsMs: [],
    endedAt: [],
    notes: [],
  };
}

interface Watched {
  readonly register: Register;
  checker: RegisterChecker;
  /** A violation was seen: nothing more is claimed in this scenario. */
  spoilt: boolean;
  /** Writes of this scenario by value: when they began and were answered, in order of events. */
  readonly writes: Map<number, { readonly begun: number; ended: number }>;
}

/** An answer that is not a success. */
export class RequestFailed extends Error {
  /** @param status 0: no answer */
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

const NOTES_MAX = 12;

/** Reads and writes registers, each operation told to its register's checker. */
export class History {
  tally = newTally();
  private readonly watched: Watched[];
  private nextId = 0;
  private nextValue = 0;

  constructor(registers: readonly Register[]) {
    this.watched = registers.map((register) => ({
      register,
      checker: new RegisterChecker(),
      spoilt: false,
      writes: new Map(),
    }));
  }

  get size(): number {
    return this.watched.length;
  }

  async write(index: number): Promise<void> {
    const watched = this.at(index);
    const { register, checker } = watched;
    const id = this.id();
    this.nextValue += 1;
    const value = this.nextValue;
    checker.invoke(id, value);
    const times = { begun: this.id(), ended: Number.POSITIVE_INFINITY };
    watched.writes.set(value, times);
    if (!(await this.timed(() => register.write(value), `write ${register.name}`))) return;
    times.ended = this.id();
    if (!checker.returned(id, value)) this.violation(watched, `write of ${value}`);
  }

  async read(index: number): Promise<boolean> {
    const watched = this.at(index);
    const { register, checker } = watched;
    const id = this.id();
    checker.invoke(id, null);
    let seen = 0;
    const done = await this.timed(async () => {
      seen = await register.read();
    }, `read ${register.name}`);
    if (!done) checker.abandon(id);
    else if (!checker.returned(id, seen)) {
      this.violation(watched, `read of ${seen}`);
      return false;
    }
    return true;
  }

  /** Runs and counts a request. @returns whether it succeeded */
  async timed(work: () => Promise<void>, what: string): Promise<boolean> {
    const { tally } = this;
    const begun = Date.now();
    tally.requests += 1;
    try {
      await work();
      const now = Date.now();
      tally.durationsMs.push(now - begun);
      tally.endedAt.push(now);
      return true;
    } catch (error) {
      const failure = error instanceof RequestFailed ? error : new RequestFailed(0, String(error));
      tally.failed += 1;
      if (failure.status === 0) tally.broken += 1;
      tally.failures.push({ at: Date.now(), status: failure.status });
      this.note(`${what} after ${Date.now() - begun} ms: ${failure.status} ${failure.message}`);
      return false;
    }
  }

  note(text: string): void {
    const at = new Date().toISOString().slice(11, 23);
    if (this.tally.notes.length < NOTES_MAX) this.tally.notes.push(`${at} ${text}`);
  }

  /** After the scenario, nothing running: reads every register; what is wrong now is lost. */
  async readBack(): Promise<void> {
    for (let index = 0; index < this.watched.length; index += 1) await this.readBackOne(index);
  }

  /** Counts of the scenario that ends; a new one begins. */
  turn(): Tally {
    const ended = this.tally;
    this.tally = newTally();
    return ended;
  }

  private async readBackOne(index: number): Promise<void> {
    const watched = this.at(index);
    const { register, checker, writes } = watched;
    if (checker.overwhelmed) this.tally.overwhelmed += 1;
    await this.read(index);
    if (watched.spoilt || checker.overwhelmed) {
      // What cannot be read when all is well again holds none of what was written.
      const value = await register.read().catch(() => -1);
      if (watched.spoilt && isOverwritten(value, writes)) {
        this.tally.stale[register.durability] -= 1;
        this.tally.lost[register.durability] += 1;
        this.note(`lost: ${register.name} ends with ${value}, which was overwritten`);
      }
      // What is there now is where the next scenario begins.
      watched.checker = new RegisterChecker();
      watched.checker.invoke(-1, value);
      watched.checker.returned(-1, value);
      watched.spoilt = false;
    }
    writes.clear();
  }

  private violation(watched: Watched, what: string): void {
    if (watched.spoilt) return;
    watched.spoilt = true;
    const { name, durability } = watched.register;
    this.tally.stale[durability] += 1;
    this.note(`not linearizable: ${what} at ${name} (${durability})`);
  }

  private id(): number {
    this.nextId += 1;
    return this.nextId;
  }

  private at(index: number): Watched {
    const watched = this.watched[index % this.watched.length];
    if (watched === undefined) throw new Error('no registers');
    return watched;
  }
}

/** Whether a later write than that of `value` was answered; what was never answered may come late. */
function isOverwritten(value: number, writes: Watched['writes']): boolean {
  const ended = writes.get(value)?.ended ?? 0;
  return [...writes.values()].some((one) => one.begun > ended && Number.isFinite(one.ended));
}

/** The value below which a share of the sorted list lies; 0 for an empty one. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** The longest time between two successes, ms. */
export function longestSilence(endedAt: readonly number[]): number {
  const sorted = [...endedAt].sort((a, b) => a - b);
  return sorted.reduce((most, at, i) => Math.max(most, at - (sorted[i - 1] ?? at)), 0);
}
