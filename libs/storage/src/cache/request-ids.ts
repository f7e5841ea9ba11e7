import { HdfError } from '#hdf5';
import type { UpdateOperation } from './update-operation.js';

/** How many ids an object remembers, and how many characters of them its metadata may take. */
const COUNT_MAX = 32;
const TEXT_MAX = 1400;

const REQUEST_ID = /^[A-Za-z0-9_.-]{1,64}$/;
/** An id as stored, with what is remembered of its result. */
const STORED_ID = /^([A-Za-z0-9_.-]{1,64})(?:=([A-Za-z0-9_.-]{1,64}))?$/;

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

/** The last requests that were applied to an object, so that a retry is not applied again. */
export class RequestIds {
  /** Oldest first. */
  readonly #done = new Map<string, Done>();

  /** The ids that a stored object carries; none for absent or odd text. */
  static parse(text: string | undefined): RequestIds {
    const ids = new RequestIds();
    for (const stored of (text ?? '').split(',')) {
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
    return id === undefined ? undefined : this.#done.get(id);
  }

  note(id: string, done: Done): void {
    this.#done.delete(id);
    this.#done.set(id, done);
    for (const oldest of this.#done.keys()) {
      if (this.#done.size <= COUNT_MAX) return;
      this.#done.delete(oldest);
    }
  }

  forget(id: string | undefined): void {
    if (id !== undefined) this.#done.delete(id);
  }

  /** Also remembers what another process applied, as older than what is remembered here. */
  joinOlder(older: RequestIds): void {
    const mine = [...this.#done];
    this.#done.clear();
    for (const [id, done] of [...older.#done, ...mine]) this.note(id, done);
  }

  /** For the object's metadata: the newest that fit. */
  format(): string {
    const ids = [...this.#done].map(([id, { remembered }]) => {
      const stored = `${id}=${remembered ?? ''}`;
      return STORED_ID.test(stored) ? stored : id;
    });
    while (ids.join(',').length > TEXT_MAX) ids.shift();
    return ids.join(',');
  }
}
