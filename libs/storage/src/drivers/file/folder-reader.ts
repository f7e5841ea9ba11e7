import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { compareKeys } from '../../key-order.js';
import type { Clock } from '../../runtime/clock.js';
import { isMissing } from './disk-errors.js';

/** Folders with more entries are remembered between two pages of a listing. */
const LARGE = 2000;
/** File systems tell times in steps; a folder changed this recently may change unseen. */
const SETTLED_MS = 2000;

interface Remembered {
  readonly folder: string;
  readonly mtimeNs: bigint;
  readonly names: readonly string[];
}

/** Reads folders in key order, so that paging through a large one does not read it for each page. */
export class FolderReader {
  readonly #clock: Clock;
  #large: Remembered | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Names sorted as keys sort, folders with a final slash; empty when there is no such folder. */
  async names(folder: string): Promise<readonly string[]> {
    const kept = this.#large;
    if (kept?.folder === folder && (await mtimeOf(folder)) === kept.mtimeNs) return kept.names;
    const before = await mtimeOf(folder);
    if (before === undefined) return [];
    const names = await readNames(folder);
    const settled = this.#clock.now() - Number(before / 1_000_000n) > SETTLED_MS;
    if (names.length > LARGE && settled) this.#large = { folder, mtimeNs: before, names };
    return names;
  }

  /** Whether there is a file somewhere below; a folder without any is no folder in a listing. */
  async hasFile(folder: string): Promise<boolean> {
    const names = await this.names(folder);
    if (names.some((name) => !name.endsWith('/'))) return true;
    for (const name of names) {
      if (await this.hasFile(join(folder, name))) return true;
    }
    return false;
  }
}

async function mtimeOf(folder: string): Promise<bigint | undefined> {
  try {
    return (await stat(folder, { bigint: true })).mtimeNs;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

async function readNames(folder: string): Promise<string[]> {
  let entries: Dirent[];
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
  const names: string[] = [];
  for (const entry of entries) {
    if (entry.isFile()) names.push(entry.name);
    else if (entry.isDirectory()) names.push(`${entry.name}/`);
    else if (entry.isSymbolicLink()) names.push(...(await linkedName(folder, entry.name)));
  }
  return names.sort(compareKeys);
}

async function linkedName(folder: string, name: string): Promise<string[]> {
  try {
    const target = await stat(join(folder, name));
    if (target.isDirectory()) return [`${name}/`];
    return target.isFile() ? [name] : [];
  } catch {
    return [];
  }
}
