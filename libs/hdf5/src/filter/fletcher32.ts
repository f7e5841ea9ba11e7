import { corrupt } from './corrupt.js';

/** Bytes that the filter appends. */
export const CHECKSUM_BYTES = 4;

/** 16-bit words whose sums cannot pass 32 bits before they are folded. */
const WORDS_A_ROUND = 360;

/**
 * HDF5's Fletcher checksum: big-endian 16-bit words, an odd last byte counting as a high byte.
 *
 * @returns an unsigned 32-bit integer
 * @see HDF5 specification, filter H5Z_FILTER_FLETCHER32
 */
export function fletcher32(bytes: Uint8Array): number {
  let first = 0;
  let second = 0;
  const even = bytes.length & ~1;
  for (let at = 0; at < even;) {
    const stop = Math.min(even, at + 2 * WORDS_A_ROUND);
    for (; at < stop; at += 2) {
      first += ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
      second += first;
    }
    first = fold(first);
    second = fold(second);
  }
  if (even < bytes.length) {
    first = fold(first + ((bytes[even] as number) << 8));
    second = fold(second + first);
  }
  return ((fold(second) << 16) | fold(first)) >>> 0;
}

/** The bytes with their checksum behind them, as HDF5 stores them. */
export function appendFletcher32(bytes: Uint8Array): Uint8Array {
  const stored = new Uint8Array(bytes.length + CHECKSUM_BYTES);
  stored.set(bytes);
  viewOf(stored).setUint32(bytes.length, fletcher32(bytes), true);
  return stored;
}

/**
 * The bytes before the checksum (a view). Both byte orders that HDF5 libraries have written are
 * accepted.
 *
 * @throws HdfError `corrupt` when the checksum is missing or another
 */
export function verifyFletcher32(stored: Uint8Array): Uint8Array {
  const size = stored.length - CHECKSUM_BYTES;
  if (size < 0)
    throw corrupt(`fletcher32: expected a 4-byte checksum, found ${stored.length} bytes`);
  const bytes = stored.subarray(0, size);
  const found = viewOf(stored).getUint32(size, true);
  const expected = fletcher32(bytes);
  if (found !== expected && found !== swapHalves(expected)) {
    throw corrupt(`fletcher32: expected ${expected.toString(16)}, found ${found.toString(16)}`);
  }
  return bytes;
}

function fold(sum: number): number {
  let folded = sum;
  while (folded > 0xffff) folded = (folded % 0x10000) + Math.floor(folded / 0x10000);
  return folded;
}

/** The same checksum with the bytes of each 16-bit half exchanged (HDF5 before 1.6.3). */
function swapHalves(sum: number): number {
  return (((sum >>> 8) & 0x00ff00ff) | ((sum << 8) & 0xff00ff00)) >>> 0;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
