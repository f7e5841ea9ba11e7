/** Point selections: single elements in the order of the request, duplicates allowed. */
import { HdfError } from '../errors.js';
import type { Json } from '../json/json.js';

/** Coordinates of points, each inside the dims that it was checked against. */
export interface PointList {
  readonly rank: number;
  readonly count: number;
  /** `count` x `rank` coordinates, point after point. */
  readonly coords: Float64Array;
}

const COORDINATE_BYTES = 8;
const TWO_TO_32 = 4294967296;

/**
 * Reads the body key `points`: a list of integers for rank 1, else of lists of `rank` integers.
 * With rank 1 lists of one integer are taken too, as h5pyd 1.0 sends them when it updates a table.
 *
 * @param dims extents of the dataspace, rank at least 1
 * @throws HdfError `invalid` for another form or a coordinate outside of `dims`
 */
export function parsePoints(json: Json | undefined, dims: readonly number[]): PointList {
  const rank = requireRank(dims);
  if (!Array.isArray(json)) throw new HdfError('invalid', 'points: expected a list');
  const coords = new Float64Array(json.length * rank);
  json.forEach((point, index) => {
    const tuple = rank === 1 && !Array.isArray(point) ? [point] : point;
    if (!Array.isArray(tuple) || tuple.length !== rank) {
      throw new HdfError('invalid', `point ${index}: expected a list of ${rank} integers`);
    }
    for (let dim = 0; dim < rank; dim++) {
      coords[index * rank + dim] = coordinate(tuple[dim], index);
    }
  });
  return withinDims({ rank, count: json.length, coords }, dims);
}

/**
 * Reads a binary body of points: unsigned 64-bit little-endian coordinates, `rank` a point.
 *
 * @param dims extents of the dataspace, rank at least 1
 * @throws HdfError `invalid` for another length or a coordinate outside of `dims`
 */
export function parsePointBytes(bytes: Uint8Array, dims: readonly number[]): PointList {
  const rank = requireRank(dims);
  const pointBytes = COORDINATE_BYTES * rank;
  if (bytes.length % pointBytes !== 0) {
    throw new HdfError(
      'invalid',
      `points: expected a multiple of ${pointBytes} bytes but got ${bytes.length}`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const coords = new Float64Array(bytes.length / COORDINATE_BYTES);
  for (let index = 0; index < coords.length; index++) {
    const at = index * COORDINATE_BYTES;
    coords[index] = view.getUint32(at + 4, true) * TWO_TO_32 + view.getUint32(at, true);
  }
  return withinDims({ rank, count: bytes.length / pointBytes, coords }, dims);
}

function requireRank(dims: readonly number[]): number {
  if (dims.length > 0) return dims.length;
  throw new HdfError('invalid', 'points are not supported for a scalar dataspace');
}

function coordinate(value: Json | undefined, point: number): number {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  throw new HdfError('invalid', `point ${point}: expected integer coordinates`);
}

function withinDims(points: PointList, dims: readonly number[]): PointList {
  dims.forEach((extent, dim) => {
    for (let at = dim; at < points.coords.length; at += points.rank) {
      const coord = points.coords[at] ?? 0;
      if (coord < 0 || coord >= extent) {
        throw new HdfError(
          'invalid',
          `coordinate ${coord} outside of dimension ${dim} with extent ${extent}`,
        );
      }
    }
  });
  return points;
}
