/** IEEE 754 half precision, which typed arrays of this runtime do not know. */

const word = new DataView(new ArrayBuffer(8));

/** The value of 16 bits. */
export function halfToNumber(bits: number): number {
  const sign = (bits & 0x8000) === 0 ? 1 : -1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The 16 bits of a number, rounded to nearest, ties to even; too large is infinite. */
export function numberToHalf(value: number): number {
  if (Number.isNaN(value)) return 0x7e00;
  word.setFloat64(0, value);
  const sign = (word.getUint8(0) & 0x80) << 8;
  const size = Math.abs(value);
  if (size >= 65520) return sign | 0x7c00; // halfway above the largest half, 65504
  if (size < 2 ** -14) return sign | roundToEven(size * 2 ** 24); // subnormal, or up to normal
  const exponent = ((word.getUint16(0) >> 4) & 0x7ff) - 1023;
  const fraction = roundToEven((size / 2 ** exponent - 1) * 1024); // 1024 carries upwards
  return sign | (((exponent + 15) << 10) + fraction);
}

function roundToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest > 0.5) return floor + 1;
  return rest === 0.5 && floor % 2 === 1 ? floor + 1 : floor;
}
