/** JSON scalars to the bytes of numbers, enums, strings, references and opaque elements. */
import type { Datatype, EnumType, FloatType, IntegerType } from '../datatype/datatype.js';
import { REFERENCE_BYTES } from '../datatype/datatype.js';
import { HdfError } from '../errors.js';
import { type Json, JsonFloat } from '../json/json.js';
import type { ByteSink } from './byte-sink.js';
import { decodeBase64, isBase64Text } from './base64.js';
import { numberToHalf } from './float16.js';
import { COUNT_BYTES, MAX_VLEN_BYTES } from './serialise.js';

/** Appends one element. @throws (when writing) HdfError `invalid` for what does not fit */
export type Write = (json: Json, sink: ByteSink) => void;

/** Types whose JSON value is one scalar. */
export type ScalarType = Exclude<Datatype, { class: 'compound' | 'array' | 'vlen' }>;

/** True for types whose JSON value is one scalar, never a list. */
export function isScalarType(type: Datatype): type is ScalarType {
  return type.class !== 'compound' && type.class !== 'array' && type.class !== 'vlen';
}

/**
 * The writer of a scalar type.
 *
 * @see HDF REST API, JSON values: conversions
 */
export function scalarWriter(type: ScalarType): Write {
  switch (type.class) {
    case 'integer':
      return integerWriter(type);
    case 'float':
      return floatWriter(type);
    case 'enum':
      return enumWriter(type);
    case 'string':
      if (type.length === 'variable') return writeCounted;
      return paddedWriter(type.length, textOf);
    case 'reference':
      return paddedWriter(REFERENCE_BYTES, stringOf);
    case 'opaque':
      return opaqueWriter(type.size);
  }
}

type PutNumber = (view: DataView, position: number, value: number) => void;

function integerWriter(type: IntegerType): Write {
  if (type.size === 8) return longWriter(type);
  const { size } = type;
  const span = 2 ** (8 * size);
  const least = type.signed ? -span / 2 : 0;
  const most = least + span - 1;
  const put = integerPutter(type);
  return (json, sink) => {
    // A fraction is cut off, so the open bounds are one further out.
    const value = typeof json === 'number' ? json : Number(integerOf(json));
    if (value > least - 1 && value < most + 1) {
      const position = sink.reserve(size); // may renew the view
      put(sink.view, position, value);
    } else {
      refuse(`an integer in ${least} to ${most}`, json);
    }
  };
}

/** Values in the range of the type only; what is behind the point is cut off. */
function integerPutter({ size, littleEndian: little }: IntegerType): PutNumber {
  // The set methods wrap modulo 2^bits, so that signed and unsigned need no difference.
  if (size === 1)
    return (view, position, value) => {
      view.setUint8(position, value);
    };
  if (size === 2)
    return (view, position, value) => {
      view.setUint16(position, value, little);
    };
  return (view, position, value) => {
    view.setUint32(position, value, little);
  };
}

function longWriter({ signed, littleEndian }: IntegerType): Write {
  const least = signed ? -(2n ** 63n) : 0n;
  const most = signed ? 2n ** 63n - 1n : 2n ** 64n - 1n;
  const low = littleEndian ? 0 : 4;
  return (json, sink) => {
    if (typeof json === 'number' && Number.isSafeInteger(json) && (signed || json >= 0)) {
      const position = sink.reserve(8);
      const { view } = sink;
      view.setUint32(position + low, json, littleEndian);
      view.setInt32(position + 4 - low, Math.floor(json / 4294967296), littleEndian);
      return;
    }
    const value = BigInt(integerOf(json));
    if (value < least || value > most) refuse(`an integer in ${least} to ${most}`, json);
    const position = sink.reserve(8);
    sink.view.setBigUint64(position, BigInt.asUintN(64, value), littleEndian);
  };
}

function floatWriter({ size, littleEndian: little }: FloatType): Write {
  const put = floatPutter(size, little);
  return (json, sink) => {
    const value = typeof json === 'number' ? json : floatOf(json);
    const position = sink.reserve(size);
    put(sink.view, position, value);
  };
}

function floatPutter(size: 2 | 4 | 8, little: boolean): PutNumber {
  if (size === 8)
    return (view, position, value) => {
      view.setFloat64(position, value, little);
    };
  if (size === 4)
    return (view, position, value) => {
      view.setFloat32(position, value, little);
    };
  return (view, position, value) => {
    view.setUint16(position, numberToHalf(value), little);
  };
}

function enumWriter(type: EnumType): Write {
  const write = integerWriter(type.base);
  return (json, sink) => {
    if (typeof json === 'string') refuse('an enum value as an integer', json);
    if (!type.boolean) write(json, sink);
    else write(integerOf(json) == 0 ? 0 : 1, sink);
  };
}

