import { mkdir, unlink, utimes, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { HdfError } from '#hdf5';
import type { CancelTimer, Clock } from '../../runtime/clock.js';
import type { Random } from '../../runtime/random.js';
import { diskError } from './disk-errors.js';
import { DiskPaths } from './disk-paths.js';
import { breakStale, linked, lockText } from './lock-file.js';
import { formatOwner, parseOwner, thisOwner } from './owner.js';

const HEARTBEAT_MS = 5_000;

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
      let taken = await linked(mine, rootLock);
      if (!taken) await breakStale(rootLock, mine, sources.clock);
      taken ||= await linked(mine, rootLock);
      if (!taken) throw await inUse(root, rootLock);
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
      if ((await lockText(rootLock)) === text) await unlink(rootLock);
    },
  };
}

async function inUse(root: string, rootLock: string): Promise<HdfError> {
  const owner = parseOwner((await lockText(rootLock)) ?? '');
  const who = owner === undefined ? 'another process' : `process ${owner.pid} on ${owner.host}`;
  return new HdfError('conflict', `${root} is in use by ${who}; one folder serves one server`);
}
