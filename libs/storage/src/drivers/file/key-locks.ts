import { rm, unlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HdfError } from '#hdf5';
import { sleep, type Clock } from '../../runtime/clock.js';
import type { Random } from '../../runtime/random.js';
import { errorCode } from './disk-errors.js';
import { breakStale, linked, lockText } from './lock-file.js';
import { formatOwner, thisOwner } from './owner.js';

/** A holder that was away this long must not write any more. */
const HOLD_MAX_MS = 10_000;
/** How long to wait for a lock before giving up. */
const WAIT_MAX_MS = 10_000;

interface OwnerFile {
  readonly file: string;
  readonly text: string;
}

/**
 * Short locks between the processes that share a disk. A lock is a hard link to the holder's owner
 * file: made atomically with its content, and kept fresh for all locks by touching one file.
 * A dead holder's lock is broken under a second lock, so that two breakers cannot break twice.
 */
export class KeyLocks {
  readonly #folder: string;
  readonly #clock: Clock;
  readonly #random: Random;
  #owner: Promise<OwnerFile> | undefined;
  #touched = 0;

  constructor(folder: string, sources: { clock: Clock; random: Random }) {
    this.#folder = folder;
    this.#clock = sources.clock;
    this.#random = sources.random;
  }

  /**
   * Runs the work while holding the lock file. The work calls `check` right before it changes
   * anything: it throws when this process slept so long that others may have taken over.
   *
   * @throws HdfError `unavailable` when the lock stays taken
   */
  async run<R>(lockFile: string, work: (check: () => void) => Promise<R>): Promise<R> {
    const owner = await this.#acquire(lockFile);
    const since = this.#clock.monotonic();
    const inTime = () => this.#clock.monotonic() - since < HOLD_MAX_MS;
    try {
      return await work(() => {
        if (!inTime()) throw new HdfError('unavailable', 'the disk was too slow to hold a lock');
      });
    } finally {
      if (inTime() || (await lockText(lockFile)) === owner.text) await unlink(lockFile).catch(none);
    }
  }

  async close(): Promise<void> {
    const owner = await this.#owner?.catch(() => undefined);
    this.#owner = undefined;
    if (owner !== undefined) await rm(owner.file, { force: true });
  }

  /** Who this process is; made again when someone cleaned it away. */
  #ownerFile(): Promise<OwnerFile> {
    if (this.#owner !== undefined) return this.#owner;
    const making = this.#makeOwnerFile();
    this.#owner = making;
    making.catch(() => {
      if (this.#owner === making) this.#owner = undefined;
    });
    return making;
  }

  async #makeOwnerFile(): Promise<OwnerFile> {
    const token = Buffer.from(this.#random.bytes(12)).toString('hex');
    const text = formatOwner(await thisOwner(token));
    const file = join(this.#folder, `${token}.owner`);
    await writeFile(file, text, { flag: 'wx' });
    return { file, text };
  }

  async #acquire(lockFile: string): Promise<OwnerFile> {
    const started = this.#clock.monotonic();
    for (let tries = 0; ; tries++) {
      const owner = await this.#ownerFile();
      try {
        await this.#touch(owner.file);
        if (await linked(owner.file, lockFile)) return owner;
        if (tries % 8 === 0) await breakStale(lockFile, owner.file, this.#clock);
      } catch (error) {
        if (errorCode(error) !== 'ENOENT') throw error;
        this.#owner = undefined;
      }
      if (this.#clock.monotonic() - started > WAIT_MAX_MS) {
        throw new HdfError('unavailable', `another process holds ${lockFile}`, { retryAfterS: 1 });
      }
      await sleep(this.#clock, 1 + this.#random.next() * Math.min(20, 2 ** tries));
    }
  }

  async #touch(ownerFile: string): Promise<void> {
    const now = this.#clock.now();
    if (now - this.#touched < 1000) return;
    await utimes(ownerFile, now / 1000, now / 1000);
    this.#touched = now;
  }
}

function none(): void {
  // It is gone already, which was the aim.
}
