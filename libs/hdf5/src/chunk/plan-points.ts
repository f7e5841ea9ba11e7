/** Splits point selections over chunks. */
import { HdfError } from '../errors.js';
import type { PointList } from '../selection/points.js';
import { chunkElementCount, gridDims } from './grid.js';

/** The points of a request that lie in one chunk, in the order of the request. */
export interface PointPart {
  readonly chunkIndex: readonly number[];
  /** Row-major element offsets in the chunk. */
  readonly offsets: Uint32Array;
  /** Which points of the request these are. */
  readonly positions: Uint32Array;
}

/**
 * Groups points by chunk, chunks in the order of their first point.
 *
 * @param points inside `dims`, as the parsers give them
 * @param dims extents of the dataspace, the rank of the points
 * @param chunkDims chunk extents of the same rank, each at least 1
 * @throws HdfError `invalid` when the ranks differ
 */
export function planPoints(
  points: PointList,
  dims: readonly number[],
  chunkDims: readonly number[],
): PointPart[] {
  const { rank, count, coords } = points;
  if (rank !== chunkDims.length || rank !== dims.length) {
    throw new HdfError('invalid', `rank ${rank} points, rank ${chunkDims.length} chunks`);
  }
  const grid = gridDims(dims, chunkDims);
  const exact = Number.isSafeInteger(chunkElementCount(grid)); // else the key is text
  const groupOf = new Uint32Array(count);
  const offsetOf = new Uint32Array(count);
  const groups = new Map<number | string, { index: number; chunkIndex: number[]; size: number }>();
  for (let point = 0; point < count; point++) {
    let offset = 0;
    let key: number | string = exact ? 0 : '';
    for (let dim = 0; dim < rank; dim++) {
      const extent = chunkDims[dim] ?? 1;
      const coord = coords[point * rank + dim] ?? 0;
      const chunk = Math.floor(coord / extent);
      offset = offset * extent + (coord - chunk * extent);
      key = typeof key === 'number' ? key * (grid[dim] ?? 1) + chunk : `${key}_${chunk}`;
    }
    let group = groups.get(key);
    if (group === undefined) {
      const chunkIndex = chunkDims.map((extent, dim) =>
        Math.floor((coords[point * rank + dim] ?? 0) / extent),
      );
      group = { index: groups.size, chunkIndex, size: 0 };
      groups.set(key, group);
    }
    group.size++;
    groupOf[point] = group.index;
    offsetOf[point] = offset;
  }
  return distribute([...groups.values()], groupOf, offsetOf);
}

function distribute(
  groups: readonly { chunkIndex: number[]; size: number }[],
  groupOf: Uint32Array,
  offsetOf: Uint32Array,
): PointPart[] {
  const parts = groups.map(({ chunkIndex, size }) => ({
    chunkIndex,
    offsets: new Uint32Array(size),
    positions: new Uint32Array(size),
    filled: 0,
  }));
  for (let point = 0; point < groupOf.length; point++) {
    const part = parts[groupOf[point] ?? 0];
    if (part === undefined) continue;
    part.offsets[part.filled] = offsetOf[point] ?? 0;
    part.positions[part.filled] = point;
    part.filled++;
  }
  return parts.map(({ chunkIndex, offsets, positions }) => ({ chunkIndex, offsets, positions }));
}
