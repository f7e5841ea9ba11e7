/** A query as parsed: conditions on named fields, not yet bound to a type. */

export type CompareOperator = '==' | '!=' | '<' | '<=' | '>' | '>=';

/** A literal as written; `quoted` ones are never numbers or names. */
export interface Word {
  readonly text: string;
  readonly quoted: boolean;
}

/** One side of a comparison: a literal, or a field name when it is neither quoted nor a number. */
export interface Comparison {
  readonly kind: 'compare';
  readonly operator: CompareOperator;
  readonly left: Word;
  readonly right: Word;
}

/** True where the field equals one of the items. */
export interface Membership {
  readonly kind: 'in';
  readonly field: string;
  readonly items: readonly Word[];
}

/** At least two operands. */
export interface Combination {
  readonly kind: 'and' | 'or' | 'xor';
  readonly operands: readonly QueryNode[];
}

export interface Negation {
  readonly kind: 'not';
  readonly operand: QueryNode;
}

export type QueryNode = Comparison | Membership | Combination | Negation;

const NUMBER = /^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$/;
const INTEGER = /^[+-]?[0-9]{1,400}$/;

/**
 * The value of a number literal: a bigint when it is an integer beyond the safe ones; undefined for
 * what is no number.
 */
export function literalNumber(text: string): number | bigint | undefined {
  if (!NUMBER.test(text)) return undefined;
  const value = Number(text);
  if (!INTEGER.test(text) || Number.isSafeInteger(value)) return value;
  return BigInt(text.replace('+', ''));
}

/** True for a side of a comparison that names a field. */
export function isFieldName(word: Word): boolean {
  return !word.quoted && literalNumber(word.text) === undefined;
}
