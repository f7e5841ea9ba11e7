import { LRUCache } from 'lru-cache';
import { errorKind, HdfError } from '#hdf5';
import type { ObjectAddress, ObjectStore } from '#storage';

/** Which files datasets may refer to. */
export interface LinkedFileRules {
  /** May always be read, whatever else is forbidden. */
  readonly defaultBucket: string;
  /** Other buckets may be read at all. */
  readonly anyBucket: boolean;
  /** When not empty: the only buckets that may be read. */
  readonly buckets: readonly string[];
  /** Ranges of one file that are nearer to each other, bytes, are read together. */
  readonly gapBytes: number;
  /** Decoded chunks of files that are kept, bytes. */
  readonly cacheBytes: number;
  /** How long they are. */
  readonly expireMs: number;
}

/** Files whose version is remembered. */
const VERSIONS_MAX = 10_000;

/** What the service itself keeps in a bucket: it has rights of its own. */
const OWN_KEYS = /^(db|_hsds)\/|(^|\/)\.domain\.json$/;

/** HDF5 files in buckets, whose bytes datasets refer to. Anybody who may make a dataset names them. */
export class LinkedFiles {
  private readonly versions = new LRUCache<string, string>({ max: VERSIONS_MAX });

  constructor(
    private readonly store: ObjectStore,
    readonly rules: LinkedFileRules,
  ) {}

  /**
   * Some bytes of a file; fewer when it ends before.
   *
   * @throws HdfError `forbidden` where the rules do not allow it; `not-found` when there is no file
   */
  async read(
    address: ObjectAddress,
    range: { readonly offset: number; readonly length: number },
  ): Promise<Uint8Array> {
    const { bucket, key } = address;
    this.check(address);
    const object = await this.store.get(address, { range }).catch((error: unknown) => {
      if (errorKind(error) === 'not-found') return null;
      throw error;
    });
    if (object === null || object === 'not-modified') {
      throw new HdfError('not-found', `file ${bucket}/${key} does not exist`);
    }
    this.versions.set(`${bucket}/${key}`, object.etag);
    return object.bytes;
  }

  /** The ETag that the file had when it was last read; empty when that is not known. */
  version({ bucket, key }: ObjectAddress): string {
    return this.versions.get(`${bucket}/${key}`) ?? '';
  }

  /** @throws HdfError `forbidden` where the rules do not allow the file */
  check(address: ObjectAddress): void {
    if (this.allows(address)) return;
    throw new HdfError('forbidden', `datasets may not refer to ${address.bucket}/${address.key}`);
  }

  private allows({ bucket, key }: ObjectAddress): boolean {
    const { defaultBucket, anyBucket, buckets } = this.rules;
    if (OWN_KEYS.test(key)) return false;
    if (buckets.length > 0) return buckets.includes(bucket);
    return anyBucket || bucket === defaultBucket;
  }
}
