import { HdfError } from '#hdf5';
import type { Clock } from '../runtime/clock.js';
import { stampOf } from './request-id.js';
import type { UpdateOperation, UpdateOptions } from './update-operation.js';

/** How many ids an object carries at most, and how many characters of its metadata they take. */
const STORED_MAX = 32;
const TEXT_MAX = 1400;
/**
 * In memory the newest `STORED_MAX` are known whatever their age, and all others for so long: more
 * than a service node repeats a request (its hold time and time-outs).
 */
const AGE_MS = 60_000;
/** However young the others are: 70 changes of one object a second for a minute. */
const COUNT_MAX = 4096;
/** Memory of one id, bytes. */
const ID_BYTES = 160;

const REQUEST_ID = /^[A-Za-z0-9_.-]{1,64}$/;
/** An id as stored, with what is remembered of its result. */
const STORED_ID = /^([A-Za-z0-9_.-]{1,64})(?:=([A-Za-z0-9_.-]{1,64}))?$/;
/** The newest stamp of the ids that are not stored any more; stands before the ids. */
const STORED_FORGOTTEN = /^~([0-9a-z]{9})$/;
const STORED_FORGOTTEN_CHARS = 10;

type Asked = Pick<UpdateOptions, 'requestId' | 'repeated'>;

/** What became of a request. */
export interface Done {
  /** Undefined when it was applied by a process before this one. */
  readonly known?: { readonly result: unknown };
  /** Of the result, see `UpdateOperation.remember`. */
  readonly remembered?: string;
}

const UNKNOWN: Done = {};

/** What is to be noted of a request that has been applied. */
export function doneOf<T, R>(operation: UpdateOperation<T, R>, result: R): Done {
  const remembered = operation.remember?.(result);
  return { known: { result }, ...(remembered === undefined ? {} : { remembered }) };
}

interface Noted {
  readonly done: Done;
  readonly stamp: string;
  /** Monotonic */
  readonly atMs: number;
}

/** The last requests that were applied to an object, so that a retry is not applied again (R9). */
export class RequestIds {
  readonly #clock: Clock;
  /** Oldest first. */
  readonly #noted = new Map<string, Noted>();
  /** The newest stamp of any id that was known once and is not any more; empty for none. */
  #forgotten = '';

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#noted.size;
  }

  /** Memory beyond what every object may take, bytes. */
  get extraBytes(): number {
    return Math.max(0, this.size - STORED_MAX) * ID_BYTES;
  }

  /** The ids that a stored object carries; none for absent or odd text. */
  static parse(text: string | undefined, clock: Clock): RequestIds {
    const ids = new RequestIds(clock);
    for (const stored of (text ?? '').split(',')) {
      ids.#forgotten = STORED_FORGOTTEN.exec(stored)?.[1] ?? ids.#forgotten;
      const [, id, remembered] = STORED_ID.exec(stored) ?? [];
      if (id !== undefined) ids.note(id, remembered === undefined ? UNKNOWN : { remembered });
    }
    return ids;
  }

  /** @throws HdfError `invalid` for an id that metadata cannot carry */
  static check(id: string | undefined): void {
    if (id !== undefined && !REQUEST_ID.test(id)) {
      const expected = '1 to 64 letters, digits, dots, dashes';
      throw new HdfError('invalid', `a request id is ${expected}, not ${JSON.stringify(id)}`);
    }
  }

  find(id: string | undefined): Done | undefined {
    return id === undefined ? undefined : this.#noted.get(id)?.done;
  }

  /**
   * Whether an id that is not known may belong to a request that was applied and forgotten: it was
   * given no later than the newest of those forgotten. Exact where one node gave the ids; where
   * clocks differ, also true of some that were never applied.
   */
  mayHaveForgotten(id: string): boolean {
    return this.#forgotten !== '' && stampOf(id) <= this.#forgotten;
  }

  /**
   * What became of a request before it is applied; undefined when it is new. A repeat whose first
   * try may have been applied and forgotten must neither be applied again nor be answered as done.
   *
   * @param what the object, for the message
   * @throws HdfError `unavailable` in that case
   */
  recall({ requestId, repeated }: Asked, what: string): Done | undefined {
    const done = this.find(requestId);
    if (done !== undefined || repeated !== true || requestId === undefined) return done;
    if (!this.mayHaveForgotten(requestId)) return undefined;
    const message = `whether ${what} has this change already cannot be told any more`;
    throw new HdfError('unavailable', message, { retryAfterS: 1 });
  }

  note(id: string, done: Done): void {
    this.#noted.delete(id);
    this.#noted.set(id, { done, stamp: stampOf(id), atMs: this.#clock.monotonic() });
    this.#trim();
  }

  forget(id: string | undefined): void {
    if (id !== undefined) this.#noted.delete(id);
  }

  /** Also remembers what another process applied, as older than what is remembered here. */
  joinOlder(older: RequestIds): void {
    const mine = [...this.#noted];
    const others = [...older.#noted].filter(([id]) => !this.#noted.has(id));
    this.#noted.clear();
    for (const [id, noted] of [...others, ...mine]) this.#noted.set(id, noted);
    this.#forgotten = newer(this.#forgotten, older.#forgotten);
    this.#trim();
  }

  /** For the object's metadata: the newest that fit, and the newest stamp of the others. */
  format(): string {
    const stored: string[] = [];
    let forgotten = this.#forgotten;
    let chars = STORED_FORGOTTEN_CHARS;
    for (const [id, { done, stamp }] of [...this.#noted].reverse()) {
      const text = storedText(id, done);
      chars += text.length + 1;
      if (stored.length < STORED_MAX && chars <= TEXT_MAX) stored.push(text);
      else forgotten = newer(forgotten, stamp);
    }
    if (forgotten !== '') stored.push(`~${forgotten}`);
    return stored.reverse().join(',');
  }

  #trim(): void {
    const now = this.#clock.monotonic();
    for (const [id, { atMs, stamp }] of this.#noted) {
      const { size } = this.#noted;
      const young = now - atMs < AGE_MS && size <= COUNT_MAX;
      if (size <= STORED_MAX || young) return;
      this.#noted.delete(id);
      this.#forgotten = newer(this.#forgotten, stamp);
    }
  }
}

function newer(some: string, other: string): string {
  return other > some ? other : some;
}

function storedText(id: string, { remembered }: Done): string {
  const text = `${id}=${remembered ?? ''}`;
  return STORED_ID.test(text) ? text : id;
}
