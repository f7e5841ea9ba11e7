import type { BigIntStats } from 'node:fs';
import { link, mkdir, rename, stat, unlink, utimes } from 'node:fs/promises';
import { dirname } from 'node:path';
import { HdfError } from '#hdf5';
import { KeyedLock } from '../../flow/keyed-lock.js';
import type { ObjectAddress, PutOptions } from '../../object-store.js';
import type { Clock } from '../../runtime/clock.js';
import type { Random } from '../../runtime/random.js';
import { errorCode, isMissing } from './disk-errors.js';
import type { DiskPaths } from './disk-paths.js';
import { fileEtag } from './file-version.js';
import { makeFolders, pruneFolders, syncFolder } from './folders.js';
import { KeyLocks } from './key-locks.js';
import type { Sidecars } from './sidecar.js';
import { sweep, TempFiles, type TempFile } from './temp-file.js';

/** How often to make folders again that a deletion pruned meanwhile. */
const FOLDER_TRIES = 16;

interface Target {
  readonly address: ObjectAddress;
  readonly path: string;
}

/**
 * Changes objects on a disk. All changes of one object are in line, within the process and, by lock
 * files, between processes: an unconditional write too, or a conditional one could undo it.
 */
export class FileWriter {
  readonly #paths: DiskPaths;
  readonly #sidecars: Sidecars | null;
  readonly #temps: TempFiles;
  readonly #clock: Clock;
  readonly #line = new KeyedLock();
  readonly #locks: KeyLocks | null;
  /** Buckets that were seen: they are not looked for again. */
  readonly #buckets = new Set<string>();

  /** @param setup `shared`: other processes may write here too */
  constructor(
    paths: DiskPaths,
    setup: { sidecars: Sidecars | null; clock: Clock; random: Random; shared: boolean },
  ) {
    this.#paths = paths;
    this.#sidecars = setup.sidecars;
    this.#clock = setup.clock;
    this.#temps = new TempFiles(paths.temp, setup.clock);
    this.#locks = setup.shared ? new KeyLocks(paths.locks, setup) : null;
  }

