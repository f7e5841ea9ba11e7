import { link, readFile, rm, stat, unlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HdfError } from '#hdf5';
import type { Clock } from '../../runtime/clock.js';
import { sleep } from '../../runtime/clock.js';
import type { Random } from '../../runtime/random.js';
import { diskError, errorCode, isMissing } from './disk-errors.js';
import { formatOwner, ownerLives, parseOwner, thisOwner } from './owner.js';

/** A holder on another host that has not touched its owner file for this long counts as dead. */
const STALE_MS = 30_000;
/** A holder that was away this long must not write any more. */
const HOLD_MAX_MS = 10_000;
/** How long to wait for a lock before giving up. */
const WAIT_MAX_MS = 10_000;

/**
 * Short locks between the processes that share a disk. A lock is a hard link to the holder's owner
 * file: made atomically with its content, and kept fresh for all locks by touching one file.
 * A dead holder's lock is broken under a second lock, so that two breakers cannot break twice.
 */
export class KeyLocks {
  readonly #folder: string;
  readonly #clock: Clock;
  readonly #random: Random;
  #owner: Promise<{ file: string; text: string }> | undefined;
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
    const owner = await this.#ownerFile();
    await this.#acquire(lockFile, owner.file);
    const since = this.#clock.monotonic();
    const inTime = () => this.#clock.monotonic() - since < HOLD_MAX_MS;
    try {
      return await work(() => {
        if (!inTime()) throw new HdfError('unavailable', 'the disk was too slow to hold a lock');
      });
    } finally {
      if (inTime() || (await readText(lockFile)) === owner.text) await unlink(lockFile).catch(none);
    }
  }

  async close(): Promise<void> {
    if (this.#owner !== undefined) await rm((await this.#owner).file, { force: true });
    this.#owner = undefined;
  }

  #ownerFile(): Promise<{ file: string; text: string }> {
    this.#owner ??= this.#makeOwnerFile();
    return this.#owner;
  }

  async #makeOwnerFile(): Promise<{ file: string; text: string }> {
    const token = Buffer.from(this.#random.bytes(12)).toString('hex');
    const text = formatOwner(await thisOwner(token));
    const file = join(this.#folder, `${token}.owner`);
    await writeFile(file, text, { flag: 'wx' });
    return { file, text };
  }

  async #acquire(lockFile: string, ownerFile: string): Promise<void> {
    const started = this.#clock.monotonic();
    await this.#touch(ownerFile);
    for (let tries = 0; ; tries++) {
      if (await linked(ownerFile, lockFile)) return;
      if (tries % 8 === 7 || tries === 0) await this.#breakStale(lockFile, ownerFile);
      if (this.#clock.monotonic() - started > WAIT_MAX_MS) {
        throw new HdfError('unavailable', `another process holds ${lockFile}`, { retryAfterS: 1 });
      }
      await sleep(this.#clock, 1 + this.#random.next() * Math.min(20, 2 ** tries));
    }
  }

  async #touch(ownerFile: string): Promise<void> {
    const now = this.#clock.now();
    if (now - this.#touched < 1000) return;
    this.#touched = now;
    await utimes(ownerFile, now / 1000, now / 1000);
  }

  async #breakStale(lockFile: string, ownerFile: string): Promise<void> {
    const breaker = `${lockFile}.break`;
    if (!(await this.#isStale(lockFile))) return;
    if (!(await linked(ownerFile, breaker))) {
      // A breaker that died itself: rare enough to be removed without a third lock.
      if (await this.#isStale(breaker)) await unlink(breaker).catch(none);
      return;
    }
    try {
      if (await this.#isStale(lockFile)) await unlink(lockFile).catch(none);
    } finally {
      await unlink(breaker).catch(none);
    }
  }

  async #isStale(lockFile: string): Promise<boolean> {
    const text = await readText(lockFile);
    if (text === undefined) return false;
    const owner = parseOwner(text);
    const lives = owner === undefined ? 'unknown' : await ownerLives(owner);
    if (lives !== 'unknown') return !lives;
    try {
      return this.#clock.now() - (await stat(lockFile)).mtimeMs > STALE_MS;
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
  }
}

/** Makes a hard link; false when the name is taken. */
async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw diskError(error, `locking ${to}`);
  }
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function none(): void {
  // It is gone already, which was the aim.
}
