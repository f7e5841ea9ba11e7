/**
 * The codecs in plain code that are slow enough to leave the caller's thread: one synchronous
 * function each, called with the bytes and one or two numbers. `codec-pool.ts` runs them.
 */
import { decodeBitshuffle, encodeBitshuffle, unshuffleBits } from './bitshuffle.js';
import { decodeBlosclz, encodeBlosclz } from './blosclz.js';
import { exactly } from './corrupt.js';
import { encodeLz4hcBlock } from './lz4hc.js';
import { decodeLzf, encodeLzf } from './lzf.js';
import { decodeSnappy } from './snappy.js';

/** By name; the arguments are documented at the functions called. */
export const WORKER_CODECS = {
  'bitshuffle-encode': (plain: Uint8Array, itemSize: number) => encodeBitshuffle(plain, itemSize),
  'bitshuffle-decode': (stream: Uint8Array, itemSize: number, plainSize: number) =>
    decodeBitshuffle(stream, itemSize, plainSize),
  'bits-unshuffle': (stored: Uint8Array, itemSize: number) => unshuffleBits(stored, itemSize),
  'blosclz-encode': (plain: Uint8Array) => encodeBlosclz(plain),
  'blosclz-decode': (stream: Uint8Array, size: number) => {
    const plain = new Uint8Array(size);
    return exactly(plain.subarray(0, decodeBlosclz(stream, plain)), size, 'BloscLZ stream');
  },
  'lz4hc-encode': (plain: Uint8Array, level: number) => encodeLz4hcBlock(plain, level),
  'lzf-encode': (plain: Uint8Array) => encodeLzf(plain),
  'lzf-decode': (stream: Uint8Array, maxBytes: number) => {
    const plain = new Uint8Array(maxBytes);
    return plain.subarray(0, decodeLzf(stream, plain));
  },
  'snappy-decode': (block: Uint8Array, size: number) => decodeSnappy(block, size),
} as const;

export type WorkerCodec = keyof typeof WORKER_CODECS;

/** One piece of work, as it is sent to a worker. */
export interface CodecTask {
  readonly codec: WorkerCodec;
  readonly bytes: Uint8Array;
  readonly args: readonly [number?, number?];
}

/** Does the work in this thread. @throws HdfError as the codec does */
export function runTask({ codec, bytes, args }: CodecTask): Uint8Array {
  const [first = 0, second = 0] = args;
  return WORKER_CODECS[codec](bytes, first, second);
}
