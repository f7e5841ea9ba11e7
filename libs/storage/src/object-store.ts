/**
 * The contract of an object store: a flat name space of immutable byte objects in buckets, with
 * linearizable single-object operations and atomic conditional writes.
 */

/** Where an object lives. Keys have no leading slash. */
export interface ObjectAddress {
  readonly bucket: string;
  readonly key: string;
}

export interface ObjectStat {
  /** Opaque version of the content: changes with every write, never repeats for one address. */
  readonly etag: string;
  /** bytes */
  readonly size: number;
  /** Unix time in seconds */
  readonly lastModified: number;
  /** What the writer attached; keys lower case; empty when the driver keeps none. */
  readonly metadata: Readonly<Record<string, string>>;
}

export interface StoredObject extends ObjectStat {
  readonly bytes: Uint8Array;
}

export interface GetOptions {
  /** First byte and number of bytes; a range past the end gives the bytes that exist. */
  readonly range?: { readonly offset: number; readonly length: number };
  /** Answer `'not-modified'` when the object still has this ETag. */
  readonly ifNoneMatch?: string;
  readonly signal?: AbortSignal;
}

export interface PutOptions {
  /** Write only if the object has this ETag now; otherwise kind `conflict`. */
  readonly ifMatch?: string;
  /** Write only if there is no object; otherwise kind `conflict`. */
  readonly ifAbsent?: boolean;
  readonly metadata?: Readonly<Record<string, string>>;
  /** Survive a power cut before answering (local disk: fsync). Object stores always do. */
  readonly sync?: boolean;
  readonly signal?: AbortSignal;
}

export interface ListOptions {
  /** Keys that start with this. */
  readonly prefix: string;
  /** Fold what follows the prefix at the first `/` into `prefixes`. */
  readonly folders?: boolean;
  /** Only what sorts after this key or folder. */
  readonly after?: string;
  /** At most this many entries (keys and folders together); default 1000, as S3. */
  readonly limit?: number;
  readonly signal?: AbortSignal;
}

export interface ListedObject {
  readonly key: string;
  readonly etag: string;
  readonly size: number;
  readonly lastModified: number;
}

export interface ListPage {
  /** Sorted by UTF-8 bytes of the key. */
  readonly objects: readonly ListedObject[];
  /** With `folders`: `prefix…/`, sorted. */
  readonly prefixes: readonly string[];
  /** There is more after the last entry. */
  readonly truncated: boolean;
}

/**
 * Errors: `not-found` bucket (get, put, list; a missing object is null, not an error); `conflict`
 * failed condition; `forbidden` credentials; `unavailable` time-out, throttling, network, 5xx, no
 * space, fewer bytes than announced, a 409 race (retry, re-reading first for `ifMatch`); `invalid` a
 * key or bucket that the store cannot name. A write that ends in `unavailable` may or may not have
 * happened. Readers never see a half-written object.
 */
export interface ObjectStore {
  get(address: ObjectAddress, options?: GetOptions): Promise<StoredObject | 'not-modified' | null>;
  head(address: ObjectAddress, signal?: AbortSignal): Promise<ObjectStat | null>;
  put(address: ObjectAddress, bytes: Uint8Array, options?: PutOptions): Promise<{ etag: string }>;
  /**
   * Deleting what is not there succeeds. With `ifMatch`, another version is a `conflict`, unless it
   * is an S3 store without conditional deletions, which deletes whatever is there.
   */
  delete(
    address: ObjectAddress,
    options?: { ifMatch?: string; signal?: AbortSignal },
  ): Promise<void>;
  list(bucket: string, options: ListOptions): Promise<ListPage>;
  bucketExists(bucket: string, signal?: AbortSignal): Promise<boolean>;
  /** Creates the bucket unless it is there (first start on a local disk, tests). */
  createBucket(bucket: string): Promise<void>;
  /** Frees connections and locks. */
  close(): Promise<void>;
}
