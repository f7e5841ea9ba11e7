import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { HdfError } from '#hdf5';
import { errorCode } from './disk-errors.js';

/** Who holds a lock file: enough to tell a dead process from a living one with the same pid. */
export interface Owner {
  readonly host: string;
  readonly pid: number;
  /** The system's start mark of the process; empty where the system does not tell. */
  readonly start: string;
  /** Random, different for every holder. */
  readonly token: string;
}

/** This process as an owner. */
export async function thisOwner(token: string): Promise<Owner> {
  return { host: hostname(), pid: process.pid, start: (await startMark(process.pid)) ?? '', token };
}

/** The owner that a lock file names; undefined when it names none. */
export function parseOwner(text: string): Owner | undefined {
  const [host, pid, start, token] = text.split('\n');
  if (host === undefined || pid === undefined || !/^[1-9][0-9]{0,9}$/.test(pid)) return undefined;
  if (start === undefined || token === undefined) return undefined;
  return { host, pid: Number(pid), start, token };
}

/** The text of a lock file. */
export function formatOwner(owner: Owner): string {
  return [owner.host, owner.pid, owner.start, owner.token].join('\n');
}

/**
 * Whether the process lives: `unknown` for other hosts, whose processes cannot be seen from here
 * (two containers on one volume).
 */
export async function ownerLives(owner: Owner): Promise<boolean | 'unknown'> {
  if (owner.host !== hostname()) return 'unknown';
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if (errorCode(error) === 'ESRCH') return false;
    if (errorCode(error) !== 'EPERM') throw new HdfError('internal', String(error));
  }
  const start = await startMark(owner.pid);
  return start === undefined || owner.start === '' || start === owner.start;
}

/** Field 22 of Linux's process status: clock ticks from system start to process start. */
async function startMark(pid: number): Promise<string | undefined> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
