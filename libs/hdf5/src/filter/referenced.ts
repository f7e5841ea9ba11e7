/**
 * Chunks that lie in HDF5 files: HDF5's own filter forms, undone in reverse order. Which filters
 * HDF5 left out for a chunk (its filter mask) is not known here, so a chunk that a compressor could
 * not shrink is told by its size.
 *
 * @see the storage page, "Filters of referenced chunks"
 */
import { HdfError } from '../errors.js';
import type { Datatype } from '../datatype/datatype.js';
import type { FilterEntry } from '../object/chunk-spec.js';
import { isBitshuffleStream } from './bitshuffle.js';
import { decodeFrame, parseFrame } from './blosc-frame.js';
import { runCodec } from './codec-pool.js';
import { corrupt, exactly } from './corrupt.js';
import { decodeDeflate, isZlibStream } from './deflate.js';
import { verifyFletcher32 } from './fletcher32.js';
import { decodeHdf5Lz4, hdf5Lz4Size } from './hdf5-lz4.js';
import { filterOf } from './registry.js';
import { decodeScaleOffset } from './scaleoffset.js';
import { unshuffle } from './shuffle.js';
import { decodeZstd } from './zstd.js';

/** What is known of a chunk in an HDF5 file. */
export interface ReferencedChunkCoding {
  readonly filters: readonly FilterEntry[];
  /** bytes */
  readonly itemSize: number;
  /** Plain bytes of the chunk as it lies in the file. */
  readonly plainSize: number;
  /** Needed by the scale-offset filter only. */
  readonly type?: Datatype | undefined;
  /** One element; zeros when absent. Needed by the scale-offset filter only. */
  readonly fill?: Uint8Array | undefined;
}

interface Step {
  readonly name: string;
  readonly entry: FilterEntry;
}

/**
 * The plain bytes of a chunk of an HDF5 file; they may share memory with `stored`.
 *
 * @throws HdfError `corrupt` when the chunk is damaged or has another size; `unsupported` for
 *   filters that are not read (szip, n-bit of reduced precision, unknown ones)
 */
export async function decodeReferencedChunk(
  stored: Uint8Array,
  coding: ReferencedChunkCoding,
): Promise<Uint8Array> {
  let bytes = stored;
  let isShuffled = true;
  for (const { name, entry } of decodeOrder(coding.filters)) {
    const frame = COMPRESSORS.has(name) ? parseFrame(bytes) : undefined;
    if (frame !== undefined) {
      const max = intermediateMax(coding);
      if (frame.plainBytes > max) throw corrupt(`blosc frame: at most ${max} bytes expected`);
      bytes = await decodeFrame(frame);
      // Shuffled inside the frame: HSDS takes the list's shuffle for that one.
      isShuffled &&= !frame.hasShuffle;
    } else if (name !== 'shuffle' || isShuffled) {
      bytes = await undo(name, bytes, { coding, entry });
    }
  }
  return exactly(bytes, coding.plainSize, 'referenced chunk');
}

const COMPRESSORS = new Set(['gzip', 'lzf', 'blosclz', 'snappy', 'lz4', 'lz4hc', 'zstd', 'szip']);
const TRANSFORMS = new Set(['shuffle', 'bitshuffle', 'scaleoffset', 'nbit']);

/**
 * The list backwards. Lists made for HSDS, to which the order means nothing, may name a shuffle
 * behind the compressor; no HDF5 file does, so it is taken to come first.
 */
function decodeOrder(filters: readonly FilterEntry[]): Step[] {
  const steps = filters.map((entry) => {
    const filter = filterOf(entry);
    if (filter !== undefined) return { name: filter.name, entry };
    throw new HdfError('unsupported', `filter ${entry.class} ${entry.id ?? ''} of an HDF5 file`);
  });
  const last = steps.findLastIndex(({ name }) => COMPRESSORS.has(name));
  if (last < 0) return steps.reverse();
  const isLate = ({ name }: Step, at: number): boolean => at > last && TRANSFORMS.has(name);
  const late = steps.filter(isLate);
  const others = steps.filter((step, at) => !isLate(step, at));
  return [...late, ...others].reverse();
}

