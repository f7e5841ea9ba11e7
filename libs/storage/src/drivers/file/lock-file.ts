import { link, readFile, stat, unlink } from 'node:fs/promises';
import type { Clock } from '../../runtime/clock.js';
import { errorCode, isMissing } from './disk-errors.js';
import { ownerLives, parseOwner } from './owner.js';

/** A holder on another host that has not touched its lock for this long counts as dead. */
const STALE_MS = 30_000;

/** Takes a lock: a hard link to a file that names the owner. False when it is taken. */
export async function linked(ownerFile: string, lockFile: string): Promise<boolean> {
  try {
    await link(ownerFile, lockFile);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** The text of a lock file; undefined when nobody holds the lock. */
export async function lockText(lockFile: string): Promise<string | undefined> {
  try {
    return await readFile(lockFile, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/**
 * Removes a lock whose holder is dead. That happens under a second lock: without it, one breaker
 * could remove the lock that another one took after breaking the same.
 */
export async function breakStale(lockFile: string, ownerFile: string, clock: Clock): Promise<void> {
  if (!(await isStale(lockFile, clock))) return;
  const breaker = `${lockFile}.break`;
  if (!(await linked(ownerFile, breaker))) {
    // A breaker that died itself: rare enough to be removed without a third lock.
    if (await isStale(breaker, clock)) await unlink(breaker).catch(gone);
    return;
  }
  try {
    if (await isStale(lockFile, clock)) await unlink(lockFile).catch(gone);
  } finally {
    await unlink(breaker).catch(gone);
  }
}

async function isStale(lockFile: string, clock: Clock): Promise<boolean> {
  const text = await lockText(lockFile);
  if (text === undefined) return false;
  const owner = parseOwner(text);
  const lives = owner === undefined ? 'unknown' : await ownerLives(owner);
  if (lives !== 'unknown') return !lives;
  try {
    return clock.now() - (await stat(lockFile)).mtimeMs > STALE_MS;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

function gone(): void {
  // Somebody else removed it, which was the aim.
}
