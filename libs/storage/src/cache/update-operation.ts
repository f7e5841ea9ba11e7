/**
 * How a cached object is changed: the contract between the write-back cache and its callers (the
 * data node's documents and chunks are written against it).
 */

/**
 * One change. It runs in one synchronous step on the cached value; while unflushed it may be run
 * again on a newer stored image (merge after a conflict), so it must not depend on anything but its
 * arguments and may be applied to a value more than once over its life.
 */
export interface UpdateOperation<T, R> {
  /** Makes the value when nothing is stored; without it an absent object is `not-found`. */
  readonly create?: () => T;
  /**
   * Changes the value in place, or returns a new one (variable-length chunks). An error leaves the
   * value as it was: check first, change then. `fresh`: it was just made by `create`.
   */
  apply(value: T, fresh: boolean): { readonly value: T; readonly result: R };
  /** False when nothing changed: the object does not become dirty, a fresh one is not kept. */
  changed?(result: R, value: T, fresh: boolean): boolean;
  /**
   * The answer to a repeat of a request whose result is no longer remembered. Without it the
   * operation is run on a copy that is thrown away, and its result is the answer.
   */
  repeated?(value: T, remembered: string): R;
  /**
   * What `repeated` needs of the result: kept with the object beside the request's id, so that a
   * repeat at another process gets the answer of the first (the place of an append). At most 64
   * letters, digits, dots, dashes; more is not kept.
   */
  remember?(result: R): string;
  /**
   * `apply` overwrites all of the value that it is given, or returns a new one: where the old value
   * must stay as it is, it gets one of any content instead of a copy.
   */
  readonly overwritesAll?: boolean;
  /** Memory that the operation keeps alive until it is flushed (its input), bytes. */
  readonly bytes?: number;
}

/** How a change is stored and repeated. */
export interface UpdateOptions {
  /** D0: answered when applied in memory. D3: when the store has it (fsync on local disks). */
  readonly durability: 'D0' | 'D3';
  /**
   * Equal ids apply once to one object, among its last 32 and, while it stays in memory, those of
   * the last minute: an id names one change of an object, so a request that changes an object twice
   * needs two.
   */
  readonly requestId?: string;
  /**
   * The request was sent before and may have been applied then. Where that cannot be told any more
   * (its id is unknown, but not newer than all that were forgotten), it is `unavailable`.
   */
  readonly repeated?: boolean;
  /**
   * The operation replaces the whole value, whatever it was: the old image is not read and decoded.
   * When nothing is cached, a HEAD gives the ETag to replace, and `create` makes the value to
   * change; it is `fresh` only if the HEAD found nothing.
   */
  readonly overwrite?: boolean;
  readonly signal?: AbortSignal;
}
