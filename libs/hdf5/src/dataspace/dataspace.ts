import { HdfError } from '../errors.js';
import { isJsonMap, type Json, type JsonMap } from '../json/json.js';

/** Nothing at all: no elements. */
export interface NullSpace {
  readonly class: 'null';
}

/** One element without dimensions. */
export interface ScalarSpace {
  readonly class: 'scalar';
}

/** A box of elements, row-major. */
export interface SimpleSpace {
  readonly class: 'simple';
  /** Extents, rank 1 to 32, each at least 0; their product is a safe integer. */
  readonly dims: readonly number[];
  /** Largest extents, 0 for unlimited; present exactly when the dataset may be resized. */
  readonly maxdims?: readonly number[];
}

export type Dataspace = NullSpace | ScalarSpace | SimpleSpace;

/** The HDF5 library's limit (H5S_MAX_RANK). */
export const MAX_RANK = 32;
/** Spelling of an unlimited extent in HSDS 1.0; 0 in 0.9. */
const UNLIMITED = 'H5S_UNLIMITED';

const SCALAR: ScalarSpace = { class: 'scalar' };
const NULL: NullSpace = { class: 'null' };

/**
 * The space of a new dataset from `shape` and `maxdims` of the request. `shape` is an integer, a list,
 * `H5S_NULL`, `H5S_SCALAR`, the answer's form `{class, dims, maxdims}`, or absent (scalar).
 * Unlimited is 0, null or `H5S_UNLIMITED` as an element; null for all of `maxdims` is none.
 *
 * @throws HdfError `invalid` for anything else, also maxdims below the extent or without dims
 * @see HDF REST API, shapes: dataset input
 */
export function parseDatasetSpace(input: {
  readonly shape?: Json | undefined;
  readonly maxdims?: Json | undefined;
}): Dataspace {
  const { shape } = input;
  const maxdims = input.maxdims ?? (isJsonMap(shape) ? shape.get('maxdims') : null) ?? null;
  const space = readShape(shape);
  if (maxdims === null) return space;
  if (space.class !== 'simple') {
    throw new HdfError('invalid', `Maxdims cannot be supplied if space is ${space.class}`);
  }
  return { ...space, maxdims: readMaxdims(maxdims, space.dims) };
}

/**
 * The space of an attribute from `shape` of the request: as for datasets, without maxdims.
 *
 * @throws HdfError `invalid`
 * @see HDF REST API, shapes: attribute input
 */
export function parseAttributeSpace(shape: Json | undefined): Dataspace {
  if (isJsonMap(shape) && shape.get('class') === 'H5S_NULL' && shape.has('dims')) {
    throw new HdfError('invalid', 'a null shape has no dims');
  }
  return readShape(shape);
}

/**
 * The space of a stored document.
 *
 * @throws HdfError `corrupt`
 */
export function parseStoredShape(shape: Json): Dataspace {
  try {
    return parseDatasetSpace({ shape });
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : 'no shape';
    throw new HdfError('corrupt', `stored shape: ${message}`, { cause });
  }
}

/**
 * The JSON of a space as it is stored and answered.
 *
 * @param options.unlimited how unlimited extents are written: 0 (HSDS 0.9, the default) or as text
 */
export function formatShape(
  space: Dataspace,
  options: { readonly unlimited?: 'zero' | 'string' } = {},
): JsonMap {
  if (space.class === 'null') return new Map([['class', 'H5S_NULL']]);
  if (space.class === 'scalar') return new Map([['class', 'H5S_SCALAR']]);
  const json: JsonMap = new Map<string, Json>([
    ['class', 'H5S_SIMPLE'],
    ['dims', [...space.dims]],
  ]);
  if (space.maxdims !== undefined) {
    const unlimited = options.unlimited === 'string' ? UNLIMITED : 0;
    json.set(
      'maxdims',
      space.maxdims.map((extent) => (extent === 0 ? unlimited : extent)),
    );
  }
  return json;
}

/** The extents; none for scalar and null spaces. */
export function dimsOf(space: Dataspace): readonly number[] {
  return space.class === 'simple' ? space.dims : [];
}

/** How many elements a space has: 0 for null, 1 for scalar. */
export function spaceElementCount(space: Dataspace): number {
  return space.class === 'null' ? 0 : product(dimsOf(space));
}

/**
 * Checks a list of extents.
 *
 * @throws HdfError `invalid` for a rank of 0 or above 32, extents that are no safe integers of at
 *   least 0, or too many elements
 */
export function parseDims(json: Json): number[] {
  const list = Array.isArray(json) ? json : [json];
  if (list.length === 0 || list.length > MAX_RANK) {
    throw new HdfError('invalid', `expected a rank of 1 to ${MAX_RANK}, found ${list.length}`);
  }
  const dims = list.map((extent) => readExtent(extent));
  if (!Number.isSafeInteger(product(dims))) {
    throw new HdfError('invalid', `too many elements: [${dims.join(', ')}]`);
  }
  return dims;
}

function readShape(shape: Json | undefined): Dataspace {
  if (shape === undefined || shape === 'H5S_SCALAR') return SCALAR;
  if (shape === 'H5S_NULL') return NULL;
  if (isJsonMap(shape)) return readShapeObject(shape);
  if (Array.isArray(shape) && shape.length === 0) return SCALAR;
  if (!Array.isArray(shape) && typeof shape !== 'number') {
    throw new HdfError('invalid', 'expected a shape: an integer, a list, H5S_NULL or H5S_SCALAR');
  }
  return { class: 'simple', dims: parseDims(shape) };
}

function readShapeObject(shape: JsonMap): Dataspace {
  switch (shape.get('class')) {
    case 'H5S_NULL':
      return NULL;
    case 'H5S_SCALAR':
      return SCALAR;
    case 'H5S_SIMPLE': {
      const dims = shape.get('dims');
      if (dims === undefined) throw new HdfError('invalid', 'a simple shape without dims');
      return readShape(dims);
    }
    default:
      throw new HdfError('invalid', 'expected a shape class: H5S_NULL, H5S_SCALAR, H5S_SIMPLE');
  }
}

function readMaxdims(json: Json, dims: readonly number[]): number[] {
  const list = Array.isArray(json) ? json : [json];
  if (list.length !== dims.length) {
    throw new HdfError('invalid', `maxdims of rank ${list.length}, shape of rank ${dims.length}`);
  }
  return dims.map((extent, dim) => {
    const given = list[dim] ?? null;
    const largest = given === null || given === UNLIMITED ? 0 : readExtent(given);
    if (largest !== 0 && largest < extent) {
      throw new HdfError('invalid', `maxdims ${largest} below the extent ${extent}`);
    }
    return largest;
  });
}

function readExtent(json: Json): number {
  if (typeof json !== 'number' || !Number.isSafeInteger(json) || json < 0) {
    throw new HdfError('invalid', 'expected extents that are integers of at least 0');
  }
  return json;
}

/** Exact when safe; 0 when any factor is, however large the others are. */
function product(dims: readonly number[]): number {
  return dims.includes(0) ? 0 : dims.reduce((count, extent) => count * extent, 1);
}
