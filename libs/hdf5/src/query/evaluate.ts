/** Evaluates a bound query over runs of elements, column by column. */
import { defined, unreachable } from '../assert.js';
import { type Elements, type FixedElements, elementCount, isFixed } from '../value/elements.js';
import type { BoundNode, BoundQuery, Column, Test } from './bind.js';
import { columnData } from './column.js';
import {
  type LoadedColumn,
  type Mask,
  columnsMask,
  membershipMask,
  numberMask,
  textMask,
} from './compare.js';
import type { CompareOperator } from './tree.js';

/** Elements looked at together: their numbers and masks stay in the processor's own memory. */
const BLOCK_ELEMENTS = 4096;

/**
 * Offsets of the elements for which the query holds, ascending.
 *
 * @param elements of the type that the query is bound to
 */
export function evaluateQuery(query: BoundQuery, elements: Elements): Uint32Array {
  const count = elementCount(elements);
  const offsets = new Uint32Array(count);
  let filled = 0;
  for (let first = 0; first < count; first += BLOCK_ELEMENTS) {
    const block = isFixed(elements) ? blockAt(elements, first) : elements;
    const mask = maskOf(query.root, { query, elements: block });
    for (let at = 0; at < mask.length; at++) {
      if (mask[at] !== 0) offsets[filled++] = first + at;
    }
    if (block === elements) break;
  }
  return offsets.slice(0, filled);
}

function blockAt({ itemSize, bytes }: FixedElements, first: number): Elements {
  const end = (first + BLOCK_ELEMENTS) * itemSize;
  return { itemSize, bytes: bytes.subarray(first * itemSize, end) };
}

interface Run {
  readonly query: BoundQuery;
  readonly elements: Elements;
}

function maskOf(node: BoundNode, run: Run): Mask {
  switch (node.kind) {
    case 'compare':
      return compareMask(node.test, node.operator, run);
    case 'in':
      return membershipMask(load(node.column, run), node.items);
    case 'not':
      return inverted(maskOf(node.operand, run));
    default:
      return combinedMask(node.kind, node.operands, run);
  }
}

/** One operand after the other, so that only two masks exist at a time. */
function combinedMask(kind: 'and' | 'or' | 'xor', operands: readonly BoundNode[], run: Run): Mask {
  const [first, ...others] = operands;
  const mask = maskOf(defined(first, 'operand'), run);
  for (const other of others) COMBINERS[kind](mask, maskOf(other, run));
  return mask;
}

function compareMask(test: Test, operator: CompareOperator, run: Run): Mask {
  const loaded = load(test.column, run);
  switch (test.kind) {
    case 'number':
      return numberMask(loaded, operator, test.value);
    case 'text':
      return textMask(loaded, operator, test.value);
    case 'column':
      return columnsMask(loaded, operator, load(test.other, run));
    default:
      return unreachable(test);
  }
}

function load(column: Column, run: Run): LoadedColumn {
  return { column, data: columnData(run.query.type, column, run.elements) };
}

type Combiner = (mask: Mask, other: Mask) => void;

/** Each changes its first mask. */
const COMBINERS: Readonly<Record<'and' | 'or' | 'xor', Combiner>> = {
  and: (mask, other) => {
    for (let at = 0; at < mask.length; at++) mask[at] = (mask[at] ?? 0) & (other[at] ?? 0);
  },
  or: (mask, other) => {
    for (let at = 0; at < mask.length; at++) mask[at] = (mask[at] ?? 0) | (other[at] ?? 0);
  },
  xor: (mask, other) => {
    for (let at = 0; at < mask.length; at++) mask[at] = (mask[at] ?? 0) ^ (other[at] ?? 0);
  },
};

function inverted(mask: Mask): Mask {
  for (let at = 0; at < mask.length; at++) mask[at] = (mask[at] ?? 0) ^ 1;
  return mask;
}
