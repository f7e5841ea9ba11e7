import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { compareKeys } from '../../key-order.js';
import type { ListedObject, ListPage } from '../../object-store.js';
import { isMissing } from './disk-errors.js';
import { fileEtag, fileTime } from './file-version.js';
import type { FolderReader } from './folder-reader.js';

/** Files looked at together while a page is made. */
const STATS_AT_ONCE = 32;

/** What a listing asks for, with the defaults filled in. */
export interface Listing {
  readonly prefix: string;
  readonly folders: boolean;
  /** Empty: from the beginning. */
  readonly after: string;
  readonly limit: number;
}

/** One page of a bucket's keys in key order, reading only folders that can hold them. */
export async function listFolder(
  bucketFolder: string,
  listing: Listing,
  reader: FolderReader,
): Promise<ListPage> {
  const shown: string[] = [];
  let truncated = false;
  const base = listing.prefix.slice(0, listing.prefix.lastIndexOf('/') + 1);
  for await (const key of walk({ bucketFolder, listing, reader }, base)) {
    truncated = shown.length === listing.limit;
    if (truncated) break;
    shown.push(key);
  }
  const prefixes = shown.filter((key) => key.endsWith('/'));
  const keys = shown.filter((key) => !key.endsWith('/'));
  const objects: ListedObject[] = [];
  for (let at = 0; at < keys.length; at += STATS_AT_ONCE) {
    const some = keys.slice(at, at + STATS_AT_ONCE);
    const stats = await Promise.all(some.map((key) => listedObject(bucketFolder, key)));
    objects.push(...stats.filter((found) => found !== null));
  }
  return { objects, prefixes, truncated };
}

interface Walk {
  readonly bucketFolder: string;
  readonly listing: Listing;
  readonly reader: FolderReader;
}

/** Keys, and with `folders` folded folders, after `after`. A folder's key ends in a slash. */
async function* walk(context: Walk, folderKey: string): AsyncGenerator<string> {
  const { prefix, folders, after } = context.listing;
  for (const name of await context.reader.names(join(context.bucketFolder, folderKey))) {
    const key = folderKey + name;
    const late = compareKeys(key, after) > 0;
    if (!name.endsWith('/')) {
      if (late && key.startsWith(prefix)) yield key;
      continue;
    }
    if (!late && (folders || !after.startsWith(key))) continue;
    if (!key.startsWith(prefix)) continue;
    if (!folders) yield* walk(context, key);
    else if (await context.reader.hasFile(join(context.bucketFolder, key))) yield key;
  }
}

async function listedObject(bucketFolder: string, key: string): Promise<ListedObject | null> {
  try {
    const found = await stat(join(bucketFolder, key), { bigint: true });
    const size = Number(found.size);
    return { key, etag: fileEtag(found), size, lastModified: fileTime(found) };
  } catch (error) {
    // Deleted since its folder was read.
    if (isMissing(error)) return null;
    throw error;
  }
}
