/**
 * BloscLZ, the codec of HDF5 filter 32001 and of Blosc codec number 0: literal runs of up to 32
 * bytes and matches up to 73,726 bytes back.
 *
 * @see part "Blosc 1 frame" of the storage page
 */
import { corrupt } from './corrupt.js';
import { copyMatch } from './lz4-block.js';

const LITERALS_MAX = 32;
/** Distances up to here take one byte beside the control byte. */
const NEAR_MAX = 8191;
const FAR_MAX = NEAR_MAX + 65_535;
/** A far match costs five bytes, so a shorter one does not pay. */
const FAR_MIN_LENGTH = 6;
const NEAR_MIN_LENGTH = 4;
/** Bytes at the end that stay literals; decoders expect at least one after a match. */
const LITERAL_TAIL = 8;
const HASH_BITS = 14;

/**
 * Decodes a whole stream into the front of `target`.
 *
 * @returns bytes written, at most `target.length`
 * @throws HdfError `corrupt` when the stream is cut short, reaches outside or does not fit
 */
export function decodeBlosclz(stream: Uint8Array, target: Uint8Array): number {
  const end = stream.length;
  if (end === 0) return 0;
  let control = (stream[0] as number) & 31;
  let at = 1;
  let out = 0;
  for (;;) {
    if (control >= 32) {
      let length = (control >>> 5) + 2;
      for (let more = length === 9 ? 255 : 0; more === 255; length += more) {
        more = at < end ? (stream[at++] as number) : outside();
      }
      let distance = ((control & 31) << 8) + (at < end ? (stream[at++] as number) : outside()) + 1;
      const isFar = distance === NEAR_MAX + 1;
      if (isFar && at + 2 > end) outside();
      if (isFar) {
        distance += (stream[at] as number) * 256 + (stream[at + 1] as number);
        at += 2;
      }
      if (distance > out || length > target.length - out) outside();
      copyMatch(target, out, distance, length);
      out += length;
    } else {
      const count = control + 1;
      if (count > end - at || count > target.length - out) outside();
      for (const stop = at + count; at < stop;) target[out++] = stream[at++] as number;
    }
    if (at >= end) return out;
    control = stream[at++] as number;
  }
}

function outside(): never {
  throw corrupt('BloscLZ stream: a length or distance reaches outside the stream or its result');
}

/** Encodes all of `plain` (at least one byte) as one stream; it may be longer than `plain`. */
export function encodeBlosclz(plain: Uint8Array): Uint8Array {
  const seen = new Int32Array(1 << HASH_BITS).fill(-1);
  const writer = new StreamWriter(plain);
  const stop = plain.length - LITERAL_TAIL;
  let at = 0;
  // What does not match is stepped over ever faster, so that noise costs little.
  let misses = 0;
  while (at < stop) {
    const hash = hashAt(plain, at);
    const candidate = seen[hash] as number;
    seen[hash] = at;
    const distance = at - candidate;
    const length =
      candidate < 0 || distance > FAR_MAX ? 0 : matchLength(plain, candidate, at, stop);
    if (length < (distance > NEAR_MAX ? FAR_MIN_LENGTH : NEAR_MIN_LENGTH)) {
      at += 1 + (misses++ >>> 6);
      continue;
    }
    misses = 0;
    writer.match(at, distance, length);
    at += length;
  }
  return writer.finish();
}

function hashAt(plain: Uint8Array, at: number): number {
  const word =
    (plain[at] as number) |
    ((plain[at + 1] as number) << 8) |
    ((plain[at + 2] as number) << 16) |
    ((plain[at + 3] as number) << 24);
  return Math.imul(word, 0x9e3779b1) >>> (32 - HASH_BITS);
}

function matchLength(plain: Uint8Array, from: number, at: number, stop: number): number {
  let length = 0;
  while (at + length < stop && plain[from + length] === plain[at + length]) length++;
  return length;
}

class StreamWriter {
  private readonly out: Uint8Array;
  private size = 0;
  private literalsFrom = 0;

  constructor(private readonly plain: Uint8Array) {
    this.out = new Uint8Array(plain.length + Math.ceil(plain.length / LITERALS_MAX) + 16);
  }

  match(at: number, distance: number, length: number): void {
    this.literals(at);
    const offset = Math.min(distance - 1, NEAR_MAX);
    this.out[this.size++] = (Math.min(length - 2, 7) << 5) | (offset >>> 8);
    if (length >= 9) this.extend(length - 9);
    this.out[this.size++] = offset & 0xff;
    if (distance > NEAR_MAX) {
      const far = distance - NEAR_MAX - 1;
      this.out[this.size++] = far >>> 8;
      this.out[this.size++] = far & 0xff;
    }
    this.literalsFrom = at + length;
  }

  finish(): Uint8Array {
    this.literals(this.plain.length);
    return this.out.slice(0, this.size);
  }

  private literals(until: number): void {
    for (let at = this.literalsFrom; at < until; at += LITERALS_MAX) {
      const stop = Math.min(until, at + LITERALS_MAX);
      this.out[this.size++] = stop - at - 1;
      for (let i = at; i < stop; i++) this.out[this.size++] = this.plain[i] as number;
    }
  }

  private extend(rest: number): void {
    let left = rest;
    for (; left >= 255; left -= 255) this.out[this.size++] = 255;
    this.out[this.size++] = left;
  }
}
