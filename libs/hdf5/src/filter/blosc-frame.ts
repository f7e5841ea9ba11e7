/**
 * Blosc 1 frames: a 16-byte header, block offsets, and per block one or more parts, each a length
 * and a compressed (or, at full length, raw) stream. All integers are little-endian.
 *
 * @see c-blosc, README_CHUNK_FORMAT; the storage page, "Blosc 1 frame"
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { HdfError } from '../errors.js';
import { untransposeBits } from './bit-transpose.js';
import { CODEC_NUMBER, decodePart, encodePart } from './block-codecs.js';
import { corrupt } from './corrupt.js';
import type { FrameCompressor } from './registry.js';
import { unshuffle } from './shuffle.js';

const HEADER_BYTES = 16;
const VERSION = 2;
const CODEC_VERSION = 1;
const FLAG_SHUFFLE = 1;
const FLAG_MEMCPY = 2;
const FLAG_BITSHUFFLE = 4;
const FLAG_NO_SPLIT = 16;
const CODEC_SHIFT = 5;
const SPLITS_MAX = 16;
/** Below it Blosc neither compresses nor splits, bytes. */
const LEAST_BYTES = 128;
const FRAME_BYTES_MAX = 2 ** 31 - 1;
/** Blocks of a frame decoded at once, and bytes after which other work gets its turn. */
const BLOCKS_AT_ONCE = 4;
const TURN_BYTES = 256 * 1024;
/** What a block costs at least, as bytes. */
const BLOCK_COST_BYTES = 1024;
/** Blosc's least block is 128 bytes, rounded down to whole elements of at most 255. */
const BLOCK_BYTES_MIN = 64;

/** A frame's header, checked against the bytes it stands before. */
export interface BloscFrame {
  readonly bytes: Uint8Array;
  readonly flags: number;
  /** Whether the frame says that Blosc shuffles bytes; decoding undoes it. */
  readonly hasShuffle: boolean;
  readonly typeSize: number;
  /** Plain size, bytes. */
  readonly plainBytes: number;
  readonly blockBytes: number;
}

/** The frame at the front of `stored`; undefined when its header does not fit these bytes. */
export function parseFrame(stored: Uint8Array): BloscFrame | undefined {
  if (stored.length < HEADER_BYTES) return undefined;
  const view = viewOf(stored);
  const flags = view.getUint8(2);
  const typeSize = view.getUint8(3);
  const plainBytes = view.getUint32(4, true);
  const blockBytes = view.getUint32(8, true);
  const frameBytes = view.getUint32(12, true);
  if (view.getUint8(0) !== VERSION || typeSize === 0) return undefined;
  if (frameBytes < HEADER_BYTES || frameBytes > stored.length) return undefined;
  if (plainBytes > FRAME_BYTES_MAX) return undefined;
  if (flags & FLAG_MEMCPY && plainBytes > frameBytes - HEADER_BYTES) return undefined;
  const hasShuffle = (flags & FLAG_SHUFFLE) !== 0;
  const bytes = stored.subarray(0, frameBytes);
  return { bytes, flags, hasShuffle, typeSize, plainBytes, blockBytes };
}

/**
 * The plain bytes of a frame; of a stored-only frame, a view of it.
 *
 * @throws HdfError `corrupt` when the frame is damaged; `unsupported` for an unknown codec
 */
export async function decodeFrame(frame: BloscFrame): Promise<Uint8Array> {
  const { bytes, flags, plainBytes } = frame;
  if (flags & FLAG_MEMCPY) return bytes.subarray(HEADER_BYTES, HEADER_BYTES + plainBytes);
  if (plainBytes === 0) return new Uint8Array(0);
  const blocks = checkBlocks(frame);
  if (blocks === 1) return decodeBlock(frame, 0);

  const plain = new Uint8Array(plainBytes);
  let next = 0;
  const work = async (): Promise<void> => {
    let sinceTurn = 0;
    while (next < blocks) {
      const index = next++;
      const block = await decodeBlock(frame, index);
      plain.set(block, index * frame.blockBytes);
      sinceTurn += Math.max(block.length, BLOCK_COST_BYTES);
      if (sinceTurn < TURN_BYTES) continue;
      await nextTurn();
      sinceTurn = 0;
    }
  };
  await Promise.all(Array.from({ length: BLOCKS_AT_ONCE }, work));
  return plain;
}

/** How many blocks there are; their offsets fit in the frame. */
function checkBlocks({ bytes, plainBytes, blockBytes }: BloscFrame): number {
  if (blockBytes === 0 || (blockBytes < BLOCK_BYTES_MIN && blockBytes < plainBytes)) {
    throw corrupt(`blosc frame: ${plainBytes} bytes in blocks of ${blockBytes}`);
  }
  const blocks = Math.ceil(plainBytes / blockBytes);
  if (HEADER_BYTES + 4 * blocks > bytes.length) {
    throw corrupt(`blosc frame: ${blocks} blocks in ${bytes.length} bytes`);
  }
  return blocks;
}

