/**
 * Which domain and bucket a request names. The query parameter wins over the header; a bucket or
 * `hdf5:/` may precede the path; nothing is resolved, so `.`, `..` and empty segments are refused.
 */
import { HdfError } from '#hdf5';
import type { DomainAddress } from '#dn-client';

/** The parts of a request that can name a domain; header values as Node gives them (Latin-1). */
export interface DomainSource {
  readonly query: ReadonlyMap<string, string>;
  readonly domainHeader: string | undefined;
  readonly bucketHeader: string | undefined;
}

export interface DomainSettings {
  /** Used when a request names no bucket; empty for none. */
  readonly defaultBucket: string;
  /** Schemes of the one storage driver, such as `s3`; others are refused. */
  readonly schemes: readonly string[];
}

/** Tops of a bucket that hold object data or the service's own records and never domains. */
const RESERVED_TOPS: ReadonlySet<string> = new Set(['db', '_hsds']);
const BUCKET = /^[a-zA-Z0-9_.-]{1,255}$/;
const SCHEME = /^([a-z][a-z0-9+.-]*):\/\//i;
/** S3 keys are at most 1024 bytes, of which `/.domain.json` takes 13. */
const PATH_BYTES_MAX = 1010;

/** The `domain` parameter or header as text, undefined when there is neither. */
export function domainText(source: DomainSource): string | undefined {
  const parameter = source.query.get('domain');
  if (parameter !== undefined) return parameter;
  return source.domainHeader === undefined ? undefined : utf8Header(source.domainHeader);
}

/**
 * The bucket that the request names beside the domain, else the default one.
 *
 * @returns undefined when there is none
 * @throws HdfError `invalid` for a malformed name
 */
export function requestBucket(source: DomainSource, settings: DomainSettings): string | undefined {
  const named = [source.query.get('bucket'), source.bucketHeader, settings.defaultBucket];
  const bucket = named.find((name) => name !== undefined && name !== '');
  return bucket === undefined ? undefined : checkBucket(stripScheme(bucket, settings));
}

/**
 * A domain as clients write it: `/path`, `bucket/path`, `scheme://bucket/path`, each perhaps after
 * `hdf5:/`.
 *
 * @param bucket for a path without one; a thunk, since it is not looked at otherwise
 * @throws HdfError `invalid` for other text, `not-found` for paths that hold no domains
 */
export function parseDomain(
  text: string,
  bucket: () => string | undefined,
  settings: DomainSettings,
): DomainAddress {
  const { bucket: named, path } = splitBucket(text, settings);
  if (path.length < 2 || path.endsWith('/')) throw invalidDomain(text);
  return { bucket: checkBucket(named ?? required(bucket())), path: checkPath(path, text) };
}

/**
 * A folder as `GET /domains` takes it: empty or `/` is the top level, a trailing slash is dropped.
 *
 * @throws HdfError as `parseDomain`
 */
export function parseFolder(
  text: string,
  bucket: () => string | undefined,
  settings: DomainSettings,
): DomainAddress {
  const trimmed = text === '' ? '/' : text;
  const { bucket: named, path } = splitBucket(trimmed, settings);
  const folder = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
  if (folder !== '/') checkPath(folder, text);
  return { bucket: checkBucket(named ?? required(bucket())), path: folder };
}

/** The folder that holds a domain; `/` for one at the top of its bucket. */
export function parentPath(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}

function splitBucket(text: string, settings: DomainSettings): { bucket?: string; path: string } {
  const bare = stripScheme(text.startsWith('hdf5:/') ? text.slice(6) : text, settings);
  if (bare.startsWith('/')) return { path: bare };
  const slash = bare.indexOf('/');
  if (slash < 1) throw invalidDomain(text);
  return { bucket: bare.slice(0, slash), path: bare.slice(slash) };
}

function stripScheme(text: string, settings: DomainSettings): string {
  const match = SCHEME.exec(text);
  if (match === null) return text;
  const scheme = (match[1] ?? '').toLowerCase();
  if (!settings.schemes.includes(scheme)) {
    throw new HdfError('invalid', `storage scheme ${scheme}:// is not served here`);
  }
  return text.slice(match[0].length);
}

function checkBucket(bucket: string): string {
  if (!BUCKET.test(bucket) || bucket === '.' || bucket === '..') {
    throw new HdfError('invalid', `Invalid bucket name: ${bucket}`);
  }
  return bucket;
}

function checkPath(path: string, text: string): string {
  const segments = path.slice(1).split('/');
  const legal = segments.every((segment) => segment !== '' && segment !== '.' && segment !== '..');
  if (!legal || hasControl(path) || segments.at(-1) === '.domain.json') throw invalidDomain(text);
  if (Buffer.byteLength(path) > PATH_BYTES_MAX) throw invalidDomain(text);
  if (RESERVED_TOPS.has(segments[0] ?? '')) {
    throw new HdfError('not-found', `${path} holds no domains`);
  }
  return path;
}

function hasControl(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || code === 0x7f) return true;
  }
  return false;
}

function required(bucket: string | undefined): string {
  if (bucket === undefined) throw new HdfError('invalid', 'Bucket not provided');
  return bucket;
}

function invalidDomain(text: string): HdfError {
  return new HdfError('invalid', `Invalid domain name: ${text.slice(0, 200)}`);
}

/** Header values are bytes that Node shows as Latin-1; clients send UTF-8. */
function utf8Header(value: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(value, 'latin1'));
  } catch (cause) {
    throw new HdfError('invalid', 'X-Hdf-domain: expected UTF-8', { cause });
  }
}
