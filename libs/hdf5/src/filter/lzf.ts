/**
 * LZF, h5py's fast codec (HDF5 filter 32000): literal runs of up to 32 bytes and matches of 3 to
 * 264 bytes up to 8192 bytes back.
 *
 * @see h5py, LZF compression filter for HDF5
 */
import { corrupt } from './corrupt.js';
import { copyMatch } from './lz4-block.js';

const LITERALS_MAX = 32;
const DISTANCE_MAX = 8192;
const MATCH_MIN = 3;
const MATCH_MAX = 264;
const HASH_BITS = 14;

/**
 * Decodes a whole stream into the front of `target`.
 *
 * @returns bytes written, at most `target.length`
 * @throws HdfError `corrupt` when the stream is cut short, reaches outside or does not fit
 */
export function decodeLzf(stream: Uint8Array, target: Uint8Array): number {
  const end = stream.length;
  let at = 0;
  let out = 0;
  while (at < end) {
    const control = stream[at++] as number;
    if (control < LITERALS_MAX) {
      const count = control + 1;
      if (count > end - at || count > target.length - out) outside();
      for (const stop = at + count; at < stop;) target[out++] = stream[at++] as number;
      continue;
    }
    let length = (control >>> 5) + 2;
    if (length === 9) length += at < end ? (stream[at++] as number) : outside();
    const low = at < end ? (stream[at++] as number) : outside();
    const distance = ((control & 31) << 8) + low + 1;
    if (distance > out || length > target.length - out) outside();
    copyMatch(target, out, distance, length);
    out += length;
  }
  return out;
}

/** Encodes all of `plain` as one stream; it may be longer than `plain`. */
export function encodeLzf(plain: Uint8Array): Uint8Array {
  const stream = new Uint8Array(plain.length + Math.ceil(plain.length / LITERALS_MAX) + 4);
  const seen = new Int32Array(1 << HASH_BITS).fill(-1);
  let size = 0;
  let literalsFrom = 0;
  const flushLiterals = (until: number): void => {
    for (let at = literalsFrom; at < until; at += LITERALS_MAX) {
      const run = plain.subarray(at, Math.min(until, at + LITERALS_MAX));
      stream[size++] = run.length - 1;
      stream.set(run, size);
      size += run.length;
    }
  };
  for (let at = 0; at + MATCH_MIN <= plain.length;) {
    const hash = hashAt(plain, at);
    const candidate = seen[hash] as number;
    seen[hash] = at;
    const distance = at - candidate;
    const length = candidate < 0 || distance > DISTANCE_MAX ? 0 : matchLength(plain, candidate, at);
    if (length < MATCH_MIN) {
      at++;
      continue;
    }
    flushLiterals(at);
    const code = length - 2;
    stream[size++] = (Math.min(code, 7) << 5) | ((distance - 1) >>> 8);
    if (code >= 7) stream[size++] = code - 7;
    stream[size++] = (distance - 1) & 0xff;
    at += length;
    literalsFrom = at;
  }
  flushLiterals(plain.length);
  return stream.slice(0, size);
}

function hashAt(plain: Uint8Array, at: number): number {
  const bytes =
    (plain[at] as number) | ((plain[at + 1] as number) << 8) | ((plain[at + 2] as number) << 16);
  return Math.imul(bytes, 0x9e3779b1) >>> (32 - HASH_BITS);
}

function matchLength(plain: Uint8Array, from: number, at: number): number {
  const stop = Math.min(plain.length - at, MATCH_MAX);
  let length = 0;
  while (length < stop && plain[from + length] === plain[at + length]) length++;
  return length;
}

function outside(): never {
  throw corrupt('LZF stream: a length or distance reaches outside the stream or its result');
}
