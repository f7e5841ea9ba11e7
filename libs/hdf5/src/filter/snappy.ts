/**
 * Raw Snappy (no stream framing), decoded only: c-blosc builds with Snappy wrote such blocks.
 *
 * @see Snappy compressed format description
 */
import { corrupt } from './corrupt.js';
import { copyMatch } from './lz4-block.js';

/**
 * Decodes a block that holds exactly `size` bytes.
 *
 * @throws HdfError `corrupt` when the block states another size, is cut short or reaches outside
 */
export function decodeSnappy(block: Uint8Array, size: number): Uint8Array {
  const { value: stated, next } = statedSize(block);
  if (stated !== size) throw corrupt(`Snappy block: expected ${size} bytes, it states ${stated}`);
  const target = new Uint8Array(size);
  let at = next;
  let out = 0;
  while (at < block.length) {
    const tag = block[at++] as number;
    if ((tag & 3) === 0) {
      const extra = Math.max(0, (tag >>> 2) - 59);
      const length = (extra === 0 ? tag >>> 2 : littleEndian(block, at, extra)) + 1;
      at += extra;
      if (length > block.length - at || length > size - out) outside();
      target.set(block.subarray(at, at + length), out);
      at += length;
      out += length;
      continue;
    }
    const extra = [0, 1, 2, 4][tag & 3] as number;
    const low = littleEndian(block, at, extra);
    at += extra;
    const distance = extra === 1 ? ((tag & 0xe0) << 3) | low : low;
    const length = extra === 1 ? ((tag >>> 2) & 7) + 4 : (tag >>> 2) + 1;
    if (distance === 0 || distance > out || length > size - out) outside();
    copyMatch(target, out, distance, length);
    out += length;
  }
  if (out !== size) throw corrupt(`Snappy block: expected ${size} bytes, found ${out}`);
  return target;
}

/** The size in front: seven bits a byte, lowest first, at most five bytes. */
function statedSize(block: Uint8Array): { value: number; next: number } {
  let value = 0;
  for (let next = 0; next < Math.min(5, block.length); next++) {
    const byte = block[next] as number;
    value += (byte & 127) * 2 ** (7 * next);
    if (byte < 128) return { value, next: next + 1 };
  }
  throw corrupt('Snappy block: expected a size in front');
}

function littleEndian(block: Uint8Array, at: number, bytes: number): number {
  if (bytes > block.length - at) outside();
  let value = 0;
  for (let i = bytes - 1; i >= 0; i--) value = value * 256 + (block[at + i] as number);
  return value;
}

function outside(): never {
  throw corrupt('Snappy block: a length or distance reaches outside the block or its result');
}
