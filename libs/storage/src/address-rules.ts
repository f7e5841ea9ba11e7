import { HdfError } from '#hdf5';
import type { ListOptions, ObjectAddress } from './object-store.js';

/** Longest key in UTF-8 bytes: S3's limit. */
export const KEY_BYTES_MAX = 1024;

/** Longest part of a key between slashes in UTF-8 bytes: that of common file systems. */
const PART_BYTES_MAX = 255;

const BUCKET = /^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,254}$/;
const LONE_SURROGATE = /[\uD800-\uDFFF]/u;

/**
 * Refuses what not every driver can name: bad bucket names; keys that are empty or too long, start
 * or end with a slash, or have empty, `.` or `..` parts (path traversal), NUL or broken Unicode.
 *
 * @throws HdfError `invalid`
 */
export function checkAddress(address: ObjectAddress): void {
  checkBucket(address.bucket);
  const { key } = address;
  if (key.includes('\0') || LONE_SURROGATE.test(key)) refuse(key, 'NUL or broken Unicode');
  if (Buffer.byteLength(key) > KEY_BYTES_MAX) refuse(key, `more than ${KEY_BYTES_MAX} bytes`);
  for (const part of key.split('/')) {
    if (part === '' || part === '.' || part === '..') refuse(key, 'an empty or dotted part');
    if (part.length > 63 && Buffer.byteLength(part) > PART_BYTES_MAX) refuse(key, 'a long part');
  }
}

/**
 * A bucket is letters, digits, `_`, `-`, `.`, at most 255, not first a dot (hidden folders).
 *
 * @throws HdfError `invalid`
 */
export function checkBucket(bucket: string): void {
  if (!BUCKET.test(bucket)) {
    throw new HdfError('invalid', `${quote(bucket)} is not a bucket name`);
  }
}

/**
 * The limit of a listing, default 1000. The prefix may be any text that could begin a key.
 *
 * @throws HdfError `invalid` for a bad bucket, a prefix that leaves the bucket, or a bad limit
 */
export function checkList(bucket: string, options: ListOptions): number {
  checkBucket(bucket);
  const { prefix, limit = 1000 } = options;
  const parts = prefix.split('/').slice(0, -1);
  const dotted = parts.some((part) => part === '' || part === '.' || part === '..');
  if (dotted || prefix.includes('\0') || LONE_SURROGATE.test(prefix)) {
    throw new HdfError('invalid', `${quote(prefix)} cannot begin a key`);
  }
  if (!Number.isSafeInteger(limit) || limit < 1) {
    throw new HdfError('invalid', `a listing's limit is a positive integer, not ${limit}`);
  }
  return limit;
}

function refuse(key: string, why: string): never {
  throw new HdfError('invalid', `object key ${quote(key)} has ${why}`);
}

function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
