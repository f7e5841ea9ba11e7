/** The HDF5 type model: what an element is. JSON forms are in `json.ts` beside this file. */

export interface IntegerType {
  readonly class: 'integer';
  /** bytes */
  readonly size: 1 | 2 | 4 | 8;
  readonly signed: boolean;
  readonly littleEndian: boolean;
}

export interface FloatType {
  readonly class: 'float';
  /** bytes */
  readonly size: 2 | 4 | 8;
  readonly littleEndian: boolean;
}

export interface StringType {
  readonly class: 'string';
  /** bytes, or variable */
  readonly length: number | 'variable';
  readonly charSet: 'ascii' | 'utf8';
}

export interface CompoundField {
  readonly name: string;
  readonly type: Datatype;
}

/** Fields in declaration order, packed without padding. */
export interface CompoundType {
  readonly class: 'compound';
  readonly fields: readonly CompoundField[];
}

export interface EnumType {
  readonly class: 'enum';
  readonly base: IntegerType;
  readonly mapping: ReadonlyMap<string, bigint>;
  /** An int8 enum of exactly FALSE and TRUE, whose JSON values are booleans. */
  readonly boolean: boolean;
}

export interface ArrayType {
  readonly class: 'array';
  readonly dims: readonly number[];
  readonly base: Datatype;
}

export interface VlenType {
  readonly class: 'vlen';
  readonly base: Datatype;
}

/** Stored as text in `REFERENCE_BYTES` bytes, NUL padded. */
export interface ReferenceType {
  readonly class: 'reference';
  readonly target: 'object' | 'region';
  /** Bytes that the type JSON states, when they are not `REFERENCE_BYTES`; only for estimates. */
  readonly statedBytes?: number;
}

export interface OpaqueType {
  readonly class: 'opaque';
  /** bytes */
  readonly size: number;
}

export type Datatype =
  | IntegerType
  | FloatType
  | StringType
  | CompoundType
  | EnumType
  | ArrayType
  | VlenType
  | ReferenceType
  | OpaqueType;

/** Bytes of one reference element, whatever `length` its type JSON states (HSDS storage schema). */
export const REFERENCE_BYTES = 48;
