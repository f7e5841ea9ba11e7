/**
 * Elements to JSON: text for dataset values, trees for attributes.
 *
 * @see HDF REST API, element encodings
 */
import { assert } from '../assert.js';
import type { Datatype } from '../datatype/datatype.js';
import { HdfError } from '../errors.js';
import type { Json } from '../json/json.js';
import {
  type Cursor,
  type Read,
  cursorOver,
  scalarFormatter,
  scalarReader,
  scalarTextCheck,
  takeCount,
} from './decode-scalar.js';
import { type Elements, elementCount, isFixed } from './elements.js';
import { isScalarType } from './encode-scalar.js';
import { formatNumberRun, readDoubles } from './number-run.js';
import { unitBytes } from './serialise.js';

export interface FormatOptions {
  /** Write null for NaN and the infinities, which otherwise are bare tokens. */
  readonly ignoreNan?: boolean;
}

/** Elements formatted at once, so that a stream of text yields now and then. */
const PIECE_ELEMENTS = 512;

/** Shorter rows of numbers are not worth an array of their own. */
const NUMBER_RUN_MIN = 8;

/** Most empty lists that a shape with an extent of 0 is written as. */
const MAX_EMPTY_LISTS = 1_000_000;

/**
 * The JSON text of an array, nested as `dims`; `[]` is one bare element. Separated by `, ` as
 * Python does. Variable-length elements of no bytes are `0`, as HSDS has them.
 *
 * @throws HdfError `internal` when the run has another number of elements than `dims`
 */
export function formatElements(
  type: Datatype,
  dims: readonly number[],
  elements: Elements,
  options: FormatOptions = {},
): string {
  const writer = new ElementTextWriter(type, dims, options);
  return writer.write(elements) + writer.finish();
}

/** The JSON text of one array from its runs in row-major order, in as many steps as wanted. */
export class ElementTextWriter {
  private readonly format: Read<string>;
  private readonly total: number;
  /** Elements in one list of each level, innermost first. */
  private readonly levels: readonly number[];
  private written = 0;

  /** @param dims shape of the whole array; `[]` is one bare element */
  constructor(
    private readonly type: Datatype,
    private readonly dims: readonly number[],
    options: FormatOptions = {},
  ) {
    this.format = elementFormatter(type, options.ignoreNan === true);
    this.total = product(dims);
    this.levels = dims.map((_extent, level) => product(dims.slice(dims.length - 1 - level)));
  }

  /** The text of the next elements. */
  write(elements: Elements): string {
    let text = '';
    for (const piece of this.pieces(elements)) text += piece;
    return text;
  }

  /** The text of the next elements, in pieces of bounded work. */
  *pieces(elements: Elements): Generator<string> {
    const cursor = cursorOver(elements.bytes);
    let left = isEmptySized(elements) ? this.total : elementCount(elements);
    assert(this.written + left <= this.total, `more than ${this.total} elements`);
    while (left > 0) {
      const count = Math.min(left, PIECE_ELEMENTS);
      yield this.piece(cursor, count);
      left -= count;
    }
  }

  /** The rest of the text, after the last elements. @throws HdfError `internal` when some miss */
  finish(): string {
    assert(this.written === this.total, `${this.written} of ${this.total} elements written`);
    return this.total === 0 ? emptyLists(this.dims) : '';
  }

  private piece(cursor: Cursor, count: number): string {
    const { format } = this;
    const row = this.levels[0] ?? 1;
    const end = this.written + count;
    let text = '';
    while (this.written < end) {
      const before = this.written % row;
      const rowEnd = Math.min(end, this.written - before + row);
      if (this.written > 0) text += ', ';
      if (before === 0) text += '['.repeat(this.bordersAt(this.written));
      const numbers = this.numbers(cursor, rowEnd - this.written);
      if (numbers === undefined) {
        text += format(cursor);
        for (this.written++; this.written < rowEnd; this.written++) text += ', ' + format(cursor);
      }
      text += numbers ?? '';
      this.written = rowEnd;
      if (this.written % row === 0) text += ']'.repeat(this.bordersAt(this.written));
    }
    return text;
  }

  /** A run of numbers, if it can be written at once; else the cursor stays. */
  private numbers(cursor: Cursor, count: number): string | undefined {
    const { type } = this;
    if (count < NUMBER_RUN_MIN || (type.class !== 'float' && type.class !== 'integer')) {
      return undefined;
    }
    const places = { first: cursor.position, step: type.size, count };
    const values = readDoubles(type, cursor.view, places);
    const text = values === undefined ? undefined : formatNumberRun(type, values);
    if (text !== undefined) cursor.position += count * type.size;
    return text;
  }

