import { mkdir, readFile, rm, writeFile, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObjectAddress } from '../../object-store.js';
import { isMissing } from './disk-errors.js';
import type { DiskPaths } from './disk-paths.js';
import { pruneFolders } from './folders.js';

type Metadata = Readonly<Record<string, string>>;

/**
 * Objects' metadata in files beside them, one for each version, named by its ETag: written before
 * the version appears and removed after it is gone, so that a reader never pairs two versions.
 */
export class Sidecars {
  readonly #paths: DiskPaths;

  constructor(paths: DiskPaths) {
    this.#paths = paths;
  }

  async write(
    address: ObjectAddress,
    etag: string,
    content: { metadata: Metadata; sync: boolean },
  ): Promise<void> {
    const folder = this.#paths.metadata(address);
    const text = JSON.stringify(content.metadata);
    const file = join(folder, etag);
    for (let tries = 0; ; tries++) {
      try {
        await mkdir(folder, { recursive: true });
        await writeFile(file, text);
        break;
      } catch (error) {
        // A deletion that prunes empty folders may have come between.
        if (!isMissing(error) || tries === 8) throw error;
      }
    }
    if (!content.sync) return;
    const handle = await open(file, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  /** Null when this version has none. */
  async read(address: ObjectAddress, etag: string): Promise<Metadata | null> {
    try {
      const text = await readFile(join(this.#paths.metadata(address), etag), 'utf8');
      return parseMetadata(text);
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  /** Forgets one version; with `prune`, also folders that become empty. */
  async remove(address: ObjectAddress, etag: string, prune: boolean): Promise<void> {
    const folder = this.#paths.metadata(address);
    await rm(join(folder, etag), { force: true });
    if (prune) await pruneFolders(folder, this.#paths.metadataBucket(address.bucket));
  }
}

/** A file cut short by a crash carries nothing. */
function parseMetadata(text: string): Metadata | null {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== 'object' || parsed === null) return null;
    const pairs = Object.entries(parsed as Record<string, unknown>);
    return Object.fromEntries(
      pairs.filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
    );
  } catch {
    return null;
  }
}
