import { corrupt } from './corrupt.js';

const MAGIC = 0xfd2fb528;
/** Most bytes that one block of a frame can hold (RFC 8878, 3.1.1.2). */
const BLOCK_BYTES_MAX = 128 * 1024;
const BLOCK_HEADER_BYTES = 3;

/** What the headers of a frame tell, without decoding it. */
export interface ZstdFrameShape {
  /** Size of the frame itself, bytes. */
  readonly frameBytes: number;
  /** Bounds of its content, bytes; `leastBytes` is exact when the frame states its size. */
  readonly leastBytes: number;
  readonly mostBytes: number;
}

/**
 * Walks the headers of the Zstandard frame at the front of `bytes`.
 *
 * @throws HdfError `corrupt` when there is no frame, it is cut short, or states a content size that
 *   its blocks cannot hold
 * @see RFC 8878, 3.1.1
 */
export function inspectZstdFrame(bytes: Uint8Array): ZstdFrameShape {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < 6 || view.getUint32(0, true) !== MAGIC) {
    throw corrupt('expected a zstd frame, found no magic number');
  }
  const descriptor = view.getUint8(4);
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] as number;
  const sizeBytes = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >>> 6] as number;
  const sizeAt = 5 + (isSingleSegment ? 0 : 1) + dictionaryBytes;
  if (sizeAt + sizeBytes > bytes.length) throw corrupt('zstd frame: cut short in its header');

  const blocks = walkBlocks(view, sizeAt + sizeBytes);
  const frameBytes = blocks.end + ((descriptor & 4) !== 0 ? 4 : 0);
  if (frameBytes > bytes.length) throw corrupt('zstd frame: cut short in its checksum');
  if (sizeBytes === 0) return { frameBytes, ...blocks.content };
  const stated = statedSize(view, sizeAt, sizeBytes);
  const { leastBytes, mostBytes } = blocks.content;
  if (stated < leastBytes || stated > mostBytes) {
    throw corrupt(`zstd frame: states ${stated} bytes, its blocks hold up to ${mostBytes}`);
  }
  // The decoder checks the stated size only at the end, so the blocks' bound is kept.
  return { frameBytes, leastBytes: stated, mostBytes };
}

function walkBlocks(view: DataView, first: number) {
  let at = first;
  let leastBytes = 0;
  let mostBytes = 0;
  for (let isLast = false; !isLast;) {
    if (at + BLOCK_HEADER_BYTES > view.byteLength) throw corrupt('zstd frame: cut short');
    const header = view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
    const size = header >>> 3;
    const type = (header >>> 1) & 3;
    if (type === 3 || size > BLOCK_BYTES_MAX) throw corrupt('zstd frame: impossible block');
    isLast = (header & 1) !== 0;
    at += BLOCK_HEADER_BYTES + (type === 1 ? 1 : size);
    if (at > view.byteLength) throw corrupt('zstd frame: cut short in a block');
    const isCompressed = type === 2;
    leastBytes += isCompressed ? 0 : size;
    mostBytes += isCompressed ? BLOCK_BYTES_MAX : size;
  }
  return { end: at, content: { leastBytes, mostBytes } };
}

function statedSize(view: DataView, at: number, bytes: number): number {
  switch (bytes) {
    case 1:
      return view.getUint8(at);
    case 2:
      return view.getUint16(at, true) + 256; // so the format says
    case 4:
      return view.getUint32(at, true);
    default:
      return Number(view.getBigUint64(at, true));
  }
}
