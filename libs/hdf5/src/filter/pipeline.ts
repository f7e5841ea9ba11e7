/**
 * Chunks in storage: HSDS's forms. A compressor gives a Blosc frame; a shuffle without one gives
 * shuffled bytes; the stored bytes say themselves what they are, nothing around them does.
 *
 * Objects that HSDS wrote with a byte shuffle and no compressor are not shuffled, yet both read
 * them as if they were: a defect of such data that cannot be detected.
 *
 * @see the storage page, "What is stored" and "Decoding a stored or referenced chunk"
 */
import { HdfError } from '../errors.js';
import type { FilterEntry } from '../object/chunk-spec.js';
import { bitshuffleBoundBytes, isBitshuffleStream } from './bitshuffle.js';
import { decodeFrame, encodeFrame, parseFrame } from './blosc-frame.js';
import { runCodec } from './codec-pool.js';
import { corrupt, exactly } from './corrupt.js';
import { decodeDeflate, isZlibStream } from './deflate.js';
import { filtersNeeded, type FilterPlan } from './registry.js';
import { shuffle, unshuffle } from './shuffle.js';

/** How the chunks of a dataset are stored. */
export interface ChunkCoding {
  readonly filters: readonly FilterEntry[];
  /** bytes, or variable */
  readonly itemSize: number | 'variable';
}

/** What is known of a stored chunk's plain bytes. */
export interface StoredChunkCoding extends ChunkCoding {
  /** bytes; unknown for variable items */
  readonly plainSize?: number | undefined;
  /** Most bytes to decode to when the size is unknown; 1 GiB when absent. */
  readonly plainBytesMax?: number | undefined;
}

const PLAIN_BYTES_MAX = 2 ** 30;

/**
 * The bytes to store for a chunk.
 *
 * @param plain the whole chunk, packed elements; the result may be this very array
 * @throws HdfError `too-large` for a compressed chunk of 2 GiB
 */
export async function encodeChunk(plain: Uint8Array, coding: ChunkCoding): Promise<Uint8Array> {
  const { compressor, level, shuffle: mode } = filtersNeeded(coding.filters, coding.itemSize);
  const itemSize = shuffledItemSize(coding.itemSize);
  if (compressor === 'none' && mode === 'byte') return shuffle(plain, itemSize);
  const bytes =
    mode === 'bit'
      ? await runCodec({ codec: 'bitshuffle-encode', bytes: plain, args: [itemSize] })
      : plain;
  if (compressor === 'none') return bytes;
  return encodeFrame(bytes, { compressor, level, shuffleFlag: mode === 'byte' });
}

/**
 * The plain bytes of a stored chunk. They may share memory with `stored`: copy them before writing
 * to them unless the stored bytes are yours.
 *
 * @throws HdfError `corrupt` when they are damaged or have another size than expected;
 *   `unsupported` for a frame of an unknown codec
 */
export async function decodeChunk(
  stored: Uint8Array,
  coding: StoredChunkCoding,
): Promise<Uint8Array> {
  const plan = filtersNeeded(coding.filters, coding.itemSize);
  const { bytes, mode } = await decompress(stored, plan, coding);
  const { plainSize } = coding;
  if (mode === 'bit') return decodeBits(bytes, coding);
  if (plainSize !== undefined) exactly(bytes, plainSize, 'stored chunk');
  return mode === 'byte' ? unshuffle(bytes, shuffledItemSize(coding.itemSize)) : bytes;
}

interface Decompressed {
  readonly bytes: Uint8Array;
  /** The shuffle that is still to be undone. */
  readonly mode: FilterPlan['shuffle'];
}

/** The codec is told by the bytes, not by the filter's name: they need not agree. */
async function decompress(
  stored: Uint8Array,
  plan: FilterPlan,
  coding: StoredChunkCoding,
): Promise<Decompressed> {
  const mode = plan.shuffle;
  if (plan.compressor === 'none') return { bytes: stored, mode };
  const maxBytes = compressedInputMax(plan, coding);
  const frame = parseFrame(stored);
  if (frame !== undefined) {
    if (frame.plainBytes > maxBytes) {
      throw corrupt(`stored chunk: expected at most ${maxBytes} bytes, found ${frame.plainBytes}`);
    }
    return { bytes: await decodeFrame(frame), mode: mode === 'byte' ? 'none' : mode };
  }
  // HSDS stores plain bytes for a level that Blosc refuses (a zstd of 15, say).
  const maybePlain = stored.length === coding.plainSize;
  if (plan.compressor === 'zlib' && isZlibStream(stored)) {
    const bytes = await decodeDeflate(stored, maxBytes).catch((error: unknown) => {
      if (maybePlain) return undefined;
      throw error;
    });
    if (bytes !== undefined) return { bytes, mode };
  }
  // Items of variable size tell themselves, when they are parsed, whether they are whole.
  if (maybePlain || coding.itemSize === 'variable') return { bytes: stored, mode: 'none' };
  const start = Buffer.from(stored.subarray(0, 4)).toString('hex');
  throw corrupt(
    `stored chunk: expected a blosc frame for ${plan.compressor}, ` +
      `found ${stored.length} bytes starting ${start}`,
  );
}

/** Most bytes that went into the compressor. */
function compressedInputMax(plan: FilterPlan, coding: StoredChunkCoding): number {
  const { plainSize, plainBytesMax, itemSize } = coding;
  if (plainSize === undefined) return plainBytesMax ?? PLAIN_BYTES_MAX;
  if (plan.shuffle !== 'bit' || itemSize === 'variable') return plainSize;
  // Other block sizes than ours are readable: the least has 8 elements.
  return bitshuffleBoundBytes(plainSize, itemSize) + plainSize;
}

async function decodeBits(stream: Uint8Array, coding: StoredChunkCoding): Promise<Uint8Array> {
  const itemSize = shuffledItemSize(coding.itemSize);
  const { plainSize } = coding;
  if (plainSize === undefined) {
    throw new HdfError('internal', 'a bitshuffled chunk is decoded without its plain size');
  }
  // HSDS 1.0 knows bitshuffle by no class of its own: what it stored is not shuffled.
  if (stream.length === plainSize && !isBitshuffleStream(stream, plainSize)) return stream;
  return runCodec({ codec: 'bitshuffle-decode', bytes: stream, args: [itemSize, plainSize] });
}

/** Shuffles happen only to items of a fixed size; the plan says `none` for others. */
function shuffledItemSize(itemSize: number | 'variable'): number {
  return itemSize === 'variable' ? 1 : itemSize;
}
