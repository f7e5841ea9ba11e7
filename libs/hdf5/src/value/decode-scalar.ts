/** The bytes of numbers, enums, strings, references and opaque elements to JSON values and text. */
import { isUtf8 } from 'node:buffer';
import type { FloatType, IntegerType } from '../datatype/datatype.js';
import { REFERENCE_BYTES } from '../datatype/datatype.js';
import { formatJson } from '../json/format.js';
import { type Json, JsonFloat } from '../json/json.js';
import type { ScalarType } from './encode-scalar.js';
import { halfToNumber } from './float16.js';
import { COUNT_BYTES } from './serialise.js';

/** A place in serialised elements, moved on by whoever reads. */
export interface Cursor {
  readonly bytes: Buffer;
  readonly view: DataView;
  position: number;
}

/** Starts at the first of some bytes. */
export function cursorOver(bytes: Uint8Array): Cursor {
  return {
    bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length),
    view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length),
    position: 0,
  };
}

/** Reads one element and moves on. */
export type Read<T> = (cursor: Cursor) => T;

/** Reads numbers of a type: `number`, or `bigint` for 64-bit integers that are not safe. */
export function numberReader(type: IntegerType | FloatType): Read<number | bigint> {
  return type.class === 'integer' ? integerReader(type) : floatReader(type);
}

/** The JSON text of scalars of a type; with `ignoreNan` non-finite floats are null. */
export function scalarFormatter(type: ScalarType, ignoreNan: boolean): Read<string> {
  switch (type.class) {
    case 'integer':
      return asText(integerReader(type));
    case 'float':
      return floatFormatter(floatReader(type), ignoreNan);
    case 'enum': {
      const read = integerReader(type.base);
      return type.boolean ? (cursor) => String(Boolean(read(cursor))) : asText(read);
    }
    case 'string': {
      const { length } = type;
      if (length !== 'variable') return textFormatter(length, true);
      return (cursor) => {
        const bytes = takeCount(cursor);
        return bytes === 0 ? '0' : formatText(cursor, bytes, plainEnd);
      };
    }
    case 'reference':
      return textFormatter(REFERENCE_BYTES, true);
    case 'opaque':
      return textFormatter(type.size, false);
  }
}

/** The JSON value of scalars of a type. */
export function scalarReader(type: ScalarType): Read<Json> {
  switch (type.class) {
    case 'integer':
      return integerReader(type);
    case 'float': {
      const read = floatReader(type);
      return (cursor) => {
        const value = read(cursor);
        return Number.isInteger(value) ? new JsonFloat(value) : value;
      };
    }
    case 'enum': {
      const read = integerReader(type.base);
      return type.boolean ? (cursor) => Boolean(read(cursor)) : read;
    }
    case 'string': {
      const { length } = type;
      if (length !== 'variable') return (cursor) => takeText(cursor, length, strippedEnd);
      return (cursor) => takeText(cursor, takeCount(cursor), plainEnd);
    }
    case 'reference':
      return (cursor) => takeText(cursor, REFERENCE_BYTES, strippedEnd);
    case 'opaque':
      return (cursor) => takeText(cursor, type.size, plainEnd);
  }
}

/** Whether the text of scalars of a type is valid UTF-8; true for numbers. */
export function scalarTextCheck(type: ScalarType): Read<boolean> {
  switch (type.class) {
    case 'integer':
    case 'float':
      return skipping(type.size);
    case 'enum':
      return skipping(type.base.size);
    case 'string': {
      const { length } = type;
      if (length !== 'variable') return (cursor) => isUtf8(takeBytes(cursor, length));
      return (cursor) => isUtf8(takeBytes(cursor, takeCount(cursor)));
    }
    case 'reference':
      return (cursor) => isUtf8(takeBytes(cursor, REFERENCE_BYTES));
    case 'opaque':
      return (cursor) => isUtf8(takeBytes(cursor, type.size));
  }
}

/** The byte count of a variable-length element, in front of its bytes. */
export function takeCount(cursor: Cursor): number {
  const count = cursor.view.getInt32(cursor.position, true);
  cursor.position += COUNT_BYTES;
  return count;
}

function integerReader(type: IntegerType): Read<number | bigint> {
  const { size, signed, littleEndian: little } = type;
  if (size === 8) return longReader(signed, little);
  const get = integerGetter(size, signed);
  return (cursor) => {
    const { position } = cursor;
    cursor.position = position + size;
    return get(cursor.view, position, little);
  };
}

type GetNumber = (view: DataView, position: number, little: boolean) => number;

