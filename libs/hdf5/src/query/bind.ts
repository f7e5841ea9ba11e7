/**
 * Binds a query to a type: names become columns, literals become values of the column's class.
 *
 * @see HDF REST API, queries: comparison rules
 */
import {
  type Datatype,
  type FloatType,
  type IntegerType,
  REFERENCE_BYTES,
} from '../datatype/datatype.js';
import { HdfError } from '../errors.js';
import {
  type CompareOperator,
  type Comparison,
  type QueryNode,
  type Word,
  isFieldName,
  literalNumber,
} from './tree.js';

/** Numbers compare by mathematical value, texts by their bytes. */
export type Column =
  | { readonly class: 'number'; readonly field: string; readonly type: IntegerType | FloatType }
  | { readonly class: 'text'; readonly field: string; readonly length: number | 'variable' };

/** One condition on every element. Texts are UTF-8 bytes. */
export type Test =
  | { readonly kind: 'number'; readonly column: Column; readonly value: number | bigint }
  | { readonly kind: 'text'; readonly column: Column; readonly value: Uint8Array }
  | { readonly kind: 'column'; readonly column: Column; readonly other: Column };

export type BoundNode =
  | { readonly kind: 'compare'; readonly operator: CompareOperator; readonly test: Test }
  | { readonly kind: 'in'; readonly column: Column; readonly items: readonly Word[] }
  | { readonly kind: 'and' | 'or' | 'xor'; readonly operands: readonly BoundNode[] }
  | { readonly kind: 'not'; readonly operand: BoundNode };

/** A query that fits elements of its type. */
export interface BoundQuery {
  readonly type: Datatype;
  readonly root: BoundNode;
}

/** The name of the element itself when the type has no fields. */
const SELF = '_';

const MIRRORED: Readonly<Record<CompareOperator, CompareOperator>> = {
  '==': '==',
  '!=': '!=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};

/**
 * Binds a query to the type of the elements.
 *
 * @param type a compound, or any type with numbers or text, whose element is called `_`
 * @throws HdfError `invalid` for unknown names, and for comparisons that the types do not allow
 */
export function bindQuery(query: QueryNode, type: Datatype): BoundQuery {
  return { type, root: bind(query, type) };
}

function bind(node: QueryNode, type: Datatype): BoundNode {
  switch (node.kind) {
    case 'compare':
      return bindComparison(node, type);
    case 'in':
      return bindMembership(columnOf(node.field, type), node.items);
    case 'not':
      return { kind: 'not', operand: bind(node.operand, type) };
    default:
      return { kind: node.kind, operands: node.operands.map((each) => bind(each, type)) };
  }
}

function bindComparison({ operator, left, right }: Comparison, type: Datatype): BoundNode {
  if (isFieldName(left)) {
    return { kind: 'compare', operator, test: testOf(columnOf(left.text, type), right, type) };
  }
  if (!isFieldName(right)) return refuse(`${left.text} and ${right.text} are both literals`);
  const test = testOf(columnOf(right.text, type), left, type);
  return { kind: 'compare', operator: MIRRORED[operator], test };
}

function testOf(column: Column, word: Word, type: Datatype): Test {
  if (isFieldName(word)) {
    const other = columnOf(word.text, type);
    if (other.class === column.class) return { kind: 'column', column, other };
    return refuse(`cannot compare ${column.field} with ${word.text}`);
  }
  const value = word.quoted ? undefined : literalNumber(word.text);
  if (column.class === 'number' && value !== undefined) return { kind: 'number', column, value };
  if (column.class === 'text' && word.quoted) {
    return { kind: 'text', column, value: textBytes(word.text) };
  }
  return refuse(`cannot compare ${column.field} with ${word.text}`);
}

function bindMembership(column: Column, items: readonly Word[]): BoundNode {
  for (const { text } of items) {
    if (column.class === 'number' && literalNumber(text) === undefined) {
      refuse(`${text} is no number for ${column.field}`);
    }
  }
  return { kind: 'in', column, items };
}

function columnOf(name: string, type: Datatype): Column {
  const fieldType =
    type.class === 'compound'
      ? type.fields.find((field) => field.name === name)?.type
      : name === SELF && type;
  if (fieldType === undefined || fieldType === false) {
    return refuse(`query variable ${name} not valid`);
  }
  switch (fieldType.class) {
    case 'integer':
    case 'float':
      return { class: 'number', field: name, type: fieldType };
    case 'enum':
      return { class: 'number', field: name, type: fieldType.base };
    case 'string':
      return { class: 'text', field: name, length: fieldType.length };
    case 'reference':
      return { class: 'text', field: name, length: REFERENCE_BYTES };
    default:
      return refuse(`${name} is of class ${fieldType.class}, which has no comparisons`);
  }
}

/** A literal as the bytes of a string, which has no NULs at its end. */
export function textBytes(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text.replace(/\0+$/, ''), 'utf8'));
}

function refuse(detail: string): never {
  throw new HdfError('invalid', `query: ${detail}`);
}
