/**
 * JSON values to elements.
 *
 * @see HDF REST API, JSON values
 */
import type { CompoundType, Datatype, VlenType } from '../datatype/datatype.js';
import { itemSize } from '../datatype/size.js';
import { HdfError } from '../errors.js';
import type { Json } from '../json/json.js';
import { ByteSink } from './byte-sink.js';
import type { Elements } from './elements.js';
import { type Write, isScalarType, scalarWriter } from './encode-scalar.js';
import { COUNT_BYTES, MAX_VLEN_BYTES, unitBytes } from './serialise.js';

/** Lists nested deeper than this are no array of HDF5 (32 dimensions of space and type each). */
const MAX_DEPTH = 64;

/**
 * Elements from JSON. Scalar types take any nesting with the right number of values; compounds and
 * sequences take lists of exactly the rank of `dims` around their elements. A single element may
 * come with fewer lists around it.
 *
 * @param dims shape that the value is for, row-major; `[]` is one bare element
 * @throws HdfError `invalid` for a wrong count or a value that does not fit; `too-large`
 */
export function encodeJsonValue(type: Datatype, dims: readonly number[], json: Json): Elements {
  const size = itemSize(type);
  const count = product(dims);
  if (size === 'variable') return encodeVariable(type, dims, json);
  const [base, shape] = flattened(type, dims);
  const sink = encodeFixed({ base, shape, rank: dims.length, bytes: size * count }, json);
  return { itemSize: size, bytes: sink.finish() };
}

interface FixedBlock {
  readonly base: Datatype;
  readonly shape: readonly number[];
  /** Dimensions of the dataspace in `shape`; the others are those of an array type. */
  readonly rank: number;
  readonly bytes: number;
}

function encodeFixed({ base, shape, rank, bytes }: FixedBlock, json: Json): ByteSink {
  if (isScalarType(base)) {
    requireCount(countLeaves(json, 0), product(shape));
    const sink = new ByteSink(bytes);
    writeLeaves(json, scalarWriter(base), sink);
    return sink;
  }
  const write = elementWriter(base);
  return firstFitting(json, { shape, rank }, (items) => {
    const sink = new ByteSink(bytes);
    for (const item of items) write(item, sink);
    return sink;
  });
}

function encodeVariable(type: Datatype, dims: readonly number[], json: Json): Elements {
  const count = product(dims);
  const write = elementWriter(type);
  const encodeItems = (items: Iterable<Json>): Elements => {
    const sink = new ByteSink(0);
    const offsets = new Uint32Array(count + 1);
    let filled = 0;
    for (const item of items) {
      write(item, sink);
      filled++;
      offsets[filled] = sink.length;
    }
    return { itemSize: 'variable', offsets, bytes: sink.finish() };
  };
  if (!isScalarType(type))
    return firstFitting(json, { shape: dims, rank: dims.length }, encodeItems);
  requireCount(countLeaves(json, 0), count);
  return encodeItems(leavesOf(json));
}

/**
 * Encodes the elements at the depth of the shape. With one element in all, lists around it may be
 * left out, and a bare one may have a list around it.
 */
function firstFitting<T>(
  json: Json,
  { shape, rank }: { shape: readonly number[]; rank: number },
  encodeItems: (items: Json[]) => T,
): T {
  const count = product(shape);
  const depth = shape.length;
  const depths = count === 1 ? [depth, ...range(depth).reverse()] : [depth];
  if (count === 1 && rank === 0) depths.unshift(depth + 1);
  const attempts = depths.map((each) => () => {
    const items = itemsAt(json, each);
    requireCount(items.length, count);
    return encodeItems(items);
  });
  return firstValid(attempts);
}

/** The first attempt that is not `invalid`; if all are, the error of the last resort is thrown. */
function firstValid<T>(attempts: readonly (() => T)[]): T {
  const errors: unknown[] = [];
  for (const attempt of attempts) {
    try {
      return attempt();
    } catch (error) {
      if (!(error instanceof HdfError) || error.kind !== 'invalid') throw error;
      errors.push(error);
    }
  }
  throw errors[0];
}

/** The items below `depth` lists. @throws HdfError `invalid` when there are fewer lists */
function itemsAt(json: Json, depth: number): Json[] {
  if (depth === 0) return [json];
  if (!Array.isArray(json)) return refuse(`expected lists nested ${depth} deeper`);
  if (depth === 1) return json;
  return json.flatMap((item) => itemsAt(item, depth - 1));
}

