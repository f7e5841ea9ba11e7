import { HdfError } from '../errors.js';
import { isJsonMap, JsonFloat, type Json } from '../json/json.js';
import { parseDims, type Dataspace, type SimpleSpace } from './dataspace.js';

/** What `PUT /datasets/{id}/shape` asks for; `extend` is relative to the extent when applied. */
export type ShapeChange =
  { readonly dims: readonly number[] } | { readonly extend: number; readonly dim: number };

export interface Resized {
  readonly space: SimpleSpace;
  /** `[lo:hi,:]`: the new region, when exactly one dimension grew and none shrank. */
  readonly selection?: string;
  /** Some extent became smaller: values outside are to be discarded. */
  readonly shrunk: boolean;
  /** False when the extent is as before. */
  readonly changed: boolean;
}

/**
 * Reads the body of a shape change: `{"shape": n | [n, …]}` or `{"extend": k, "extend_dim": d}`.
 *
 * @throws HdfError `invalid`
 * @see HDF REST API, PUT shape
 */
export function parseShapeChange(body: Json | undefined): ShapeChange {
  if (!isJsonMap(body) || body.has('shape') === body.has('extend')) {
    throw new HdfError('invalid', 'expected an object with either shape or extend');
  }
  const shape = body.get('shape');
  if (shape !== undefined) return { dims: parseDims(shape) };
  const extend = readInteger(body.get('extend'), 'extend');
  const dim = readInteger(body.get('extend_dim') ?? 0, 'extend_dim');
  if (extend <= 0 || dim < 0) {
    throw new HdfError('invalid', `extend ${extend} of dimension ${dim}: expected a growth`);
  }
  return { extend, dim };
}

/**
 * Applies a shape change.
 *
 * @throws HdfError `invalid` when the space is not extensible or the rank differs; `conflict` when
 *   an extent would pass its maximum
 */
export function resize(space: Dataspace, change: ShapeChange): Resized {
  if (space.class !== 'simple' || space.maxdims === undefined) {
    throw new HdfError('invalid', 'Dataset is not extensible');
  }
  const before = space.dims;
  const dims = parseDims([...newDims(before, change)]);
  for (const [dim, largest] of space.maxdims.entries()) {
    const extent = dims[dim] ?? 0;
    if (largest !== 0 && extent > largest) {
      throw new HdfError('conflict', `extent ${extent} of dimension ${dim} is above ${largest}`);
    }
  }
  const selection = grownRegion(before, dims);
  return {
    space: { ...space, dims },
    shrunk: dims.some((extent, dim) => extent < (before[dim] ?? 0)),
    changed: dims.some((extent, dim) => extent !== before[dim]),
    ...(selection === undefined ? {} : { selection }),
  };
}

/**
 * The `selection` of a shape change's answer, `[lo:hi,:]`: the new region, when exactly one dimension
 * grew and none shrank; undefined otherwise.
 *
 * @param before extents, rank r
 * @param after extents, rank r
 */
export function grownRegion(
  before: readonly number[],
  after: readonly number[],
): string | undefined {
  const regions = after.map((extent, dim) => {
    const from = before[dim] ?? 0;
    return from === extent ? ':' : `${from}:${extent}`;
  });
  const isShrunk = after.some((extent, dim) => extent < (before[dim] ?? 0));
  const changes = regions.filter((region) => region !== ':').length;
  return changes === 1 && !isShrunk ? `[${regions.join(',')}]` : undefined;
}

function newDims(before: readonly number[], change: ShapeChange): readonly number[] {
  const rank = before.length;
  if ('dims' in change) {
    if (change.dims.length === rank) return change.dims;
    throw new HdfError('invalid', `shape of rank ${change.dims.length}, dataset of rank ${rank}`);
  }
  if (change.dim >= rank) {
    throw new HdfError('invalid', `extend_dim ${change.dim}, dataset of rank ${rank}`);
  }
  return before.map((extent, dim) => (dim === change.dim ? extent + change.extend : extent));
}

/** An integer; also as text, and floats cut, as HSDS reads them. */
function readInteger(json: Json | undefined, name: string): number {
  const text = typeof json === 'string' && /^\s*[+-]?\d+\s*$/.test(json) ? Number(json) : json;
  const value = text instanceof JsonFloat ? text.value : text;
  const cut = typeof value === 'number' ? Math.trunc(value) : undefined;
  if (cut === undefined || !Number.isSafeInteger(cut)) {
    throw new HdfError('invalid', `expected ${name} to be an integer`);
  }
  return cut;
}
