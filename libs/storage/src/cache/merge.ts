import { HdfError } from '#hdf5';
import type { CacheCodec } from './cache-options.js';
import type { Entry, PendingOperation } from './entry.js';
import { isLent } from './lent.js';
import { doneOf, type Done, type RequestIds } from './request-ids.js';

/** What the store holds instead of what an entry was built on. */
export interface StoredImage<T> {
  /** Null when there is no object, or an empty one. */
  readonly value: T | null;
  readonly etag: string | null;
  readonly requests: RequestIds;
}

/**
 * Rebuilds an entry on another image: applies its unflushed operations again, in order, except
 * those that the image contains already. One synchronous step.
 *
 * @returns the operations that could not be applied, their `error` says why; `gone` when there is
 * no object any more and no operation made one: the entry must leave the cache
 */
export function mergePending<T, C>(
  entry: Entry<T, C>,
  image: StoredImage<T>,
): { lost: PendingOperation<T>[]; gone: boolean } {
  let value = image.value;
  const kept: PendingOperation<T>[] = [];
  const lost: PendingOperation<T>[] = [];
  for (const pending of entry.pending) {
    const done = image.requests.find(pending.requestId);
    if (done !== undefined) {
      adopt(pending, value, done);
      if (pending.requestId !== undefined) entry.requests?.note(pending.requestId, done);
      continue;
    }
    try {
      const next = reapply(pending, value, entry);
      if (next === undefined) continue;
      value = next.value;
      kept.push(pending);
      const { requestId, operation, result } = pending;
      if (requestId !== undefined) entry.requests?.note(requestId, doneOf(operation, result));
    } catch (error) {
      pending.error = error instanceof Error ? error : new Error(String(error));
      entry.requests?.forget(pending.requestId);
      lost.push(pending);
    }
  }
  entry.keep(kept);
  entry.requests?.joinOlder(image.requests);
  if (value === null) return { lost, gone: true };
  entry.value = value;
  entry.sharing = false;
  if (kept.length === 0) entry.storedVersion = entry.version;
  return { lost, gone: false };
}

/** Another process applied the operation first: its result counts, not the one found here. */
function adopt<T>(pending: PendingOperation<T>, value: T | null, { remembered }: Done): void {
  if (remembered === undefined || value === null) return;
  pending.result = pending.operation.repeated?.(value, remembered) ?? pending.result;
}

/** The changed value; undefined when the operation changes nothing now. */
function reapply<T, C>(
  pending: PendingOperation<T>,
  value: T | null,
  entry: Entry<T, C>,
): { value: T } | undefined {
  const { operation } = pending;
  const fresh = value === null;
  const base = value ?? operation.create?.();
  if (base === undefined) throw new HdfError('not-found', `${entry.id} was deleted elsewhere`);
  const applied = operation.apply(base, fresh);
  pending.result = applied.result;
  const changed = operation.changed?.(applied.result, applied.value, fresh) ?? true;
  return changed ? { value: applied.value } : undefined;
}

/**
 * Applies a new operation to an entry's value, on a copy while a put of the value is in flight or
 * somebody reads it.
 *
 * @returns the result, and the value if it changed
 */
export function applyOnce<T, C, R>(
  entry: Entry<T, C>,
  operation: PendingOperation<T>['operation'],
  how: { fresh: boolean; codec: CacheCodec<T, C> },
): { result: R; changed?: { value: T } } {
  const { value, result } = operation.apply(ownValue(entry, operation, how.codec), how.fresh);
  const changed = operation.changed?.(result, value, how.fresh) ?? true;
  return changed ? { result: result as R, changed: { value } } : { result: result as R };
}

/** A value that an operation may change in place. */
function ownValue<T, C>(
  entry: Entry<T, C>,
  operation: PendingOperation<T>['operation'],
  codec: CacheCodec<T, C>,
): T {
  if (!entry.sharing && !isLent(entry.value)) return entry.value;
  if (operation.overwritesAll === true && codec.blank !== undefined) {
    return codec.blank(entry.value);
  }
  return codec.clone(entry.value);
}
