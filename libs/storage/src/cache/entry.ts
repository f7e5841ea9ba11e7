import type { ObjectAddress } from '../object-store.js';
import type { RequestIds } from './request-ids.js';
import type { UpdateOperation } from './update-operation.js';

/** Flat memory of an operation that does not say how much it keeps alive, bytes. */
const OPERATION_BYTES = 256;

/** An operation that was applied in memory and that the store may not have yet. */
export interface PendingOperation<T> {
  readonly operation: UpdateOperation<T, unknown>;
  readonly requestId: string | undefined;
  /** The entry's version that it made. */
  readonly version: number;
  /** Monotonic */
  readonly sinceMs: number;
  /** Replaced when a merge applies it again. */
  result: unknown;
  /** Why a merge could not apply it again. */
  error: Error | undefined;
}

/** A put whose outcome is not known. */
export interface Attempt {
  readonly writerId: string | undefined;
  /** SHA-256 of the bytes, for stores that keep no metadata. */
  readonly digest: string;
  readonly version: number;
}

/** The key of an entry: buckets have no slash, so it is unique. */
export function entryId(address: ObjectAddress): string {
  return `${address.bucket}/${address.key}`;
}

/** One object in memory. Invariant: value = stored image + `pending` in order. */
export class Entry<T, C> {
  readonly id: string;
  size = 0;
  /** Raised by every change. */
  version = 0;
  /** The version that the store has for certain. */
  storedVersion = 0;
  /** The newest version that must not be seen before the store has it (D3). */
  hiddenVersion = 0;
  /** A stored image that is kept for readers of hidden changes; the version that they need. */
  image: { readonly version: number; readonly value: T } | null = null;
  imageWanted = Number.POSITIVE_INFINITY;
  /** Oldest first; those after `storedVersion`. */
  pending: PendingOperation<T>[] = [];
  pendingBytes = 0;
  requests: RequestIds | undefined;
  attempts: Attempt[] = [];
  /** The store may hold something else than `etag` says: look before the next put. */
  doubtful = false;
  /** A put in flight is made from the value: copy before changing it. */
  sharing = false;
  /** A put that has not taken its image yet; later changes may join it. */
  queued: Promise<void> | null = null;
  /** Why it is no longer in the cache for good. */
  end: 'deleted' | 'dropped' | null = null;
  /** Failures in a row of the flush loop, and when it tries again (monotonic). */
  failures = 0;
  retryAtMs = 0;
  /** What the table counts as dirty for it, bytes. */
  countedBytes = 0;

  /**
   * @param etag of the stored version that the value is built on; null when there is none
   * @param checkedMs when that was read or written (monotonic)
   */
  constructor(
    readonly address: ObjectAddress,
    public context: C,
    public value: T,
    public basis: { etag: string | null; checkedMs: number },
  ) {
    this.id = entryId(address);
  }

  get isDirty(): boolean {
    return this.end === null && this.version > this.storedVersion;
  }

  /** The value has changes that a crash would undo although they may never be seen undone. */
  get isHidden(): boolean {
    return this.hiddenVersion > this.storedVersion;
  }

  /** Of the oldest change that is not stored; monotonic. */
  get dirtySinceMs(): number {
    return this.pending[0]?.sinceMs ?? this.basis.checkedMs;
  }

  /** Adds an operation that was applied. */
  push(pending: PendingOperation<T>): void {
    this.pending.push(pending);
    this.pendingBytes += pending.operation.bytes ?? OPERATION_BYTES;
  }

  /** Keeps only these operations. */
  keep(pending: PendingOperation<T>[]): void {
    this.pending = pending;
    this.pendingBytes = pending.reduce(
      (sum, { operation }) => sum + (operation.bytes ?? OPERATION_BYTES),
      0,
    );
  }

  /** The store has this version now. */
  stored(version: number, basis: { etag: string; checkedMs: number }): void {
    this.storedVersion = version;
    this.basis = basis;
    this.keep(this.pending.filter((pending) => pending.version > version));
    this.attempts = [];
    this.doubtful = false;
    this.failures = 0;
  }
}
