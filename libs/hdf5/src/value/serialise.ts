/**
 * Bytes to runs of elements and the variable-length form.
 *
 * @see HDF REST API, variable-length data: serialisation
 */
import type { CompoundField, Datatype } from '../datatype/datatype.js';
import { itemSize } from '../datatype/size.js';
import { HdfError } from '../errors.js';
import { requireRunBytes } from './byte-sink.js';
import { repeatElement } from './element-runs.js';
import { type Elements, type VlenElements, isFixed } from './elements.js';

/** Most bytes of one variable-length string or sequence. */
export const MAX_VLEN_BYTES = 1_000_000;

/** Bytes of the count in front of a variable-length string or sequence. */
export const COUNT_BYTES = 4;

/** Steps over one element: the position behind it. */
export type Skip = (view: DataView, position: number) => number;

/**
 * Takes bytes as elements of a type.
 *
 * @param bytes kept, not copied
 * @throws HdfError `invalid` when they are not exactly `count` elements
 */
export function wrapElements(type: Datatype, bytes: Uint8Array, count: number): Elements {
  const size = itemSize(type);
  if (size === 'variable') return splitSerialised(type, bytes, count);
  if (bytes.length !== size * count) {
    throw new HdfError('invalid', `expected ${size * count} bytes but got ${bytes.length}`);
  }
  return { itemSize: size, bytes };
}

/**
 * Finds the elements in serialised bytes of a type that is or contains variable-length data.
 *
 * @param bytes kept, not copied
 * @throws HdfError `invalid` for bad counts, missing or trailing bytes
 */
export function splitSerialised(type: Datatype, bytes: Uint8Array, count: number): VlenElements {
  const least = leastBytes(type);
  if (least * count > bytes.length) {
    throw new HdfError('invalid', `expected ${count} elements but ${bytes.length} bytes are less`);
  }
  const skip = skipOver(type);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const offsets = new Uint32Array(requireRunBytes(count + 1));
  let position = 0;
  for (let index = 1; index <= count; index++) {
    position = skip(view, position);
    offsets[index] = position;
  }
  if (position !== bytes.length) {
    throw new HdfError('invalid', `expected ${position} bytes but got ${bytes.length}`);
  }
  return { itemSize: 'variable', offsets, bytes };
}

/**
 * Elements without data: the fill value, or zeros, empty strings and empty sequences.
 *
 * @param fill one element of the type, or null for none
 * @throws HdfError `too-large`
 */
export function fillElements(type: Datatype, count: number, fill: Elements | null): Elements {
  if (fill !== null) return repeatElement(fill, count);
  const size = itemSize(type);
  const least = leastBytes(type);
  if (size !== 'variable')
    return repeatElement({ itemSize: size, bytes: new Uint8Array(size) }, count);
  const empty = { bytes: new Uint8Array(least), offsets: Uint32Array.of(0, least) };
  return repeatElement({ itemSize: 'variable', ...empty }, count);
}

/**
 * Turns the numeric scalar fields of variable-length compounds from little-endian, as HSDS clients
 * send them whatever order is declared, to their declared order. Array fields and sequences come in
 * declared order. Other types are returned as they are.
 *
 * @see HDF REST API, big-endian scalars in variable-length compounds
 */
export function swapVlenCompoundScalars(type: Datatype, elements: Elements): Elements {
  if (type.class !== 'compound' || isFixed(elements) || !hasBigEndianScalar(type)) return elements;
  const bytes = new Uint8Array(elements.bytes);
  const view = new DataView(bytes.buffer);
  const skip = swapFields(type.fields, bytes);
  let position = 0;
  while (position < bytes.length) position = skip(view, position);
  return { ...elements, bytes };
}

/** Steps over elements of a type in serialised bytes. @throws (when stepping) HdfError `invalid` */
export function skipOver(type: Datatype): Skip {
  const size = itemSize(type);
  if (size !== 'variable') return (view, position) => requireBytes(view, position, size);
  switch (type.class) {
    case 'compound':
      return inOrder(type.fields.map((field) => skipOver(field.type)));
    case 'array':
      return repeatSkip(skipOver(type.base), type.dims);
    case 'vlen':
      return skipCounted(unitBytes(type.base));
    default:
      return skipCounted(1);
  }
}

/** Bytes of the smallest element of a type: every variable part is empty. */
export function leastBytes(type: Datatype): number {
  const size = itemSize(type);
  if (size !== 'variable') return size;
  switch (type.class) {
    case 'compound':
      return type.fields.reduce((sum, field) => sum + leastBytes(field.type), 0);
    case 'array':
      return product(type.dims) * leastBytes(type.base);
    default:
      return COUNT_BYTES;
  }
}

/** Bytes of one base element of a sequence. @throws HdfError `invalid` for a variable base */
export function unitBytes(base: Datatype): number {
  const size = itemSize(base);
  if (size !== 'variable' && size > 0) return size;
  throw new HdfError('invalid', 'sequences of variable-length elements have no values');
}

function skipCounted(unit: number): Skip {
  return (view, position) => {
    const start = requireBytes(view, position, COUNT_BYTES);
    const bytes = view.getInt32(position, true);
    if (bytes < 0 || bytes > MAX_VLEN_BYTES) {
      throw new HdfError('invalid', `count of ${bytes} bytes is not in 0 to ${MAX_VLEN_BYTES}`);
    }
    if (bytes % unit !== 0) {
      throw new HdfError('invalid', `count of ${bytes} bytes is no multiple of ${unit}`);
    }
    return requireBytes(view, start, bytes);
  };
}

function inOrder(skips: readonly Skip[]): Skip {
  return (view, position) => {
    let end = position;
    for (const skip of skips) end = skip(view, end);
    return end;
  };
}

function repeatSkip(skip: Skip, dims: readonly number[]): Skip {
  const count = product(dims);
  return (view, position) => {
    let end = position;
    for (let nth = 0; nth < count; nth++) end = skip(view, end);
    return end;
  };
}

function requireBytes(view: DataView, position: number, size: number): number {
  const end = position + size;
  if (end <= view.byteLength) return end;
  throw new HdfError('invalid', `expected at least ${end} bytes but got ${view.byteLength}`);
}

function swapFields(fields: readonly CompoundField[], bytes: Uint8Array): Skip {
  return inOrder(
    fields.map(({ type }): Skip => {
      if (type.class === 'compound') return swapFields(type.fields, bytes);
      const skip = skipOver(type);
      if (!isBigEndianScalar(type)) return skip;
      return (view, position) => {
        const end = skip(view, position);
        bytes.subarray(position, end).reverse();
        return end;
      };
    }),
  );
}

function hasBigEndianScalar(type: Datatype): boolean {
  if (type.class !== 'compound') return isBigEndianScalar(type);
  return type.fields.some((field) => hasBigEndianScalar(field.type));
}

function isBigEndianScalar(type: Datatype): boolean {
  if (type.class === 'integer' || type.class === 'float') return !type.littleEndian;
  return type.class === 'enum' && !type.base.littleEndian;
}

function product(dims: readonly number[]): number {
  return dims.reduce((total, extent) => total * extent, 1);
}
