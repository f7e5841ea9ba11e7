import { corrupt } from './corrupt.js';
import { decodeLz4 } from './lz4.js';

const HEADER_BYTES = 12;
const LENGTH_BYTES = 4;

/** The plain size that a chunk of HDF5 filter 32004 states, bytes; undefined without a header. */
export function hdf5Lz4Size(stored: Uint8Array): number | undefined {
  if (stored.length < HEADER_BYTES) return undefined;
  return Number(viewOf(stored).getBigUint64(0));
}

/**
 * HDF5's own LZ4 form (filter 32004): u64 plain bytes, u32 block bytes, then per block a u32 length
 * and an LZ4 block, or raw bytes when the length is the block's plain size; all big-endian.
 *
 * @param maxBytes most bytes the chunk may have
 * @throws HdfError `corrupt` when it is damaged or holds more
 * @see HDF5 registered filter 32004
 */
export async function decodeHdf5Lz4(stored: Uint8Array, maxBytes: number): Promise<Uint8Array> {
  const total = hdf5Lz4Size(stored);
  if (total === undefined || total > maxBytes) {
    throw corrupt(
      `HDF5 LZ4 chunk: expected at most ${maxBytes} bytes, it states ${total ?? 'none'}`,
    );
  }
  const view = viewOf(stored);
  const blockBytes = view.getUint32(8);
  if (blockBytes === 0 && total > 0) throw corrupt('HDF5 LZ4 chunk: blocks of no bytes');
  const plain = new Uint8Array(total);
  let at = HEADER_BYTES;
  for (let done = 0; done < total; done += blockBytes) {
    if (at + LENGTH_BYTES > stored.length) throw corrupt('HDF5 LZ4 chunk: cut short');
    const length = view.getUint32(at);
    at += LENGTH_BYTES;
    if (length > stored.length - at) throw corrupt('HDF5 LZ4 chunk: cut short in a block');
    const block = stored.subarray(at, at + length);
    const size = Math.min(blockBytes, total - done);
    plain.set(length === size ? block : await decodeLz4(block, size), done);
    at += length;
  }
  return plain;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
