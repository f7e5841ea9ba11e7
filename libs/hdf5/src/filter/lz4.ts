/**
 * LZ4 blocks through the native codec: on libuv's threads when they are large.
 *
 * @see LZ4 block format description; stack page, codecs
 */
import { corrupt, exactly } from './corrupt.js';
import { INLINE_BYTES } from './inline.js';
import { decodeLz4Block } from './lz4-block.js';
import { lz4Native } from './native.js';

/** lz4-napi keeps the plain size, little-endian, in front of its blocks. */
const SIZE_BYTES = 4;

/** One raw LZ4 block holding all of `plain`; it may be longer than `plain`. */
export async function encodeLz4Block(plain: Uint8Array): Promise<Uint8Array> {
  if (plain.length < INLINE_BYTES) return encodeLz4BlockSync(plain);
  return (await lz4Native().compress(plain)).subarray(SIZE_BYTES);
}

/** As {@link encodeLz4Block}, in the caller's thread: for small blocks and workers. */
export function encodeLz4BlockSync(plain: Uint8Array): Uint8Array {
  return lz4Native().compressSync(bufferOf(plain)).subarray(SIZE_BYTES);
}

/**
 * The `size` bytes of one raw LZ4 block.
 *
 * @throws HdfError `corrupt` when the block is damaged or holds another number of bytes
 */
export async function decodeLz4(block: Uint8Array, size: number): Promise<Uint8Array> {
  if (size < INLINE_BYTES) {
    const plain = new Uint8Array(size);
    return exactly(plain.subarray(0, decodeLz4Block(block, plain)), size, 'LZ4 block');
  }
  const prefixed = new Uint8Array(SIZE_BYTES + block.length);
  new DataView(prefixed.buffer).setUint32(0, size, true);
  prefixed.set(block, SIZE_BYTES);
  const plain = await lz4Native()
    .uncompress(prefixed)
    .catch((cause: unknown) => {
      throw corrupt(`LZ4 block of ${size} bytes is damaged`, cause);
    });
  return exactly(plain, size, 'LZ4 block');
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
