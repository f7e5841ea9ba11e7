import type { BigIntStats } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { HdfError } from '#hdf5';
import { checkList } from '../address-rules.js';
import { throwIfCancelled } from '../flow/cancel.js';
import type {
  GetOptions,
  ListOptions,
  ListPage,
  ObjectAddress,
  ObjectStat,
  ObjectStore,
  PutOptions,
  StoredObject,
} from '../object-store.js';
import type { Clock } from '../runtime/clock.js';
import type { Random } from '../runtime/random.js';
import { diskError, isMissing } from './file/disk-errors.js';
import { DiskPaths } from './file/disk-paths.js';
import { FileWriter } from './file/file-writer.js';
import { fileEtag, fileTime } from './file/file-version.js';
import { FolderReader } from './file/folder-reader.js';
import { makeFolders } from './file/folders.js';
import { listFolder } from './file/listing.js';
import { lockRoot, type RootLock } from './file/root-lock.js';
import { Sidecars } from './file/sidecar.js';

/** How a folder is opened as an object store. */
export interface FileStoreOptions {
  /** The folder of the buckets; made when missing. */
  readonly root: string;
  readonly clock: Clock;
  readonly random: Random;
  /** Take the folder for this process alone; writes then need no lock files. */
  readonly exclusive?: boolean;
  /** Keep the metadata of objects (default); without it reads save a look-up. */
  readonly metadata?: boolean;
}

/**
 * Objects as files, in HSDS's layout `root/bucket/key`. Files are replaced whole by renaming;
 * several processes may share the folder. A key cannot at once be the folder of other keys.
 */
export class FileStore implements ObjectStore {
  readonly #paths: DiskPaths;
  readonly #sidecars: Sidecars | null;
  readonly #writer: FileWriter;
  readonly #reader: FolderReader;
  readonly #rootLock: RootLock | null;

