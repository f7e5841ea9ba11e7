/**
 * The codecs of Blosc frames by their number in the frame's flags: what each does with one part.
 *
 * @see the storage page, "Blosc 1 frame"
 */
import { unreachable } from '../assert.js';
import { HdfError } from '../errors.js';
import { runCodec } from './codec-pool.js';
import { corrupt, exactly } from './corrupt.js';
import { decodeDeflate, encodeDeflate } from './deflate.js';
import { decodeLz4, encodeLz4Block } from './lz4.js';
import type { FrameCompressor } from './registry.js';
import { decodeZstd, encodeZstd } from './zstd.js';

/** Codec numbers of a frame's flags, bits 5 to 7; LZ4HC writes LZ4. */
export const CODEC_NUMBER: Readonly<Record<FrameCompressor, number>> = {
  blosclz: 0,
  lz4: 1,
  lz4hc: 1,
  zlib: 3,
  zstd: 4,
};

/** Zstandard's level for each of Blosc's 0 to 9; its own levels above 19 need much memory. */
const ZSTD_LEVELS = [1, 1, 3, 5, 7, 9, 11, 13, 15, 19];

/** Encodes one part; the result may be longer than `plain`. `level` 1 to 9. */
export function encodePart(
  codec: FrameCompressor,
  plain: Uint8Array,
  level: number,
): Promise<Uint8Array> {
  switch (codec) {
    case 'zlib':
      return encodeDeflate(plain, level);
    case 'lz4':
      return encodeLz4Block(plain);
    case 'lz4hc':
      return runCodec({ codec: 'lz4hc-encode', bytes: plain, args: [level] });
    case 'zstd':
      return encodeZstd(plain, ZSTD_LEVELS[level] ?? 9);
    case 'blosclz':
      return runCodec({ codec: 'blosclz-encode', bytes: plain, args: [] });
    default:
      return unreachable(codec);
  }
}

interface PartDecoder {
  readonly name: string;
  /** Most bytes that one stored byte can stand for, so that a false size allocates nothing. */
  readonly ratioMax: number;
  readonly decode: (part: Uint8Array, size: number) => Promise<Uint8Array>;
}

const DECODERS: Readonly<Record<number, PartDecoder>> = {
  0: {
    name: 'blosclz',
    ratioMax: 256,
    decode: (bytes, size) => runCodec({ codec: 'blosclz-decode', bytes, args: [size] }),
  },
  1: { name: 'lz4', ratioMax: 256, decode: decodeLz4 },
  2: {
    name: 'snappy',
    ratioMax: 64,
    decode: (bytes, size) => runCodec({ codec: 'snappy-decode', bytes, args: [size] }),
  },
  3: { name: 'zlib', ratioMax: 1040, decode: decodeDeflate },
  // A block of 128 KiB of one byte takes four bytes.
  4: { name: 'zstd', ratioMax: 32_768, decode: decodeZstd },
};

/**
 * Decodes one part of a frame to exactly `size` bytes.
 *
 * @throws HdfError `corrupt` when the part is damaged or holds another size; `unsupported` for a
 *   codec number that Blosc does not define
 */
export async function decodePart(
  codecNumber: number,
  part: Uint8Array,
  size: number,
): Promise<Uint8Array> {
  const decoder = DECODERS[codecNumber];
  if (decoder === undefined) {
    throw new HdfError('unsupported', `blosc frame with codec number ${codecNumber}`);
  }
  if (size > part.length * decoder.ratioMax) {
    throw corrupt(`${decoder.name} part: ${part.length} bytes cannot hold ${size}`);
  }
  return exactly(await decoder.decode(part, size), size, `${decoder.name} part`);
}
