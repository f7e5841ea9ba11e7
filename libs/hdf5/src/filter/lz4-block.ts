/**
 * Raw LZ4 blocks (no frame, no size prefix) in plain code: for small blocks, where crossing into
 * native code costs more than the work.
 *
 * @see LZ4 block format description
 */
import { corrupt } from './corrupt.js';

/** Longest history a match can reach back, bytes. */
export const LZ4_WINDOW_BYTES = 65_535;
/** The last match must start this far before the end of the input, bytes. */
export const LZ4_MATCH_MARGIN = 12;
/** The last bytes of a block are literals. */
export const LZ4_LITERAL_TAIL = 5;
const MIN_MATCH = 4;

/** Most bytes that an incompressible block of `size` bytes can take. */
export function lz4BoundBytes(size: number): number {
  return size + Math.floor(size / 255) + 16;
}

/**
 * Decodes one block into the front of `target`.
 *
 * @returns bytes written, at most `target.length`
 * @throws HdfError `corrupt` when the block is cut short, reaches outside or does not fit
 */
export function decodeLz4Block(block: Uint8Array, target: Uint8Array): number {
  const end = block.length;
  let at = 0;
  let out = 0;
  while (at < end) {
    const token = block[at++] as number;
    let literals = token >>> 4;
    if (literals === 15) {
      let more;
      do {
        more = at < end ? (block[at++] as number) : outside();
        literals += more;
      } while (more === 255);
    }
    if (literals > end - at || literals > target.length - out) outside();
    if (literals > SHORT_COPY_BYTES) {
      target.set(block.subarray(at, at + literals), out);
      at += literals;
      out += literals;
    } else {
      for (const stop = at + literals; at < stop;) target[out++] = block[at++] as number;
    }
    if (at === end) return out;

    if (at + 2 > end) outside();
    const distance = (block[at] as number) | ((block[at + 1] as number) << 8);
    at += 2;
    let length = (token & 15) + MIN_MATCH;
    if (length === 15 + MIN_MATCH) {
      let more;
      do {
        more = at < end ? (block[at++] as number) : outside();
        length += more;
      } while (more === 255);
    }
    if (distance === 0 || distance > out || length > target.length - out) outside();
    copyMatch(target, out, distance, length);
    out += length;
  }
  throw corrupt('LZ4 block: expected literals at its end, found a match');
}

function outside(): never {
  throw corrupt('LZ4 block: a length or distance reaches outside the block or its result');
}

/** Long runs go to the engine's memmove; short ones are faster here. */
const SHORT_COPY_BYTES = 32;

/**
 * Repeats `length` bytes that lie `distance` before `out`; the two ranges may overlap, and then the
 * bytes repeat with that period. The caller has checked the bounds.
 */
export function copyMatch(target: Uint8Array, out: number, distance: number, length: number): void {
  const from = out - distance;
  if (length <= SHORT_COPY_BYTES) {
    for (let i = 0; i < length; i++) target[out + i] = target[from + i] as number;
  } else if (distance >= length) {
    target.copyWithin(out, from, from + length);
  } else if (distance === 1) {
    target.fill(target[from] as number, out, out + length);
  } else {
    // What is copied doubles each time, so a short period costs few calls.
    let done = 0;
    while (done < length) {
      const step = Math.min(distance + done, length - done);
      target.copyWithin(out + done, from, from + step);
      done += step;
    }
  }
}
