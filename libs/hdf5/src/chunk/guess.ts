import type { SimpleSpace } from '../dataspace/dataspace.js';

/**
 * The chunk extents that HSDS chooses. Sizes decide which storage keys exist, so every step here is
 * HSDS's, also where it looks odd.
 *
 * @see HDF REST API, layout and automatic chunking
 */
export interface ChunkSizing {
  /** Bytes of one element; variable-length ones count 128. */
  readonly itemBytes: number;
  /** Chunks below are made larger, in bytes. */
  readonly minChunkSize: number;
  /** Chunks above are made smaller, in bytes. */
  readonly maxChunkSize: number;
}

/** Extent that a dimension without size or bound is first taken to have. */
const UNKNOWN_EXTENT = 1024;

/**
 * Chunk extents for a dataset.
 *
 * @param given what the client asked for, a start value; guessed when undefined
 * @returns may hold zeros, where a small dataset of fixed size has a zero extent
 */
export function chunkDimsFor(
  space: SimpleSpace,
  sizing: ChunkSizing,
  given?: readonly number[],
): number[] {
  const start = given ?? guessChunk(space.maxdims ?? space.dims);
  const bytes = chunkBytes(start, sizing);
  if (bytes < sizing.minChunkSize) return expand([...start], space, sizing);
  return bytes > sizing.maxChunkSize ? shrinkChunk([...start], sizing) : [...start];
}

/** Chunk extents that are made smaller, dimension by dimension, until they fit: changed in place. */
export function shrinkChunk(chunk: number[], sizing: ChunkSizing): number[] {
  const { maxChunkSize } = sizing;
  let bytes = chunkBytes(chunk, sizing);
  while (bytes > maxChunkSize) {
    const before = bytes;
    for (const [dim, extent] of chunk.entries()) {
      if (extent <= 1) continue;
      chunk[dim] = Math.ceil(extent / 2);
      bytes = chunkBytes(chunk, sizing);
      if (bytes <= maxChunkSize) break;
    }
    // One element alone is larger than the maximum.
    if (bytes >= before) break;
  }
  return chunk;
}

/** Chunk extents that take whole trailing dimensions: one chunk is one byte range of a file. */
export function contiguousChunkDims(dims: readonly number[], sizing: ChunkSizing): number[] {
  if (dims.includes(0)) return [...dims];
  const { itemBytes, maxChunkSize } = sizing;
  const chunk = dims.map(() => 1);
  let rowBytes = itemBytes;
  for (let dim = dims.length - 1; dim >= 0; dim -= 1) {
    const extent = dims[dim] ?? 1;
    if (extent * rowBytes >= maxChunkSize) {
      chunk[dim] = halvedBelow(extent, maxChunkSize / rowBytes);
      break;
    }
    chunk[dim] = extent;
    rowBytes *= extent;
  }
  return chunk;
}

/** An extent halved, rounding up, until it is below the bound; at least once, at least to 1. */
function halvedBelow(extent: number, bound: number): number {
  let halved = extent;
  do halved = Math.ceil(halved / 2);
  while (halved > 1 && halved >= bound);
  return halved;
}

/** Bytes of a chunk of these extents. */
export function chunkBytes(chunk: readonly number[], { itemBytes }: ChunkSizing): number {
  return chunk.reduce((bytes, extent) => bytes * extent, itemBytes);
}

/** Whole dimensions; those without size or bound get a usual extent. */
export function guessChunk(extents: readonly number[]): number[] {
  return extents.map((extent) => (extent === 0 ? UNKNOWN_EXTENT : extent));
}

function expand(chunk: number[], space: SimpleSpace, sizing: ChunkSizing): number[] {
  const { dims, maxdims } = space;
  const { minChunkSize } = sizing;
  const extensible = dims.filter((extent, dim) => canGrow(maxdims?.[dim], extent)).length;
  const known = dims.filter((extent) => extent !== 0);
  if (extensible === 0 && chunkBytes(known, sizing) <= minChunkSize) return [...dims];
  const growth = { chunk, dims, maxdims, extensible };
  let bytes = chunkBytes(chunk, sizing);
  while (bytes < minChunkSize) {
    const before = bytes;
    for (let dim = dims.length - 1; dim >= 0; dim -= 1) {
      if (!growAt(growth, dim)) continue;
      bytes = chunkBytes(chunk, sizing);
      if (bytes > minChunkSize) break;
    }
    if (bytes <= before || bytes > minChunkSize) break;
  }
  return chunk;
}

interface Growth {
  readonly chunk: number[];
  readonly dims: readonly number[];
  readonly maxdims: readonly number[] | undefined;
  /** Dimensions that may still become larger than the dataset now is. */
  extensible: number;
}

/** Doubles the chunk in one dimension; false when it is as large there as it may be. */
function growAt(growth: Growth, dim: number): boolean {
  const { chunk, dims, maxdims } = growth;
  const now = chunk[dim] ?? 1;
  const extent = dims[dim] ?? 0;
  if (growth.extensible <= 0) {
    if (extent <= now) return false;
    chunk[dim] = Math.min(2 * now, extent);
    return true;
  }
  const largest = maxdims?.[dim];
  if (!canGrow(largest, now)) return false;
  chunk[dim] = 2 * now;
  if (largest !== 0 && 2 * now >= extent) {
    chunk[dim] = largest ?? 2 * now;
    growth.extensible -= 1;
  }
  return true;
}

function canGrow(largest: number | undefined, extent: number): boolean {
  return largest !== undefined && (largest === 0 || largest > extent);
}