/** Fixed length: cut to the length, even inside a character, or padded with NUL. */
function paddedWriter(length: number, textFrom: (json: Json) => string): Write {
  return (json, sink) => {
    const text = typeof json === 'string' ? json : textFrom(json);
    const position = sink.reserve(length);
    const plain = writeAscii(text, sink.bytes, { position, length: Math.min(length, text.length) });
    if (!plain) sink.bytes.set(Buffer.from(text, 'utf8').subarray(0, length), position);
  };
}

/**
 * Opaque elements as text, or as base64 of the whole element, which HSDS 1.0 stores without saying so
 * and which is always longer than the element.
 */
function opaqueWriter(size: number): Write {
  const writeText = paddedWriter(size, stringOf);
  const encodedLength = 4 * Math.ceil(size / 3);
  return (json, sink) => {
    const isBase64 =
      typeof json === 'string' && json.length === encodedLength && isBase64Text(json);
    const bytes = isBase64 ? decodeBase64(json) : undefined;
    if (bytes?.length === size) sink.append(bytes);
    else writeText(json, sink);
  };
}

function writeCounted(json: Json, sink: ByteSink): void {
  const text = textOf(json);
  const { length } = text;
  const start = sink.reserve(COUNT_BYTES);
  if (length > MAX_VLEN_BYTES) refuseLength(length);
  const position = sink.reserve(length);
  let bytes = length;
  if (!writeAscii(text, sink.bytes, { position, length })) {
    const encoded = Buffer.from(text, 'utf8');
    bytes = encoded.length;
    if (bytes > MAX_VLEN_BYTES) refuseLength(bytes);
    sink.reserve(bytes - length);
    sink.bytes.set(encoded, position);
  }
  sink.view.setInt32(start, bytes, true);
}

/** Writes the first `length` characters as bytes; false, with some written, if one is not ASCII. */
function writeAscii(
  text: string,
  bytes: Uint8Array,
  { position, length }: { position: number; length: number },
): boolean {
  for (let index = 0; index < length; index++) {
    const code = text.charCodeAt(index);
    if (code > 0x7f) return false;
    bytes[position + index] = code;
  }
  return true;
}

function refuseLength(bytes: number): never {
  throw new HdfError('invalid', `string of ${bytes} bytes, at most ${MAX_VLEN_BYTES}`);
}

/** The integer of a JSON scalar, fractions cut off; a bigint where a number is not exact. */
function integerOf(json: Json): number | bigint {
  if (typeof json === 'boolean') return json ? 1 : 0;
  if (typeof json === 'bigint') return json;
  const value = json instanceof JsonFloat ? json.value : json;
  if (typeof value === 'number' && Number.isFinite(value)) {
    const whole = Math.trunc(value);
    return Number.isSafeInteger(whole) ? whole : BigInt(whole);
  }
  if (typeof value === 'string' && /^\s*[+-]?[0-9]{1,40}\s*$/.test(value)) {
    return BigInt(value.trim().replace(/^\+/, ''));
  }
  return refuse('an integer', json);
}

const SPECIAL_FLOATS = new Map([
  ['nan', NaN],
  ['inf', Infinity],
  ['infinity', Infinity],
]);

function floatOf(json: Json): number {
  if (json instanceof JsonFloat) return json.value;
  if (typeof json === 'boolean' || typeof json === 'bigint') return Number(json);
  if (typeof json !== 'string') return refuse('a number', json);
  const text = json.trim().toLowerCase();
  const sign = text.startsWith('-') ? -1 : 1;
  const special = SPECIAL_FLOATS.get(text.replace(/^[+-]/, ''));
  if (special !== undefined) return sign * special;
  if (/^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?$/.test(text)) return Number(text);
  return refuse('a number', json);
}

function textOf(json: Json): string {
  if (typeof json === 'string') return json;
  if (typeof json === 'number' || typeof json === 'bigint') return String(json);
  if (!(json instanceof JsonFloat)) return refuse('a string', json);
  return `${json.value}.0`;
}

function stringOf(json: Json): string {
  return typeof json === 'string' ? json : refuse('a string', json);
}

function refuse(expected: string, found: Json): never {
  throw new HdfError('invalid', `expected ${expected} but got ${describe(found)}`);
}

function describe(json: Json): string {
  if (json === null) return 'null';
  if (Array.isArray(json)) return `a list of ${json.length}`;
  if (json instanceof Map) return 'an object';
  const text = json instanceof JsonFloat ? String(json.value) : String(json);
  const short = text.length > 40 ? `${text.slice(0, 40)}...` : text;
  return typeof json === 'string' ? JSON.stringify(short) : short;
}
