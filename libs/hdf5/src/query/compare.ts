/** Comparisons of whole columns with a literal or with each other, as masks. */
import { type Column, textBytes } from './bind.js';
import { type ColumnData, doublesOf, isLong, numbersOf } from './column.js';
import { type CompareOperator, type Word, literalNumber } from './tree.js';

/** One byte an element: 1 where a condition holds. */
export type Mask = Uint8Array;

/** A column with its values in one run of elements. */
export interface LoadedColumn {
  readonly column: Column;
  readonly data: ColumnData;
}

/** Compares numbers with a number, by mathematical value; NaN is unequal to all. */
export function numberMask(
  { column, data }: LoadedColumn,
  operator: CompareOperator,
  literal: number | bigint,
): Mask {
  if (typeof literal === 'number' && isExact(column, literal)) {
    const mask = new Uint8Array(data.count);
    DOUBLE_LOOPS[operator](doublesOf(column, data), literal, mask);
    return mask;
  }
  const at = exactNumbers({ column, data });
  return orderMask(data.count, operator, (element) => numberOrder(at(element), literal));
}

/** Compares texts with bytes, lexicographically. */
export function textMask(
  { data }: LoadedColumn,
  operator: CompareOperator,
  literal: Uint8Array,
): Mask {
  const right: Span = { bytes: literal, start: 0, end: literal.length };
  return orderMask(data.count, operator, (element) => textOrder(spanOf(data, element), right));
}

/** Compares two columns of one class, element by element. */
export function columnsMask(
  left: LoadedColumn,
  operator: CompareOperator,
  right: LoadedColumn,
): Mask {
  const { count } = left.data;
  if (left.column.class === 'text') {
    return orderMask(count, operator, (element) =>
      textOrder(spanOf(left.data, element), spanOf(right.data, element)),
    );
  }
  const leftAt = exactNumbers(left);
  const rightAt = exactNumbers(right);
  return orderMask(count, operator, (element) => numberOrder(leftAt(element), rightAt(element)));
}

/** True where the value equals one of the items. */
export function membershipMask({ column, data }: LoadedColumn, items: readonly Word[]): Mask {
  if (column.class === 'text') {
    const texts = new Set(items.map(({ text }) => Buffer.from(textBytes(text)).toString('latin1')));
    const { bytes } = data.cursor;
    return maskWhere(data.count, (element) =>
      texts.has(bytes.toString('latin1', data.start(element), data.end(element))),
    );
  }
  const literals = items.map(({ text }) => literalNumber(text) ?? NaN);
  if (isLong(column)) {
    const numbers = new Set(literals.map(canonical));
    const at = exactNumbers({ column, data });
    return maskWhere(data.count, (element) => numbers.has(at(element)));
  }
  const doubles = new Set(literals.filter(isDouble).map(Number));
  const values = doublesOf(column, data);
  return maskWhere(data.count, (element) => doubles.has(values[element] ?? NaN));
}

type DoubleLoop = (values: Float64Array, literal: number, mask: Mask) => void;

const DOUBLE_LOOPS: Readonly<Record<CompareOperator, DoubleLoop>> = {
  '==': (values, literal, mask) => {
    for (let at = 0; at < mask.length; at++) mask[at] = Number(values[at] === literal);
  },
  '!=': (values, literal, mask) => {
    for (let at = 0; at < mask.length; at++) mask[at] = Number(values[at] !== literal);
  },
  '<': (values, literal, mask) => {
    for (let at = 0; at < mask.length; at++) mask[at] = Number((values[at] ?? 0) < literal);
  },
  '<=': (values, literal, mask) => {
    for (let at = 0; at < mask.length; at++) mask[at] = Number((values[at] ?? 0) <= literal);
  },
  '>': (values, literal, mask) => {
    for (let at = 0; at < mask.length; at++) mask[at] = Number((values[at] ?? 0) > literal);
  },
  '>=': (values, literal, mask) => {
    for (let at = 0; at < mask.length; at++) mask[at] = Number((values[at] ?? 0) >= literal);
  },
};

/** Rounding 64-bit integers keeps their order towards doubles that are small enough. */
function isExact(column: Column, literal: number): boolean {
  return !isLong(column) || Math.abs(literal) < Number.MAX_SAFE_INTEGER;
}

function exactNumbers({ column, data }: LoadedColumn): (element: number) => number | bigint {
  const read = numbersOf(column);
  const { cursor } = data;
  return (element) => {
    cursor.position = data.start(element);
    return read(cursor);
  };
}

/** Negative, zero or positive; NaN when there is no order. Mixed types compare exactly. */
function numberOrder(left: number | bigint, right: number | bigint): number {
  if (left < right) return -1;
  if (left > right) return 1;
  return left >= right ? 0 : NaN;
}

interface Span {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

function spanOf(data: ColumnData, element: number): Span {
  return { bytes: data.cursor.bytes, start: data.start(element), end: data.end(element) };
}

function textOrder(left: Span, right: Span): number {
  const leftLength = left.end - left.start;
  const rightLength = right.end - right.start;
  const shared = Math.min(leftLength, rightLength);
  for (let at = 0; at < shared; at++) {
    const order = (left.bytes[left.start + at] ?? 0) - (right.bytes[right.start + at] ?? 0);
    if (order !== 0) return order;
  }
  return leftLength - rightLength;
}

function orderMask(
  count: number,
  operator: CompareOperator,
  orderOf: (element: number) => number,
): Mask {
  const orders = new Float64Array(count);
  for (let element = 0; element < count; element++) orders[element] = orderOf(element);
  const mask = new Uint8Array(count);
  DOUBLE_LOOPS[operator](orders, 0, mask);
  return mask;
}

function maskWhere(count: number, holds: (element: number) => boolean): Mask {
  const mask = new Uint8Array(count);
  for (let element = 0; element < count; element++) mask[element] = Number(holds(element));
  return mask;
}

/** The form in which 64-bit columns give a value: a bigint beyond the safe integers. */
function canonical(value: number | bigint): number | bigint {
  if (typeof value === 'bigint') return value;
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? BigInt(value) : value;
}

function isDouble(value: number | bigint): boolean {
  return typeof value === 'number' || BigInt(Number(value)) === value;
}