  async prepare(): Promise<void> {
    await mkdir(this.#paths.temp, { recursive: true });
    await mkdir(this.#paths.locks, { recursive: true });
    // An owner file that a quiet process still needs is made again.
    for (const folder of [this.#paths.temp, this.#paths.locks]) await sweep(folder, this.#clock);
  }

  async close(): Promise<void> {
    await this.#locks?.close();
  }

  /** @throws HdfError `not-found` */
  async needBucket(bucket: string): Promise<void> {
    if (this.#buckets.has(bucket)) return;
    try {
      if ((await stat(this.#paths.bucket(bucket))).isDirectory()) {
        this.#buckets.add(bucket);
        return;
      }
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
    throw new HdfError('not-found', `there is no bucket ${bucket}`);
  }

  async put(
    address: ObjectAddress,
    bytes: Uint8Array,
    options: PutOptions,
  ): Promise<{ etag: string }> {
    const target = { address, path: this.#paths.object(address) };
    const temp = await this.#temps.write(bytes, options.sync === true);
    try {
      const etag =
        options.ifAbsent === true && options.ifMatch === undefined
          ? await this.#create(target, temp, options)
          : await this.#inLine(target, (check) => this.#replace(target, temp, { check, options }));
      if (options.sync === true) await syncFolder(dirname(target.path));
      return { etag };
    } catch (error) {
      await this.#temps.remove(temp);
      throw error;
    }
  }

  async delete(address: ObjectAddress, ifMatch: string | undefined): Promise<void> {
    const target = { address, path: this.#paths.object(address) };
    await this.needBucket(address.bucket);
    await this.#inLine(target, async (check) => {
      const found = await fileStat(target.path);
      if (!found?.isFile()) return;
      const etag = fileEtag(found);
      needMatch(address, etag, ifMatch);
      check();
      await unlink(target.path).catch(unlessMissing);
      await this.#sidecars?.remove(address, etag, true);
    });
    await pruneFolders(dirname(target.path), this.#paths.bucket(address.bucket));
  }

  #inLine<R>(target: Target, work: (check: () => void) => Promise<R>): Promise<R> {
    const locks = this.#locks;
    return this.#line.run(target.path, () =>
      locks === null ? work(() => undefined) : locks.run(this.#paths.lock(target.address), work),
    );
  }

  /** A link to a name that is taken fails, whoever takes it: no lock is needed. */
  async #create(target: Target, temp: TempFile, options: PutOptions): Promise<string> {
    const { etag } = temp;
    await this.#describe(target.address, etag, options);
    // Most new objects bring a folder of their own.
    await this.needBucket(target.address.bucket);
    try {
      await this.#intoFolder(target, { ...options, newFolder: true }, () =>
        link(temp.file, target.path),
      );
    } catch (error) {
      await this.#sidecars?.remove(target.address, etag, false);
      if (errorCode(error) !== 'EEXIST') throw error;
      if ((await fileStat(target.path))?.isDirectory() === true) throw error;
      throw new HdfError('conflict', `${target.address.key} exists`);
    }
    await this.#temps.remove(temp);
    return etag;
  }

  async #replace(
    target: Target,
    temp: TempFile,
    step: { check: () => void; options: PutOptions },
  ): Promise<string> {
    const { options } = step;
    const found = await fileStat(target.path);
    const before = found?.isFile() === true ? fileEtag(found) : undefined;
    needMatch(target.address, before, options.ifMatch);
    const etag = found === undefined ? temp.etag : await this.#laterEtag(temp, found);
    await this.#describe(target.address, etag, options);
    await this.#intoFolder(target, options, () => {
      step.check();
      return rename(temp.file, target.path);
    });
    if (before !== undefined) await this.#sidecars?.remove(target.address, before, false);
    return etag;
  }

  /** Stamps a file later than the one it replaces, even if the clock was set back; its ETag. */
  async #laterEtag({ file, etag, mtimeNs }: TempFile, found: BigIntStats): Promise<string> {
    if (mtimeNs > found.mtimeNs) return etag;
    const seconds = this.#temps.stampUs(Number(found.mtimeNs / 1000n)) / 1e6;
    await utimes(file, seconds, seconds);
    return fileEtag(await stat(file, { bigint: true }));
  }

  async #describe(address: ObjectAddress, etag: string, options: PutOptions): Promise<void> {
    const { metadata, sync = false } = options;
    if (metadata === undefined || Object.keys(metadata).length === 0) return;
    if (this.#sidecars === null) return;
    await this.needBucket(address.bucket);
    await this.#sidecars.write(address, etag, { metadata, sync });
  }

  /** Moves a file into a folder that may have to be made, and made again when a deletion pruned it. */
  async #intoFolder(
    target: Target,
    { sync = false, newFolder = false }: PutOptions & { newFolder?: boolean },
    move: () => Promise<void>,
  ): Promise<void> {
    let make = newFolder;
    for (let tries = 0; ; tries++) {
      try {
        if (make) await makeFolders(dirname(target.path), sync);
        await move();
        return;
      } catch (error) {
        if (!isPruned(error) || tries === FOLDER_TRIES) throw error;
        await this.needBucket(target.address.bucket);
        make = true;
      }
    }
  }
}

/** Node's recursive mkdir says ENOTDIR when a folder on its way goes while it looks. */
function isPruned(error: unknown): boolean {
  return errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR';
}

async function fileStat(path: string): Promise<BigIntStats | undefined> {
  try {
    return await stat(path, { bigint: true });
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function needMatch(
  address: ObjectAddress,
  etag: string | undefined,
  ifMatch: string | undefined,
): void {
  if (ifMatch === undefined || etag === ifMatch) return;
  const now = etag === undefined ? 'is absent' : `has ETag ${etag}`;
  throw new HdfError('conflict', `${address.key} ${now}, expected ETag ${ifMatch}`);
}

function unlessMissing(error: unknown): void {
  if (!isMissing(error)) throw error;
}
