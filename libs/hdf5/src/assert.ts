import { HdfError } from './errors.js';

/** States what the programmer holds true; a failure is our own mistake, kind `internal`. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new HdfError('internal', `assertion failed: ${message}`);
}

/** The value itself, when it must be there; `internal` otherwise. */
export function defined<T>(value: T | undefined | null, what: string): T {
  if (value === undefined || value === null) throw new HdfError('internal', `missing ${what}`);
  return value;
}

/** Compile-time proof that a `switch` is exhaustive. */
export function unreachable(value: never): never {
  throw new HdfError('internal', `unexpected ${String(value)}`);
}
