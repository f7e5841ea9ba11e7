import { mkdir, open, rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCode } from './disk-errors.js';

/** Makes an entry's arrival in its folder survive a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes a folder and those above it; with `sync`, durably. */
export async function makeFolders(folder: string, sync: boolean): Promise<void> {
  const first = await mkdir(folder, { recursive: true });
  if (!sync || first === undefined) return;
  const above = dirname(first);
  for (let at = dirname(folder); at.length >= above.length; at = dirname(at)) {
    await syncFolder(at);
    if (at === dirname(at)) return;
  }
}

/** Removes a folder and those above it while they are empty, up to and without `top`. */
export async function pruneFolders(folder: string, top: string): Promise<void> {
  for (let at = folder; at.length > top.length; at = dirname(at)) {
    try {
      await rmdir(at);
    } catch (error) {
      // Another process may have removed it already; anything else ends the climb.
      if (errorCode(error) !== 'ENOENT') return;
    }
  }
}