async function decodeBlock(frame: BloscFrame, index: number): Promise<Uint8Array> {
  const { bytes, flags, typeSize, plainBytes, blockBytes } = frame;
  const view = viewOf(bytes);
  const size = Math.min(blockBytes, plainBytes - index * blockBytes);
  const isSplit =
    !(flags & FLAG_NO_SPLIT) &&
    typeSize <= SPLITS_MAX &&
    Math.floor(size / typeSize) >= LEAST_BYTES &&
    size === blockBytes;
  const splits = isSplit ? typeSize : 1;
  if (size % splits !== 0) throw corrupt(`blosc block of ${size} bytes in ${splits} parts`);
  const partBytes = size / splits;
  let at = view.getUint32(HEADER_BYTES + 4 * index, true);
  const parts: Uint8Array[] = [];
  for (let i = 0; i < splits; i++) {
    if (at + 4 > bytes.length) throw corrupt('blosc frame: a block starts outside');
    const length = view.getUint32(at, true);
    at += 4;
    if (length > bytes.length - at) throw corrupt('blosc frame: a part reaches outside');
    const part = bytes.subarray(at, at + length);
    parts.push(
      length === partBytes ? part : await decodePart(flags >>> CODEC_SHIFT, part, partBytes),
    );
    at += length;
  }
  return undoShuffle(frame, joined(parts, partBytes));
}

function joined(parts: readonly Uint8Array[], partBytes: number): Uint8Array {
  if (parts.length === 1) return parts[0] as Uint8Array;
  const block = new Uint8Array(parts.length * partBytes);
  parts.forEach((part, i) => {
    block.set(part, i * partBytes);
  });
  return block;
}

function undoShuffle({ flags, typeSize }: BloscFrame, block: Uint8Array): Uint8Array {
  if (flags & FLAG_SHUFFLE && typeSize > 1) return unshuffle(block, typeSize);
  if (!(flags & FLAG_BITSHUFFLE)) return block;
  const count = Math.floor(block.length / typeSize);
  if (count % 8 !== 0) return block;
  const plain = new Uint8Array(block.length);
  untransposeBits({ bytes: block, at: 0 }, { bytes: plain, at: 0 }, count, typeSize);
  plain.set(block.subarray(count * typeSize), count * typeSize);
  return plain;
}

/** How a frame is written. */
export interface FrameOptions {
  readonly compressor: FrameCompressor;
  /** 0 (stored) to 9. */
  readonly level: number;
  /** Sets the shuffle flag, as HSDS does; with elements of one byte it moves nothing. */
  readonly shuffleFlag: boolean;
}

/**
 * One frame of one block with type size 1, as HSDS writes them; stored-only when the bytes are few,
 * the level is 0 or compression does not pay.
 *
 * @throws HdfError `too-large` for more than a frame can count (2 GiB)
 */
export async function encodeFrame(plain: Uint8Array, options: FrameOptions): Promise<Uint8Array> {
  const { compressor, level, shuffleFlag } = options;
  if (plain.length > FRAME_BYTES_MAX - HEADER_BYTES) {
    throw new HdfError('too-large', `a blosc frame holds 2 GiB at most, not ${plain.length} bytes`);
  }
  const isTiny = plain.length < LEAST_BYTES;
  let flags = CODEC_NUMBER[compressor] << CODEC_SHIFT;
  if (shuffleFlag) flags |= FLAG_SHUFFLE;
  if (compressor === 'zstd' || isTiny) flags |= FLAG_NO_SPLIT;
  if (level > 0 && !isTiny) {
    const part = await encodePart(compressor, plain, level);
    const partAt = HEADER_BYTES + 4 + 4;
    if (partAt + part.length < plain.length + HEADER_BYTES) {
      const frame = withHeader(flags, plain.length, partAt + part.length);
      viewOf(frame).setUint32(HEADER_BYTES, HEADER_BYTES + 4, true);
      viewOf(frame).setUint32(HEADER_BYTES + 4, part.length, true);
      frame.set(part, partAt);
      return frame;
    }
  }
  const frame = withHeader(flags | FLAG_MEMCPY, plain.length, HEADER_BYTES + plain.length);
  frame.set(plain, HEADER_BYTES);
  return frame;
}

function withHeader(flags: number, plainBytes: number, frameBytes: number): Uint8Array {
  const frame = new Uint8Array(frameBytes);
  frame.set([VERSION, CODEC_VERSION, flags, 1]);
  const view = viewOf(frame);
  view.setUint32(4, plainBytes, true);
  view.setUint32(8, plainBytes, true);
  view.setUint32(12, frameBytes, true);
  return frame;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
