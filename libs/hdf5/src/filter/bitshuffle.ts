/**
 * Bitshuffle (HDF5 filter 32008): blocks of bit-transposed elements, each an LZ4 block, behind a
 * 12-byte header: u64 plain bytes, u32 block bytes, both big-endian. After the full blocks comes
 * one of the remaining elements rounded down to a multiple of 8, then the last few elements raw.
 *
 * @see bitshuffle's HDF5 filter 32008; the storage page, part "Bitshuffle"
 */
import { assert } from '../assert.js';
import { HdfError } from '../errors.js';
import { transposeBits, untransposeBits } from './bit-transpose.js';
import { corrupt } from './corrupt.js';
import { encodeLz4BlockSync } from './lz4.js';
import { decodeLz4Block, lz4BoundBytes } from './lz4-block.js';

const HEADER_BYTES = 12;
const LENGTH_BYTES = 4;
/** What HSDS writes. */
const BLOCK_ELEMENTS = 2048;
const ZSTD_MAGIC = 0xfd2fb528;

/** Most bytes that the stream of `plainSize` bytes can take. */
export function bitshuffleBoundBytes(plainSize: number, itemSize: number): number {
  const blocks = Math.ceil(plainSize / (BLOCK_ELEMENTS * itemSize)) + 1;
  return HEADER_BYTES + blocks * (LENGTH_BYTES + 16) + lz4BoundBytes(plainSize);
}

/** The stream of `plain`, elements of `itemSize` bytes, in blocks of 2048 elements. */
export function encodeBitshuffle(plain: Uint8Array, itemSize: number): Uint8Array {
  assert(itemSize >= 1, `items of ${itemSize} bytes`);
  const blockBytes = BLOCK_ELEMENTS * itemSize;
  const stream = new Uint8Array(bitshuffleBoundBytes(plain.length, itemSize));
  const view = viewOf(stream);
  view.setBigUint64(0, BigInt(plain.length));
  view.setUint32(8, blockBytes);
  let size = HEADER_BYTES;
  let done = 0;
  for (const bytes of blockSizes(plain.length, itemSize, blockBytes)) {
    const rows = new Uint8Array(bytes);
    transposeBits({ bytes: plain, at: done }, { bytes: rows, at: 0 }, bytes / itemSize, itemSize);
    const block = encodeLz4BlockSync(rows);
    view.setUint32(size, block.length);
    stream.set(block, size + LENGTH_BYTES);
    size += LENGTH_BYTES + block.length;
    done += bytes;
  }
  stream.set(plain.subarray(done), size);
  return stream.slice(0, size + plain.length - done);
}

/**
 * The plain bytes of a stream.
 *
 * @param plainSize bytes that the stream must hold
 * @throws HdfError `corrupt` for another size or a damaged stream; `unsupported` for blocks that
 *   are not LZ4
 */
export function decodeBitshuffle(
  stream: Uint8Array,
  itemSize: number,
  plainSize: number,
): Uint8Array {
  const blockBytes = checkHeader(stream, itemSize, plainSize);
  const view = viewOf(stream);
  const plain = new Uint8Array(plainSize);
  const scratch = new Uint8Array(Math.min(blockBytes, plainSize));
  let at = HEADER_BYTES;
  let done = 0;
  for (const bytes of blockSizes(plainSize, itemSize, blockBytes)) {
    if (at + LENGTH_BYTES > stream.length) throw cutShort(stream);
    const length = view.getUint32(at);
    at += LENGTH_BYTES;
    if (length > stream.length - at) throw cutShort(stream);
    const block = stream.subarray(at, at + length);
    refuseZstd(block);
    const rows = scratch.subarray(0, bytes);
    const found = decodeLz4Block(block, rows);
    if (found !== bytes) throw corrupt(`bitshuffle block: expected ${bytes}, found ${found} bytes`);
    untransposeBits({ bytes: rows, at: 0 }, { bytes: plain, at: done }, bytes / itemSize, itemSize);
    at += length;
    done += bytes;
  }
  if (plainSize - done > stream.length - at) throw cutShort(stream);
  plain.set(stream.subarray(at, at + plainSize - done), done);
  return plain;
}

/** Bytes aimed at by the bitshuffle library's own block choice, and its least element count. */
const LIBRARY_BLOCK_BYTES = 8192;
const LIBRARY_BLOCK_ELEMENTS_MIN = 128;

/**
 * The plain bytes of a chunk that was bit-transposed without compression: same length, no header,
 * blocks as the bitshuffle library chooses them.
 */
export function unshuffleBits(stored: Uint8Array, itemSize: number): Uint8Array {
  const aimed = Math.floor(LIBRARY_BLOCK_BYTES / itemSize / 8) * 8;
  const blockBytes = Math.max(aimed, LIBRARY_BLOCK_ELEMENTS_MIN) * itemSize;
  const plain = new Uint8Array(stored.length);
  let done = 0;
  for (const bytes of blockSizes(stored.length, itemSize, blockBytes)) {
    const count = bytes / itemSize;
    untransposeBits({ bytes: stored, at: done }, { bytes: plain, at: done }, count, itemSize);
    done += bytes;
  }
  plain.set(stored.subarray(done), done);
  return plain;
}

/** Whether the bytes start with a header that states `plainSize` bytes. */
export function isBitshuffleStream(stored: Uint8Array, plainSize: number): boolean {
  return stored.length >= HEADER_BYTES && viewOf(stored).getBigUint64(0) === BigInt(plainSize);
}

/** Full blocks, then the whole groups of 8 elements that remain; the rest is raw. */
function* blockSizes(total: number, itemSize: number, blockBytes: number): Generator<number> {
  let left = total;
  for (; left >= blockBytes; left -= blockBytes) yield blockBytes;
  const last = Math.floor(left / (8 * itemSize)) * 8 * itemSize;
  if (last > 0) yield last;
}

function checkHeader(stream: Uint8Array, itemSize: number, plainSize: number): number {
  if (stream.length < HEADER_BYTES) throw cutShort(stream);
  const view = viewOf(stream);
  const total = view.getBigUint64(0);
  if (total !== BigInt(plainSize)) {
    throw corrupt(`bitshuffle stream: expected ${plainSize} bytes, it states ${total.toString()}`);
  }
  const blockBytes = view.getUint32(8);
  if (blockBytes === 0 || blockBytes % (8 * itemSize) !== 0) {
    throw corrupt(`bitshuffle stream: blocks of ${blockBytes} bytes, elements of ${itemSize}`);
  }
  return blockBytes;
}

function refuseZstd(block: Uint8Array): void {
  // No LZ4 block starts so: two literals cannot be followed by a distance above 252.
  if (block.length >= 4 && viewOf(block).getUint32(0, true) === ZSTD_MAGIC) {
    throw new HdfError('unsupported', 'bitshuffle with Zstandard blocks; only LZ4 blocks are read');
  }
}

function cutShort(stream: Uint8Array): HdfError {
  return corrupt(`bitshuffle stream: cut short at ${stream.length} bytes`);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
