/** The values of one field of every element, ready to be compared. */
import { assert } from '../assert.js';
import type { Datatype } from '../datatype/datatype.js';
import { fieldOffsets } from '../datatype/fields.js';
import { type Cursor, type Read, cursorOver, numberReader } from '../value/decode-scalar.js';
import { type Elements, elementCount, isFixed } from '../value/elements.js';
import { extractFields } from '../value/fields.js';
import { type EvenPlaces, readDoubles } from '../value/number-run.js';
import { COUNT_BYTES } from '../value/serialise.js';
import type { Column } from './bind.js';

/** Where a column's value is in each element; the caller asks only for existing elements. */
export interface ColumnData {
  readonly count: number;
  /** Where the values are, if they are evenly spaced. */
  readonly places?: EvenPlaces;
  readonly cursor: Cursor;
  readonly start: (element: number) => number;
  /** Position behind the value; text ends before trailing NULs. */
  readonly end: (element: number) => number;
}

/** Finds a column in a run of elements. */
export function columnData(type: Datatype, column: Column, elements: Elements): ColumnData {
  const count = elementCount(elements);
  const compound = type.class === 'compound';
  if (!isFixed(elements)) {
    return placedIn(compound ? extractFields(type, [column.field], elements) : elements, column);
  }
  if (!compound) return placedIn(elements, column);
  const index = type.fields.findIndex((field) => field.name === column.field);
  const first = fieldOffsets(type)[index] ?? 0;
  return fixedData(elements.bytes, { count, first, step: elements.itemSize }, column);
}

/** Values of a number column as doubles; 64-bit integers beyond 2^53 are rounded. */
export function doublesOf(column: Column, data: ColumnData): Float64Array {
  if (data.places !== undefined && column.class === 'number') {
    const even = readDoubles(column.type, data.cursor.view, data.places);
    if (even !== undefined) return even;
  }
  const values = new Float64Array(data.count);
  const read = numbersOf(column);
  const { cursor } = data;
  for (let element = 0; element < values.length; element++) {
    cursor.position = data.start(element);
    values[element] = Number(read(cursor));
  }
  return values;
}

/** Reads the exact numbers of a number column: a bigint where a double is not exact. */
export function numbersOf(column: Column): Read<number | bigint> {
  assert(column.class === 'number', 'a number column');
  return numberReader(column.type);
}

/** True for columns whose numbers may not be exact as doubles. */
export function isLong(column: Column): boolean {
  return column.class === 'number' && column.type.class === 'integer' && column.type.size === 8;
}

/** A run that holds just the column. */
function placedIn(elements: Elements, column: Column): ColumnData {
  if (isFixed(elements)) {
    const { bytes, itemSize } = elements;
    return fixedData(bytes, { count: elementCount(elements), first: 0, step: itemSize }, column);
  }
  const { offsets, bytes } = elements;
  return {
    count: elementCount(elements),
    cursor: cursorOver(bytes),
    start: (element) => (offsets[element] ?? 0) + COUNT_BYTES,
    end: (element) => offsets[element + 1] ?? 0,
  };
}

function fixedData(
  bytes: Uint8Array,
  { count, first, step }: { count: number; first: number; step: number },
  column: Column,
): ColumnData {
  const length = column.class === 'text' ? Number(column.length) : 0;
  const start = (element: number) => first + element * step;
  return {
    count,
    places: { first, step, count },
    cursor: cursorOver(bytes),
    start,
    end: (element) => {
      const from = start(element);
      let end = from + length;
      while (end > from && bytes[end - 1] === 0) end--;
      return end;
    },
  };
}
