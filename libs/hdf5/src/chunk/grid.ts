/** The grid of chunks over a dataspace: coordinates to chunk indices and back. */
import type { Hyperslab } from '../selection/hyperslab.js';
import { isCoords } from '../selection/hyperslab.js';

/** How many chunks there are along each dimension of an extent. */
export function gridDims(dims: readonly number[], chunkDims: readonly number[]): number[] {
  return chunkDims.map((extent, dim) => Math.ceil((dims[dim] ?? 1) / extent));
}

/** How many elements a chunk holds; edge chunks are stored at full size too. */
export function chunkElementCount(chunkDims: readonly number[]): number {
  return chunkDims.reduce((product, extent) => product * extent, 1);
}

/** The chunk that holds an element. */
export function chunkIndexOf(coords: readonly number[], chunkDims: readonly number[]): number[] {
  return chunkDims.map((extent, dim) => Math.floor((coords[dim] ?? 0) / extent));
}

/** Coordinates of a chunk's first element. */
export function chunkOrigin(chunkIndex: readonly number[], chunkDims: readonly number[]): number[] {
  return chunkDims.map((extent, dim) => (chunkIndex[dim] ?? 0) * extent);
}

/**
 * The part of a chunk inside the dataspace, relative to the chunk's first element; dimensions
 * wholly outside have count 0.
 */
export function chunkInside(
  chunkIndex: readonly number[],
  dims: readonly number[],
  chunkDims: readonly number[],
): Hyperslab {
  return chunkDims.map((extent, dim) => {
    const left = (dims[dim] ?? 1) - (chunkIndex[dim] ?? 0) * extent;
    return { start: 0, count: Math.max(0, Math.min(extent, left)), stride: 1 };
  });
}

/** True when a part covers its whole chunk, so that a write needs nothing of the old content. */
export function isWholeChunk(inChunk: Hyperslab, chunkDims: readonly number[]): boolean {
  return chunkDims.every((extent, dim) => {
    const range = inChunk[dim];
    if (range === undefined || isCoords(range)) return false;
    return range.start === 0 && range.count === extent && (range.stride === 1 || extent === 1);
  });
}

/** Row-major position of an element in an array of these dims. */
export function linearOffset(coords: readonly number[], dims: readonly number[]): number {
  return dims.reduce((offset, extent, dim) => offset * extent + (coords[dim] ?? 0), 0);
}

/**
 * The inverse of `linearOffset`: coordinates of the element at a row-major position. Positions past
 * the end go on in the first dimension, whose extent does not count.
 */
export function coordsAt(offset: number, dims: readonly number[]): number[] {
  const coords = new Array<number>(dims.length).fill(0);
  let rest = offset;
  for (let dim = dims.length - 1; dim > 0; dim -= 1) {
    const extent = dims[dim] ?? 1;
    coords[dim] = rest % extent;
    rest = Math.floor(rest / extent);
  }
  if (dims.length > 0) coords[0] = rest;
  return coords;
}
