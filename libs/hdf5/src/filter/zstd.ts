/**
 * Zstandard frames: node:zlib where it has them, a native package before Node 22.15.
 *
 * @see RFC 8878
 */
import { promisify } from 'node:util';
import { HdfError } from '../errors.js';
import { corrupt } from './corrupt.js';
import { nodeZstd, zstdNative } from './native.js';
import { inspectZstdFrame } from './zstd-frame.js';

/** One Zstandard frame; `level` 1 to 19. */
export async function encodeZstd(plain: Uint8Array, level: number): Promise<Uint8Array> {
  const node = nodeZstd();
  if (node === undefined) return new (zstdNative().Encoder)(level).encode(bufferOf(plain));
  const params = { [node.constants.ZSTD_c_compressionLevel]: level };
  const options = { params, pledgedSrcSize: plain.length, chunkSize: pieceBytes(plain.length) };
  return promisify(node.zstdCompress.bind(node))(plain, options);
}

/**
 * The content of the frame at the front of `stream`; bytes behind the frame are ignored.
 *
 * @param maxBytes most bytes the content may have
 * @throws HdfError `corrupt` when the frame is damaged, cut short or holds more; `unsupported` when
 *   it might hold far more and this Node has no bounded decoder
 */
export async function decodeZstd(stream: Uint8Array, maxBytes: number): Promise<Uint8Array> {
  const frame = inspectZstdFrame(stream);
  if (frame.leastBytes > maxBytes) {
    throw corrupt(`zstd frame: expected at most ${maxBytes} bytes, it holds ${frame.leastBytes}`);
  }
  const bytes = stream.subarray(0, frame.frameBytes);
  const decode = nodeZstd() === undefined ? decodeByPackage : decodeByNode;
  let plain;
  try {
    plain = await decode(bytes, maxBytes, frame.mostBytes);
  } catch (cause) {
    if (cause instanceof HdfError) throw cause;
    throw corrupt(`zstd frame of at most ${maxBytes} bytes is damaged or holds more`, cause);
  }
  if (plain.length <= maxBytes) return plain;
  throw corrupt(`zstd frame: expected at most ${maxBytes} bytes, it holds more`);
}

function decodeByNode(frame: Uint8Array, maxBytes: number): Promise<Buffer> {
  const node = nodeZstd() as NonNullable<ReturnType<typeof nodeZstd>>;
  const options = { maxOutputLength: maxBytes + 1, chunkSize: pieceBytes(maxBytes + 1) };
  return promisify(node.zstdDecompress.bind(node))(frame, options);
}

/**
 * The package's decoder has no limit of its own, so a frame is refused when the blocks it consists
 * of could hold far more than is wanted. Encoders fill their blocks, but may split one into many.
 */
const SPLIT_ALLOWANCE = 16;
const SPLIT_ALLOWANCE_BYTES = 16 * 1024 * 1024;

async function decodeByPackage(
  frame: Uint8Array,
  maxBytes: number,
  mostBytes: number,
): Promise<Buffer> {
  if (mostBytes > SPLIT_ALLOWANCE * maxBytes + SPLIT_ALLOWANCE_BYTES) {
    throw new HdfError(
      'unsupported',
      `zstd frame of up to ${mostBytes} bytes where ${maxBytes} are expected needs Node 22.15`,
    );
  }
  return new (zstdNative().Decoder)().decode(bufferOf(frame));
}

/** Output is gathered in pieces of this size; one piece is fastest. */
function pieceBytes(expected: number): number {
  return Math.min(4 * 1024 * 1024, Math.max(64, expected));
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