  private constructor(options: FileStoreOptions, rootLock: RootLock | null) {
    this.#paths = new DiskPaths(options.root);
    this.#sidecars = options.metadata === false ? null : new Sidecars(this.#paths);
    this.#writer = new FileWriter(this.#paths, {
      sidecars: this.#sidecars,
      clock: options.clock,
      random: options.random,
      shared: rootLock === null,
    });
    this.#reader = new FolderReader(options.clock);
    this.#rootLock = rootLock;
  }

  /** @throws HdfError `conflict` when another process has the folder exclusively */
  static async open(options: FileStoreOptions): Promise<FileStore> {
    const rootLock = options.exclusive === true ? await lockRoot(options.root, options) : null;
    const store = new FileStore(options, rootLock);
    try {
      await store.#writer.prepare();
    } catch (error) {
      await rootLock?.release();
      throw diskError(error, `opening ${options.root}`);
    }
    return store;
  }

  async get(
    address: ObjectAddress,
    options: GetOptions = {},
  ): Promise<StoredObject | 'not-modified' | null> {
    throwIfCancelled(options.signal);
    const path = this.#paths.object(address);
    return this.#translated(`reading ${address.key}`, () =>
      this.#consistent(address, path, async (handle, found) => {
        const etag = fileEtag(found);
        if (options.ifNoneMatch === etag) return 'not-modified' as const;
        const size = Number(found.size);
        const { offset, length } = options.range ?? { offset: 0, length: size };
        const count = Math.max(0, Math.min(length, size - offset));
        return { bytes: await readBytes(handle, offset, count) };
      }),
    );
  }

  async head(address: ObjectAddress, signal?: AbortSignal): Promise<ObjectStat | null> {
    throwIfCancelled(signal);
    const path = this.#paths.object(address);
    return this.#translated(`looking at ${address.key}`, () =>
      this.#consistent(address, path, () => Promise.resolve({})),
    );
  }

  put(
    address: ObjectAddress,
    bytes: Uint8Array,
    options: PutOptions = {},
  ): Promise<{ etag: string }> {
    return this.#translated(`writing ${address.key}`, () => {
      throwIfCancelled(options.signal);
      return this.#writer.put(address, bytes, options);
    });
  }

  delete(
    address: ObjectAddress,
    options: { ifMatch?: string; signal?: AbortSignal } = {},
  ): Promise<void> {
    return this.#translated(`deleting ${address.key}`, () => {
      throwIfCancelled(options.signal);
      return this.#writer.delete(address, options.ifMatch);
    });
  }

  async list(bucket: string, options: ListOptions): Promise<ListPage> {
    throwIfCancelled(options.signal);
    const limit = checkList(bucket, options);
    const folder = this.#paths.bucket(bucket);
    const { prefix, folders = false, after = '' } = options;
    return this.#translated(`listing ${bucket}/${prefix}`, async () => {
      await this.#writer.needBucket(bucket);
      return listFolder(folder, { prefix, folders, after, limit }, this.#reader);
    });
  }

  async bucketExists(bucket: string, signal?: AbortSignal): Promise<boolean> {
    throwIfCancelled(signal);
    const folder = this.#paths.bucket(bucket);
    return this.#translated(`looking for bucket ${bucket}`, async () => {
      try {
        return (await stat(folder)).isDirectory();
      } catch (error) {
        if (isMissing(error)) return false;
        throw error;
      }
    });
  }

  async createBucket(bucket: string): Promise<void> {
    const folder = this.#paths.bucket(bucket);
    await this.#translated(`creating bucket ${bucket}`, () => makeFolders(folder, true));
  }

  async close(): Promise<void> {
    await this.#writer.close();
    await this.#rootLock?.release();
  }

  /** Opens one version, reads from it, and adds that version's metadata. */
  async #consistent<R extends object | 'not-modified'>(
    address: ObjectAddress,
    path: string,
    read: (handle: FileHandle, found: BigIntStats) => Promise<R>,
  ): Promise<(Exclude<R, 'not-modified'> & ObjectStat) | Extract<R, 'not-modified'> | null> {
    for (let tries = 0; tries < 64; tries++) {
      const handle = await openObject(path);
      if (handle === null) {
        await this.#writer.needBucket(address.bucket);
        return null;
      }
      try {
        const found = await handle.stat({ bigint: true });
        if (!found.isFile()) return null;
        const part = await read(handle, found);
        if (part === 'not-modified') return part as Extract<R, 'not-modified'>;
        const metadata = await this.#metadataOf(address, path, fileEtag(found));
        if (metadata === 'replaced') continue;
        const described = { ...statOf(found), metadata };
        return { ...(part as Exclude<R, 'not-modified'>), ...described };
      } finally {
        await handle.close();
      }
    }
    throw new HdfError('unavailable', `${address.key} changed faster than it could be read`);
  }

  /** A missing sidecar means no metadata only while the version is still the current one. */
  async #metadataOf(
    address: ObjectAddress,
    path: string,
    etag: string,
  ): Promise<Readonly<Record<string, string>> | 'replaced'> {
    if (this.#sidecars === null) return {};
    const metadata = await this.#sidecars.read(address, etag);
    if (metadata !== null) return metadata;
    try {
      return fileEtag(await stat(path, { bigint: true })) === etag ? {} : 'replaced';
    } catch (error) {
      if (isMissing(error)) return 'replaced';
      throw error;
    }
  }

  async #translated<R>(what: string, work: () => Promise<R>): Promise<R> {
    try {
      return await work();
    } catch (error) {
      throw diskError(error, what);
    }
  }
}

function statOf(found: BigIntStats) {
  return { etag: fileEtag(found), size: Number(found.size), lastModified: fileTime(found) };
}

async function openObject(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** @throws HdfError `unavailable`, for another try, when the file became shorter while it was read */
async function readBytes(handle: FileHandle, offset: number, count: number): Promise<Uint8Array> {
  // Every byte is read into it, so it need not be cleared before.
  const bytes = new Uint8Array(Buffer.allocUnsafeSlow(count).buffer);
  let done = 0;
  while (done < count) {
    const { bytesRead } = await handle.read(bytes, done, count - done, offset + done);
    if (bytesRead === 0) {
      throw new HdfError('unavailable', `expected ${count} bytes, the file ended after ${done}`);
    }
    done += bytesRead;
  }
  return bytes;
}