  /** How many lists begin at, and equally end before, an element at the start of a row. */
  private bordersAt(element: number): number {
    const inside = this.levels.findIndex((size) => element % size !== 0);
    return inside < 0 ? this.levels.length : inside;
  }
}

/**
 * The JSON value of an array, nested as `dims`; `[]` is one bare element. Whole floats are
 * `JsonFloat`; variable-length elements of no bytes are `""` and `[]`.
 *
 * @param dims few enough elements to hold as JSON, as attributes have
 */
export function decodeJsonValue(type: Datatype, dims: readonly number[], elements: Elements): Json {
  return nested(dims, elementReader(type), asList)(cursorOver(elements.bytes));
}

/** True when every string of the elements is valid UTF-8, so that JSON can hold them. */
export function isJsonText(type: Datatype, elements: Elements): boolean {
  const check = textCheck(type);
  const cursor = cursorOver(elements.bytes);
  while (cursor.position < elements.bytes.length) {
    if (!check(cursor)) return false;
  }
  return true;
}

/**
 * The shape that `reduce_dim` leaves: without extents of 1, unless the rank is 1.
 *
 * @see HDF REST API, parameter `reduce_dim`
 */
export function reduceShape(shape: readonly number[]): number[] {
  return shape.length < 2 ? [...shape] : shape.filter((extent) => extent !== 1);
}

function elementFormatter(type: Datatype, ignoreNan: boolean): Read<string> {
  if (isScalarType(type)) return scalarFormatter(type, ignoreNan);
  switch (type.class) {
    case 'compound': {
      const fields = type.fields.map((field) => elementFormatter(field.type, ignoreNan));
      return (cursor) => {
        let text = '';
        for (const format of fields) text += (text === '' ? '[' : ', ') + format(cursor);
        return text + ']';
      };
    }
    case 'array':
      return nested(type.dims, elementFormatter(type.base, ignoreNan), formatList);
    case 'vlen': {
      const item = elementFormatter(type.base, ignoreNan);
      const unit = unitBytes(type.base);
      return (cursor) => {
        const bytes = takeCount(cursor);
        return bytes === 0 ? '0' : formatList(times(bytes / unit, item, cursor));
      };
    }
  }
}

function elementReader(type: Datatype): Read<Json> {
  if (isScalarType(type)) return scalarReader(type);
  switch (type.class) {
    case 'compound': {
      const fields = type.fields.map((field) => elementReader(field.type));
      return (cursor) => fields.map((read) => read(cursor));
    }
    case 'array':
      return nested(type.dims, elementReader(type.base), asList);
    case 'vlen': {
      const item = elementReader(type.base);
      const unit = unitBytes(type.base);
      return (cursor) => times(takeCount(cursor) / unit, item, cursor);
    }
  }
}

function textCheck(type: Datatype): Read<boolean> {
  if (isScalarType(type)) return scalarTextCheck(type);
  switch (type.class) {
    case 'compound': {
      const fields = type.fields.map((field) => textCheck(field.type));
      return (cursor) => fields.every((check) => check(cursor));
    }
    case 'array': {
      const item = textCheck(type.base);
      const count = product(type.dims);
      return (cursor) => times(count, item, cursor).every(Boolean);
    }
    case 'vlen': {
      const item = textCheck(type.base);
      const unit = unitBytes(type.base);
      return (cursor) => times(takeCount(cursor) / unit, item, cursor).every(Boolean);
    }
  }
}

/** Reads lists nested as `dims` around what `read` reads. */
function nested<T>(dims: readonly number[], read: Read<T>, wrap: (items: T[]) => T): Read<T> {
  const [extent, ...inner] = dims;
  if (extent === undefined) return read;
  const item = nested(inner, read, wrap);
  return (cursor) => wrap(times(extent, item, cursor));
}

function asList(items: Json[]): Json {
  return items;
}

function times<T>(count: number, read: Read<T>, cursor: Cursor): T[] {
  const items: T[] = [];
  for (let nth = 0; nth < count; nth++) items.push(read(cursor));
  return items;
}

function formatList(items: readonly string[]): string {
  return `[${items.join(', ')}]`;
}

/** Strings of length 0: nothing tells how many there are. */
function isEmptySized(elements: Elements): boolean {
  return isFixed(elements) && elements.itemSize === 0;
}

function emptyLists(dims: readonly number[]): string {
  const zero = dims.indexOf(0);
  const lists = product(dims.slice(0, zero));
  if (lists > MAX_EMPTY_LISTS) throw new HdfError('too-large', `${lists} empty lists`);
  return dims
    .slice(0, zero)
    .reduceRight((text, extent) => `[${Array<string>(extent).fill(text).join(', ')}]`, '[]');
}

function product(dims: readonly number[]): number {
  return dims.reduce((total, extent) => total * extent, 1);
}