interface Context {
  readonly coding: ReferencedChunkCoding;
  readonly entry: FilterEntry;
}

async function undo(name: string, bytes: Uint8Array, context: Context): Promise<Uint8Array> {
  const { itemSize, plainSize } = context.coding;
  switch (name) {
    case 'none':
      return bytes;
    case 'shuffle':
      return unshuffle(bytes, itemSize);
    case 'bitshuffle':
      return undoBitshuffle(bytes, context.coding);
    case 'fletcher32':
      return undoChecksum(bytes, plainSize);
    case 'scaleoffset':
      return undoScaleOffset(bytes, context);
    case 'nbit':
      // The types that HDF REST knows use all their bits, and HDF5 then stores them whole.
      if (bytes.length === plainSize) return bytes;
      throw new HdfError('unsupported', 'n-bit filter of a type of reduced precision');
    default:
      return decompress(name, bytes, context.coding);
  }
}

async function decompress(
  name: string,
  bytes: Uint8Array,
  coding: ReferencedChunkCoding,
): Promise<Uint8Array> {
  const max = intermediateMax(coding);
  const isLeftOut = bytes.length === coding.plainSize;
  switch (name) {
    case 'gzip':
      if (isZlibStream(bytes)) return decodeDeflate(bytes, max);
      break;
    case 'lzf':
      // What LZF cannot shrink HDF5 stores as it is, and never anything longer.
      if (!isLeftOut) return runCodec({ codec: 'lzf-decode', bytes, args: [max] });
      break;
    case 'lz4':
      if (!isLeftOut || hdf5Lz4Size(bytes) === coding.plainSize) return decodeHdf5Lz4(bytes, max);
      break;
    case 'zstd':
      if (!isLeftOut || isZstdFrame(bytes)) return decodeZstd(bytes, max);
      break;
    case 'blosclz':
      break;
    default:
      throw new HdfError('unsupported', `filter ${name} of an HDF5 file`);
  }
  if (isLeftOut) return bytes;
  throw corrupt(`referenced chunk: ${bytes.length} bytes are no ${name} data`);
}

async function undoBitshuffle(
  bytes: Uint8Array,
  { itemSize, plainSize }: ReferencedChunkCoding,
): Promise<Uint8Array> {
  const isBare = bytes.length === plainSize && !isBitshuffleStream(bytes, plainSize);
  if (isBare) return runCodec({ codec: 'bits-unshuffle', bytes, args: [itemSize] });
  return runCodec({ codec: 'bitshuffle-decode', bytes, args: [itemSize, plainSize] });
}

/** A checksum that a decompressor has already left out with what follows its stream is no error. */
function undoChecksum(bytes: Uint8Array, plainSize: number): Uint8Array {
  try {
    return verifyFletcher32(bytes);
  } catch (error) {
    if (bytes.length === plainSize) return bytes;
    throw error;
  }
}

function undoScaleOffset(bytes: Uint8Array, { coding, entry }: Context): Uint8Array {
  const { type, itemSize, plainSize } = coding;
  const number = type?.class === 'enum' ? type.base : type;
  if (number?.class !== 'integer' && number?.class !== 'float') {
    throw new HdfError(
      'unsupported',
      `scale-offset filter of ${type?.class ?? 'unknown'} elements`,
    );
  }
  const scaleOffset = entry.scaleOffset ?? (number.class === 'integer' ? 0 : undefined);
  if (scaleOffset === undefined) {
    throw new HdfError('unsupported', 'scale-offset filter of floats without `scaleOffset`');
  }
  const fill = coding.fill ?? new Uint8Array(itemSize);
  return decodeScaleOffset(bytes, { type: number, scaleOffset, fill, plainSize });
}

function isZstdFrame(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.subarray(0, 4)).toString('hex') === '28b52ffd';
}

/** Most bytes between two filters: streams inside streams may be longer than what they hold. */
function intermediateMax({ plainSize }: ReferencedChunkCoding): number {
  return 2 * plainSize + 4096;
}
