import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { checkAddress, checkBucket } from '../../address-rules.js';
import type { ObjectAddress } from '../../object-store.js';

/**
 * Where things are under the root folder: objects as HSDS lays them out (`bucket/key`), and what is
 * ours in `.hsds`, beside the buckets, because HSDS takes any foreign file under `db/` for a chunk.
 */
export class DiskPaths {
  readonly temp: string;
  readonly locks: string;
  readonly rootLock: string;
  readonly #meta: string;

  /** @param root absolute or relative to the working folder */
  constructor(readonly root: string) {
    this.temp = join(root, '.hsds', 'tmp');
    this.locks = join(root, '.hsds', 'locks');
    this.rootLock = join(root, '.hsds', 'server.lock');
    this.#meta = join(root, '.hsds', 'meta');
  }

  /** @throws HdfError `invalid` for a name that could leave the root folder */
  bucket(bucket: string): string {
    checkBucket(bucket);
    return join(this.root, bucket);
  }

  /** @throws HdfError `invalid` for a name that could leave the bucket */
  object(address: ObjectAddress): string {
    checkAddress(address);
    return join(this.root, address.bucket, address.key);
  }

  /** The folder with the metadata of an object's versions, each in a file named by its ETag. */
  metadata(address: ObjectAddress): string {
    return join(this.#meta, address.bucket, address.key);
  }

  /** The folder above which emptied metadata folders are kept. */
  metadataBucket(bucket: string): string {
    return join(this.#meta, bucket);
  }

  /** The lock file of one object. */
  lock(address: ObjectAddress): string {
    const name = createHash('sha1').update(`${address.bucket}/${address.key}`).digest('hex');
    return join(this.locks, `${name}.lock`);
  }
}