/** Writes one element of any type. */
function elementWriter(type: Datatype): Write {
  if (isScalarType(type)) return scalarWriter(type);
  switch (type.class) {
    case 'compound':
      return compoundWriter(type);
    case 'vlen':
      return sequenceWriter(type);
    case 'array': {
      const [base, shape] = flattened(type, []);
      return isScalarType(base)
        ? leavesWriter(scalarWriter(base), shape)
        : nestedWriter(base, shape);
    }
  }
}

function leavesWriter(write: Write, shape: readonly number[]): Write {
  const count = product(shape);
  return (json, sink) => {
    if (!Array.isArray(json)) refuse('expected a list for an array type');
    requireCount(countLeaves(json, 0), count);
    writeLeaves(json, write, sink);
  };
}

function nestedWriter(base: Datatype, shape: readonly number[]): Write {
  const write = elementWriter(base);
  return (json, sink) => {
    const items = itemsAt(json, shape.length);
    requireCount(items.length, product(shape));
    for (const item of items) write(item, sink);
  };
}

function compoundWriter(type: CompoundType): Write {
  const writers = type.fields.map((field) => elementWriter(field.type));
  const [only] = writers;
  const writeFields: Write = (json, sink) => {
    if (!Array.isArray(json) || json.length !== writers.length) {
      refuse(`expected a list of ${writers.length} fields`);
    }
    for (const [index, write] of writers.entries()) write(json[index] ?? null, sink);
  };
  if (writers.length !== 1 || only === undefined) return writeFields;
  // The value of an only field may stand for the element.
  return (json, sink) => {
    if (!Array.isArray(json)) only(json, sink);
    else firstValid([rewinding(writeFields, json, sink), rewinding(only, json, sink)]);
  };
}

/** An attempt that leaves no trace in the sink when it fails. */
function rewinding(write: Write, json: Json, sink: ByteSink): () => void {
  const start = sink.length;
  return () => {
    try {
      write(json, sink);
    } catch (error) {
      sink.bytes.fill(0, start, sink.length);
      sink.length = start;
      throw error;
    }
  };
}

function sequenceWriter(type: VlenType): Write {
  const unit = unitBytes(type.base);
  const write = elementWriter(type.base);
  return (json, sink) => {
    if (!Array.isArray(json)) return refuse('expected a list for a sequence');
    const bytes = json.length * unit;
    if (bytes > MAX_VLEN_BYTES) return refuse(`sequence of ${bytes} bytes`);
    const position = sink.reserve(COUNT_BYTES);
    sink.view.setInt32(position, bytes, true);
    for (const item of json) write(item, sink);
  };
}

/** An array type's fixed base with its dims behind those of the space; other types as they are. */
function flattened(type: Datatype, dims: readonly number[]): [Datatype, readonly number[]] {
  if (type.class !== 'array') return [type, dims];
  return flattened(type.base, [...dims, ...type.dims]);
}

/** How many scalars there are. @throws HdfError `invalid` where lists and scalars are mixed */
function countLeaves(json: Json, depth: number): number {
  if (!Array.isArray(json)) return 1;
  if (depth > MAX_DEPTH) return refuse(`lists are nested deeper than ${MAX_DEPTH}`);
  const nested = Array.isArray(json[0]);
  let leaves = 0;
  for (const item of json) {
    if (Array.isArray(item) !== nested) return refuse('lists and scalars are mixed');
    leaves += nested ? countLeaves(item, depth + 1) : 1;
  }
  return leaves;
}

function writeLeaves(json: Json, write: Write, sink: ByteSink): void {
  if (!Array.isArray(json)) write(json, sink);
  else if (Array.isArray(json[0])) for (const item of json) writeLeaves(item, write, sink);
  else for (const item of json) write(item, sink);
}

function* leavesOf(json: Json): Generator<Json> {
  if (!Array.isArray(json)) yield json;
  else for (const item of json) yield* leavesOf(item);
}

function requireCount(found: number, expected: number): void {
  if (found === expected) return;
  refuse(`input data doesn't match selection: expected ${expected} elements but got ${found}`);
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_none, index) => index);
}

function product(dims: readonly number[]): number {
  return dims.reduce((total, extent) => total * extent, 1);
}

function refuse(message: string): never {
  throw new HdfError('invalid', message);
}
