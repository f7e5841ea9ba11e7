/**
 * HDF5's scale-offset filter (6), decoded only: numbers stored as a minimum and few-bit codes above
 * it, integers losslessly, floats to D decimal digits.
 *
 * @see HDF5 specification, filter H5Z_FILTER_SCALEOFFSET
 */
import { assert } from '../assert.js';
import { HdfError } from '../errors.js';
import type { FloatType, IntegerType } from '../datatype/datatype.js';
import { corrupt } from './corrupt.js';

/** u32 bits a code, u8 size of the minimum, then the minimum: 21 bytes in all. */
const HEADER_BYTES = 21;
const MINIMUM_AT = 5;

/** What of the dataset the filter depends on. */
export interface ScaleOffsetOptions {
  readonly type: IntegerType | FloatType;
  /** Decimal digits kept of floats; for integers the bits a code, 0 when the filter chose them. */
  readonly scaleOffset: number;
  /** One element as it lies in the chunk: what the highest code stands for. */
  readonly fill: Uint8Array;
  /** bytes, a multiple of the item size */
  readonly plainSize: number;
}

/**
 * The elements of a chunk, in the byte order of the type.
 *
 * @throws HdfError `corrupt` when the chunk is damaged; `unsupported` for half floats
 */
export function decodeScaleOffset(stored: Uint8Array, options: ScaleOffsetOptions): Uint8Array {
  const { type, plainSize } = options;
  assert(plainSize % type.size === 0, `${plainSize} bytes are whole elements`);
  assert(options.fill.length === type.size, 'the fill value is one element');
  if (type.class === 'float' && type.size === 2) {
    throw new HdfError('unsupported', 'scale-offset filter of 2-byte floats');
  }
  const isWhole = type.class === 'integer' && options.scaleOffset === 8 * type.size;
  if (isWhole && stored.length === plainSize) return stored;
  if (stored.length < HEADER_BYTES) {
    throw corrupt(`scale-offset chunk: cut short at ${stored.length} bytes`);
  }
  const view = new DataView(stored.buffer, stored.byteOffset, stored.length);
  const bits = view.getUint32(0, true);
  const count = plainSize / type.size;
  if (bits > 8 * type.size || HEADER_BYTES + Math.ceil((count * bits) / 8) > stored.length) {
    throw corrupt(`scale-offset chunk: ${count} codes of ${bits} bits in ${stored.length} bytes`);
  }
  const body = stored.subarray(HEADER_BYTES);
  if (bits === 8 * type.size) return storedWhole(body, type, plainSize);
  const plain = new Uint8Array(plainSize);
  const codes = new CodeReader(body, bits);
  const write = elementWriter(view, plain, options);
  const fillCode = (1n << BigInt(bits)) - 1n;
  for (let at = 0; at < plainSize; at += type.size) {
    const code = codes.next();
    if (code === fillCode) plain.set(options.fill, at);
    else write(at, code);
  }
  return plain;
}

/** Codes as wide as the elements are the elements, little-endian. */
function storedWhole(body: Uint8Array, type: IntegerType | FloatType, size: number): Uint8Array {
  const plain = body.slice(0, size);
  if (type.littleEndian) return plain;
  for (let at = 0; at < size; at += type.size) plain.subarray(at, at + type.size).reverse();
  return plain;
}

function elementWriter(header: DataView, plain: Uint8Array, options: ScaleOffsetOptions) {
  const { type, scaleOffset } = options;
  const to = new DataView(plain.buffer, plain.byteOffset, plain.length);
  if (type.class === 'float') {
    const isDouble = type.size === 8;
    const minimum = isDouble
      ? header.getFloat64(MINIMUM_AT, true)
      : header.getFloat32(MINIMUM_AT, true);
    const scale = 10 ** scaleOffset;
    return (at: number, code: bigint) => {
      const wide = isDouble ? Number(code) / scale : Math.fround(Number(code) / scale);
      if (isDouble) to.setFloat64(at, wide + minimum, type.littleEndian);
      else to.setFloat32(at, wide + minimum, type.littleEndian);
    };
  }
  const minimum = header.getBigInt64(MINIMUM_AT, true);
  const scratch = new DataView(new ArrayBuffer(8));
  return (at: number, code: bigint) => {
    scratch.setBigInt64(0, BigInt.asIntN(64, minimum + code), true);
    for (let i = 0; i < type.size; i++) {
      to.setUint8(at + (type.littleEndian ? i : type.size - 1 - i), scratch.getUint8(i));
    }
  };
}

/** Reads codes of a fixed number of bits, highest bit first. */
class CodeReader {
  private at = 0;
  /** Bits of the byte at `at` that are still to be read. */
  private left = 8;

  constructor(
    private readonly body: Uint8Array,
    private readonly bits: number,
  ) {}

  next(): bigint {
    let high = 0;
    let low = 0;
    for (let need = this.bits; need > 0;) {
      const take = Math.min(need, this.left);
      const piece = ((this.body[this.at] as number) >>> (this.left - take)) & ((1 << take) - 1);
      high = (high * 2 ** take + Math.floor((low * 2 ** take) / 2 ** 32)) >>> 0;
      low = ((low << take) | piece) >>> 0;
      this.left -= take;
      need -= take;
      if (this.left > 0) continue;
      this.left = 8;
      this.at++;
    }
    return high === 0 ? BigInt(low) : (BigInt(high) << 32n) | BigInt(low);
  }
}