function integerGetter(size: 1 | 2 | 4, signed: boolean): GetNumber {
  if (size === 1) return signed ? (view, at) => view.getInt8(at) : (view, at) => view.getUint8(at);
  if (size === 2) {
    if (signed) return (view, at, little) => view.getInt16(at, little);
    return (view, at, little) => view.getUint16(at, little);
  }
  if (signed) return (view, at, little) => view.getInt32(at, little);
  return (view, at, little) => view.getUint32(at, little);
}

function longReader(signed: boolean, little: boolean): Read<number | bigint> {
  return (cursor) => {
    const { view, position } = cursor;
    cursor.position = position + 8;
    const high = view.getInt32(position + (little ? 4 : 0), little);
    if (high >= -0x200000 && high < 0x200000 && (signed || high >= 0)) {
      const low = view.getUint32(position + (little ? 0 : 4), little);
      const value = high * 4294967296 + low;
      if (Number.isSafeInteger(value)) return value;
    }
    return signed ? view.getBigInt64(position, little) : view.getBigUint64(position, little);
  };
}

function floatReader({ size, littleEndian: little }: FloatType): Read<number> {
  const get = floatGetter(size);
  return (cursor) => {
    const { position } = cursor;
    cursor.position = position + size;
    return get(cursor.view, position, little);
  };
}

function floatGetter(size: 2 | 4 | 8): GetNumber {
  if (size === 8) return (view, at, little) => view.getFloat64(at, little);
  if (size === 4) return (view, at, little) => view.getFloat32(at, little);
  return (view, at, little) => halfToNumber(view.getUint16(at, little));
}

function asText(read: Read<number | bigint>): Read<string> {
  return (cursor) => String(read(cursor));
}

function floatFormatter(read: Read<number>, ignoreNan: boolean): Read<string> {
  return (cursor) => {
    const value = read(cursor);
    if (value % 1 !== 0) return Number.isFinite(value) || !ignoreNan ? String(value) : 'null';
    if (Object.is(value, -0)) return '-0.0';
    const text = String(value);
    return Math.abs(value) < 1e21 ? `${text}.0` : text; // beyond it has an exponent
  };
}

/** Up to here it is faster to put a text together than to ask the runtime for it. */
const SHORT_TEXT_BYTES = 12;

/** Where the text of a string ends that occupies some bytes. */
type TextEnd = (bytes: Buffer, start: number, end: number) => number;

const plainEnd: TextEnd = (_bytes, _start, end) => end;

/** Without trailing NULs and without a last character that was cut to fit. */
const strippedEnd: TextEnd = (bytes, start, end) => {
  let last = end;
  while (last > start && bytes[last - 1] === 0) last--;
  let lead = last - 1;
  while (lead > start && lead > last - 4 && ((bytes[lead] ?? 0) & 0xc0) === 0x80) lead--;
  const expected = characterBytes(bytes[lead] ?? 0);
  return lead >= start && expected > last - lead ? lead : last;
};

function characterBytes(lead: number): number {
  if (lead >= 0xc2 && lead < 0xe0) return 2;
  if (lead >= 0xe0 && lead < 0xf0) return 3;
  return lead >= 0xf0 && lead < 0xf5 ? 4 : 1;
}

function textFormatter(length: number, stripped: boolean): Read<string> {
  const textEnd = stripped ? strippedEnd : plainEnd;
  return (cursor) => formatText(cursor, length, textEnd);
}

function formatText(cursor: Cursor, length: number, textEnd: TextEnd): string {
  const { bytes, position: start } = cursor;
  cursor.position = start + length;
  const end = textEnd(bytes, start, start + length);
  const short = end - start <= SHORT_TEXT_BYTES;
  let text = '"';
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    const plain = byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c;
    if (!plain) return formatJson(bytes.toString('utf8', start, end));
    if (short) text += String.fromCharCode(byte);
  }
  return short ? text + '"' : `"${bytes.toString('latin1', start, end)}"`;
}

function takeText(cursor: Cursor, length: number, textEnd: TextEnd): string {
  const { bytes, position: start } = cursor;
  cursor.position = start + length;
  return bytes.toString('utf8', start, textEnd(bytes, start, start + length));
}

function takeBytes(cursor: Cursor, length: number): Uint8Array {
  const { bytes, position: start } = cursor;
  cursor.position = start + length;
  return bytes.subarray(start, start + length);
}

function skipping(size: number): Read<boolean> {
  return (cursor) => {
    cursor.position += size;
    return true;
  };
}
