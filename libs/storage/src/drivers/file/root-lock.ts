import { readFile, rename, stat, unlink, utimes, writeFile, link, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { HdfError } from '#hdf5';
import type { CancelTimer, Clock } from '../../runtime/clock.js';
import type { Random } from '../../runtime/random.js';
import { diskError, errorCode, isMissing } from './disk-errors.js';
import { DiskPaths } from './disk-paths.js';
import { formatOwner, ownerLives, parseOwner, thisOwner } from './owner.js';

const HEARTBEAT_MS = 5_000;
const STALE_MS = 30_000;

/** The right to be the only server on a folder. */
export interface RootLock {
  /** Lets others in; harmless twice. */
  release(): Promise<void>;
}

/**
 * Takes the folder for this process alone. A lock whose process is dead, or (on another host)
 * silent for 30 s, is taken over.
 *
 * @throws HdfError `conflict` naming the process that uses the folder
 */
export async function lockRoot(
  root: string,
  sources: { clock: Clock; random: Random },
): Promise<RootLock> {
  const { rootLock } = new DiskPaths(root);
  const token = Buffer.from(sources.random.bytes(12)).toString('hex');
  const text = formatOwner(await thisOwner(token));
  const mine = `${rootLock}.${token}`;
  try {
    await mkdir(dirname(rootLock), { recursive: true });
    await writeFile(mine, text, { flag: 'wx' });
    try {
      for (let tries = 0; !(await linked(mine, rootLock)); tries++) {
        await takeOver(rootLock, { mine, root, clock: sources.clock, last: tries === 4 });
      }
    } finally {
      await unlink(mine);
    }
  } catch (error) {
    throw diskError(error, `locking ${root}`);
  }
  return heldLock(rootLock, text, sources.clock);
}

function heldLock(rootLock: string, text: string, clock: Clock): RootLock {
  let held = true;
  let cancel: CancelTimer = () => undefined;
  const beat = () => {
    const now = clock.now() / 1000;
    utimes(rootLock, now, now).catch(() => undefined);
    cancel = clock.after(HEARTBEAT_MS, beat);
  };
  beat();
  return {
    release: async () => {
      if (!held) return;
      held = false;
      cancel();
      // Taken over while this process slept? Then it is not ours to remove.
      const now = await readFile(rootLock, 'utf8').catch(() => '');
      if (now === text) await unlink(rootLock);
    },
  };
}

/** Moves a dead owner's lock aside; throws when the owner lives. */
async function takeOver(
  rootLock: string,
  context: { mine: string; root: string; clock: Clock; last: boolean },
): Promise<void> {
  let text: string;
  let age: number;
  try {
    text = await readFile(rootLock, 'utf8');
    age = context.clock.now() - (await stat(rootLock)).mtimeMs;
  } catch (error) {
    if (isMissing(error)) return;
    throw error;
  }
  const owner = parseOwner(text);
  const lives = owner === undefined ? 'unknown' : await ownerLives(owner);
  if (context.last || lives === true || (lives === 'unknown' && age < STALE_MS)) {
    const who =
      owner === undefined ? 'an unknown process' : `process ${owner.pid} on ${owner.host}`;
    const message = `${context.root} is in use by ${who}; one folder serves one server`;
    throw new HdfError('conflict', message);
  }
  // Rename and look: if it was a newer lock after all, put it back.
  const aside = `${context.mine}.old`;
  try {
    await rename(rootLock, aside);
  } catch (error) {
    if (isMissing(error)) return;
    throw error;
  }
  if ((await readFile(aside, 'utf8')) !== text) await linked(aside, rootLock);
  await unlink(aside);
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}
