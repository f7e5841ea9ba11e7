/**
 * The dimensions of a selection's result. Every range gives one axis; all coordinate lists together
 * give one, where the first of them stands.
 */
import { HdfError } from '../errors.js';
import { type DimCoords, type Hyperslab, isCoords } from './hyperslab.js';

/** One dimension of the result and the dimensions of the dataset that it walks through. */
export interface ResultAxis {
  /** Dataset dimensions, ascending: one for a range, all with a coordinate list otherwise. */
  readonly dims: readonly number[];
  /** Extent in elements. */
  readonly count: number;
}

/**
 * The axes of the result, in the order of the result's dimensions.
 *
 * @throws HdfError `invalid` when coordinate lists differ in length
 */
export function resultAxes(slab: Hyperslab): ResultAxis[] {
  const listDims = slab.flatMap((dim, index) => (isCoords(dim) ? [index] : []));
  const lists = slab.filter(isCoords);
  const axes: ResultAxis[] = [];
  slab.forEach((dim, index) => {
    if (!isCoords(dim)) axes.push({ dims: [index], count: dim.count });
    else if (index === listDims[0]) axes.push({ dims: listDims, count: pairedLength(lists) });
  });
  return axes;
}

/**
 * Extents of the result of a selection, row-major.
 *
 * @throws HdfError `invalid` when coordinate lists differ in length
 */
export function resultShape(slab: Hyperslab): number[] {
  return resultAxes(slab).map((axis) => axis.count);
}

/** How many elements a selection has. */
export function slabCount(slab: Hyperslab): number {
  return resultShape(slab).reduce((product, extent) => product * extent, 1);
}

/** Every element of an array of this shape; unlike `wholeSlab`, rank 0 stays rank 0. */
export function denseSlab(shape: readonly number[]): Hyperslab {
  return shape.map((extent) => ({ start: 0, count: extent, stride: 1 }));
}

function pairedLength(lists: readonly DimCoords[]): number {
  const lengths = lists.map((list) => list.coords.length);
  const length = lengths[0] ?? 0;
  if (lengths.some((other) => other !== length)) {
    const shapes = lengths.map((each) => `(${each},)`).join(' ');
    throw new HdfError(
      'invalid',
      `shape mismatch: indexing arrays could not be broadcast together with shapes ${shapes}`,
    );
  }
  return length;
}
