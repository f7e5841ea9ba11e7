import { HdfError } from '../errors.js';
import { parseChunkId, parseChunkIndex, type ChunkAddress } from './chunk-id.js';
import {
  isObjectId,
  isRootId,
  isSchemaV1,
  kindOf,
  parseObjectId,
  rootOf,
  type ObjectKind,
} from './object-id.js';
import { hash5 } from './owner.js';

/**
 * Where things are in a bucket. Schema v2 keeps a domain's objects under `db/<its 16 digits>/`;
 * schema v1 puts `<hash>-<id>` at the top. Keys have no leading slash.
 *
 * @see HSDS storage schema, keys
 */
export type StorageKey =
  | { readonly type: 'object'; readonly id: string }
  | ({ readonly type: 'chunk'; readonly id: string } & ChunkAddress)
  | { readonly type: 'domain'; readonly path: string }
  | { readonly type: 'info' | 'summary'; readonly root: string };

/** Top folder of all objects of schema v2. */
export const OBJECT_PREFIX = 'db/';
const DOMAIN_FILE = '/.domain.json';
const INFO_FILE = '.info.json';
const SUMMARY_FILE = '.summary.json';
const FILES: Readonly<Record<ObjectKind, string>> = {
  group: '.group.json',
  dataset: '.dataset.json',
  datatype: '.datatype.json',
};

/** The key of a group, dataset, committed datatype or chunk. @throws HdfError `invalid` */
export function storageKey(id: string): string {
  return id.startsWith('c') ? chunkKey(id) : objectKey(id);
}

/** The key of an object's document. @throws HdfError `invalid` for anything but an object id */
export function objectKey(id: string): string {
  parseObjectId(id);
  if (isSchemaV1(id)) return `${hash5(id)}-${id}`;
  const file = FILES[kindOf(id)];
  return isRootId(id) ? rootPrefix(id) + file : `${folderOf(id)}/${file}`;
}

/** The key of a chunk. @throws HdfError `invalid` for anything but a chunk id */
export function chunkKey(id: string): string {
  const { datasetId, index, partition } = parseChunkId(id);
  if (isSchemaV1(id)) return `${hash5(id)}-${id}`;
  const name = index.join('_');
  return datasetChunkPrefix(datasetId) + (partition === undefined ? name : `p${partition}/${name}`);
}

/** The key of a domain's or folder's document. @param path starts with a slash, ends with none */
export function domainStorageKey(path: string): string {
  return path.slice(1) + DOMAIN_FILE;
}

/** Prefix of the keys of all domains below a folder. @param path `/` for the bucket's root */
export function domainFolderPrefix(path: string): string {
  return path === '/' ? '' : `${path.slice(1)}/`;
}

/**
 * Prefix of all keys of a domain's objects, with the closing slash.
 *
 * @param id any object of the domain
 * @throws HdfError `unsupported` for v1 ids, whose keys share no prefix
 */
export function rootPrefix(id: string): string {
  refuseV1(id);
  return `${OBJECT_PREFIX}${id.slice(2, 19)}/`;
}

/**
 * Prefix of all chunks of a dataset, with the closing slash; its document is there too.
 *
 * @throws HdfError `unsupported` for v1 ids, whose keys share no prefix
 */
export function datasetChunkPrefix(datasetId: string): string {
  refuseV1(datasetId);
  return `${folderOf(datasetId)}/`;
}

/** The key of a domain's scan result. @throws HdfError `unsupported` for v1 ids */
export function infoKey(root: string): string {
  return rootPrefix(root) + INFO_FILE;
}

/** The key of a domain's summary document (HSDS 1.0). @throws HdfError `unsupported` for v1 ids */
export function summaryKey(root: string): string {
  return rootPrefix(root) + SUMMARY_FILE;
}

/** What is stored under a key; undefined for keys that are none of ours. */
export function parseStorageKey(key: string): StorageKey | undefined {
  try {
    if (key.startsWith(OBJECT_PREFIX)) return parseV2(key);
    if (key.includes('/')) return parseDomainKey(key);
    return parseV1(key);
  } catch (error) {
    if (error instanceof HdfError) return undefined;
    throw error;
  }
}

function parseDomainKey(key: string): StorageKey | undefined {
  if (!key.endsWith(DOMAIN_FILE)) return undefined;
  return { type: 'domain', path: `/${key.slice(0, -DOMAIN_FILE.length)}` };
}

function parseV1(key: string): StorageKey | undefined {
  const id = key.slice(6);
  if (!isSchemaV1(id) || key !== `${hash5(id)}-${id}`) return undefined;
  return id.startsWith('c') ? chunkOf(id) : objectOf(id);
}

function parseV2(key: string): StorageKey | undefined {
  const [, domainPart = '', kind = '', rest = '', ...names] = key.split('/');
  if (names.length === 0) return rest === '' ? parseRootFile(domainPart, kind) : undefined;
  const id = `${kind}-${domainPart}-${rest}`;
  if (!isObjectId(id) || isSchemaV1(id)) return undefined;
  const [name = '', inPartition] = names;
  if (inPartition === undefined && name === FILES[kindOf(id)]) return objectOf(id);
  if (kind !== 'd' || names.length > 2) return undefined;
  const partition = inPartition === undefined ? '' : (/^p(\d+)$/.exec(name)?.[1] ?? 'x');
  const index = parseChunkIndex(inPartition ?? name);
  return chunkOf(`c${partition}${id.slice(1)}_${index.join('_')}`);
}

function parseRootFile(domainPart: string, file: string): StorageKey | undefined {
  // Any id of the domain gives the root; the second half of this one is made up.
  const root = rootOf(`g-${domainPart}-0000-000000-000000`);
  if (file === FILES.group) return objectOf(root);
  if (file === INFO_FILE) return { type: 'info', root };
  return file === SUMMARY_FILE ? { type: 'summary', root } : undefined;
}

function objectOf(id: string): StorageKey | undefined {
  return isObjectId(id) ? { type: 'object', id } : undefined;
}

function chunkOf(id: string): StorageKey {
  return { type: 'chunk', id, ...parseChunkId(id) };
}

/** `db/<domain>/<kind>/<rest>` of a v2 object. */
function folderOf(id: string): string {
  return `${rootPrefix(id)}${id.charAt(0)}/${id.slice(20)}`;
}

function refuseV1(id: string): void {
  if (isSchemaV1(id)) throw new HdfError('unsupported', `keys of v1 ids share no prefix: ${id}`);
}
