import { randomUUID } from 'node:crypto';
import { open, readdir, rm, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { HdfError } from '#hdf5';
import type { Clock } from '../../runtime/clock.js';
import { isMissing } from './disk-errors.js';
import { fileEtag } from './file-version.js';

/** What crashed writers left is removed when older than this. */
const LEFTOVER_MS = 3_600_000;

/** A file that nobody sees yet. */
export interface TempFile {
  readonly file: string;
  /** ETag of the object that it becomes, unless it is stamped anew. */
  readonly etag: string;
  readonly mtimeNs: bigint;
}

/** Files that are complete before anyone can see them. */
export class TempFiles {
  readonly #folder: string;
  readonly #clock: Clock;
  #lastStampUs = 0;

  /** @param folder on the same file system as the objects */
  constructor(folder: string, clock: Clock) {
    this.#folder = folder;
    this.#clock = clock;
  }

  /**
   * Writes a file of its own, time-stamped by a clock that never repeats within this process:
   * the system's own stamps advance in steps of milliseconds, in which an ETag could come back.
   */
  async write(bytes: Uint8Array, sync: boolean): Promise<TempFile> {
    const file = join(this.#folder, randomUUID());
    const handle = await open(file, 'wx');
    try {
      let written = 0;
      while (written < bytes.length) {
        const { bytesWritten } = await handle.write(bytes, written);
        if (bytesWritten === 0) throw new HdfError('unavailable', 'the disk takes no more bytes');
        written += bytesWritten;
      }
      const seconds = this.stampUs(0) / 1e6;
      await handle.utimes(seconds, seconds);
      if (sync) await handle.sync();
      const found = await handle.stat({ bigint: true });
      return { file, etag: fileEtag(found), mtimeNs: found.mtimeNs };
    } catch (error) {
      await rm(file, { force: true });
      throw error;
    } finally {
      await handle.close();
    }
  }

  /** Removes the name of a file that may have become an object. */
  async remove({ file }: TempFile): Promise<void> {
    try {
      await unlink(file);
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }

  /** Microseconds since 1970, later than all before and than `earlier`. */
  stampUs(earlier: number): number {
    const now = Math.floor(this.#clock.now() * 1000);
    this.#lastStampUs = Math.max(now, this.#lastStampUs + 1, earlier + 1);
    return this.#lastStampUs;
  }
}

/** Removes what crashed writers left in one of our own folders. */
export async function sweep(folder: string, clock: Clock): Promise<void> {
  for (const name of await readdir(folder)) {
    const file = join(folder, name);
    const found = await stat(file).catch(() => undefined);
    const old = found !== undefined && clock.now() - found.mtimeMs > LEFTOVER_MS;
    if (old) await rm(file, { force: true });
  }
}
