/**
 * zlib streams (RFC 1950), HDF5 filter 1: on libuv's threads when they are large.
 *
 * @see RFC 1950
 */
import { promisify } from 'node:util';
import zlib from 'node:zlib';
import { corrupt } from './corrupt.js';
import { INLINE_BYTES } from './inline.js';

const deflateAsync = promisify<Uint8Array, zlib.ZlibOptions, Buffer>(zlib.deflate);
const inflateAsync = promisify<Uint8Array, zlib.ZlibOptions, Buffer>(zlib.inflate);

/** Output is gathered in pieces between these sizes, bytes; one piece is fastest. */
const PIECE_BYTES_MIN = 64;
const PIECE_BYTES_MAX = 16 * 1024 * 1024;
/** A piece for output whose size is only bounded, bytes, or this many times the input. */
const PIECE_BYTES_GUESS = 1024 * 1024;
const PIECE_RATIO_GUESS = 8;

/** One zlib stream; `level` 0 to 9. */
export async function encodeDeflate(plain: Uint8Array, level: number): Promise<Uint8Array> {
  if (plain.length < INLINE_BYTES) return zlib.deflateSync(plain, { level });
  return deflateAsync(plain, { level, chunkSize: pieceBytes(plain.length >>> 1) });
}

/**
 * The content of the zlib stream at the front of `stream`; bytes behind the stream are ignored.
 *
 * @param maxBytes most bytes the content may have
 * @throws HdfError `corrupt` when the stream is damaged, cut short or holds more
 */
export async function decodeDeflate(stream: Uint8Array, maxBytes: number): Promise<Uint8Array> {
  const guess = Math.max(PIECE_BYTES_GUESS, PIECE_RATIO_GUESS * stream.length);
  const expected = Math.min(maxBytes + 1, guess);
  // One byte beyond, because the limit must be positive and a full last piece is no overflow.
  const options = { maxOutputLength: maxBytes + 1, chunkSize: pieceBytes(expected) };
  try {
    const inline = stream.length < INLINE_BYTES && maxBytes < 4 * INLINE_BYTES;
    const plain = inline ? zlib.inflateSync(stream, options) : await inflateAsync(stream, options);
    if (plain.length <= maxBytes) return plain;
  } catch (cause) {
    throw corrupt(`zlib stream of at most ${maxBytes} bytes is damaged or holds more`, cause);
  }
  throw corrupt(`zlib stream: expected at most ${maxBytes} bytes, it holds more`);
}

/** Whether the bytes can start a zlib stream (method, window and header check). */
export function isZlibStream(bytes: Uint8Array): boolean {
  const [method = 0, check = 0] = bytes;
  return (method & 15) === 8 && method >>> 4 <= 7 && ((method << 8) | check) % 31 === 0;
}

function pieceBytes(expected: number): number {
  return Math.min(PIECE_BYTES_MAX, Math.max(PIECE_BYTES_MIN, expected));
}
