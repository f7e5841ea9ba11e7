/**
 * Splits selections over chunks.
 *
 * A plan P of a selection S over chunks of extents c satisfies:
 * - every part's `inChunk` lies in [0, c) and is not empty; every chunk occurs at most once;
 * - the parts' `inResult` tile the result of S: every element once, none twice;
 * - element k of `inChunk`, moved by chunkIndex x c, is the element of S at place k of `inResult`.
 */
import { defined } from '../assert.js';
import { HdfError } from '../errors.js';
import { type ResultAxis, resultAxes } from '../selection/axes.js';
import type { DimRange, DimSelection, Hyperslab } from '../selection/hyperslab.js';
import { isCoords } from '../selection/hyperslab.js';
import { advance } from '../selection/odometer.js';

/** One chunk's share of a hyperslab; every coordinate is in elements. */
export interface ChunkPart {
  /** Position in the chunk grid. */
  readonly chunkIndex: readonly number[];
  /** What to take, relative to the chunk's first element; the rank of the dataset. */
  readonly inChunk: Hyperslab;
  /** Where it lands in the dense result; the rank of the result. */
  readonly inResult: Hyperslab;
}

/** One axis of a part: the chunk and what is taken of it, for each dataset dimension of it. */
interface AxisPart {
  readonly chunks: readonly number[];
  readonly inChunk: readonly DimSelection[];
  readonly inResult: DimSelection;
}

/** The parts of one axis; those of a range are computed when asked for, there may be billions. */
interface AxisSplit {
  readonly count: number;
  readonly part: (nth: number) => AxisPart | undefined;
}

/**
 * Splits a hyperslab over the chunks it touches: row-major over the axes of the result, which is
 * row-major grid order as long as at most one dimension has a coordinate list.
 *
 * @param slab rank r, inside the dataset's extent; an empty one yields no part
 * @param chunkDims chunk extents, rank r, each at least 1
 * @throws HdfError `invalid` when the ranks differ
 * @see HDF REST API, hyperslab to chunk arithmetic
 */
export function* planChunks(slab: Hyperslab, chunkDims: readonly number[]): Generator<ChunkPart> {
  const axes = resultAxes(slab);
  const splits = splitAxes(axes, slab, chunkDims);
  if (splits.some((split) => split.count === 0)) return;
  const picks = splits.map(() => 0);
  const counts = splits.map((split) => split.count);
  do {
    yield assemble(axes, splits, picks);
  } while (advance(picks, counts));
}

/** How many chunks each axis of the result touches; their product is the number of parts. */
export function touchedPerAxis(slab: Hyperslab, chunkDims: readonly number[]): number[] {
  return splitAxes(resultAxes(slab), slab, chunkDims).map((split) => split.count);
}

function splitAxes(
  axes: readonly ResultAxis[],
  slab: Hyperslab,
  chunkDims: readonly number[],
): AxisSplit[] {
  if (slab.length !== chunkDims.length) {
    throw new HdfError('invalid', `rank ${slab.length} selection, rank ${chunkDims.length} chunks`);
  }
  return axes.map((axis) => {
    const dim = axis.dims[0] ?? 0;
    const range = slab[dim];
    if (range === undefined || isCoords(range)) return splitCoords(axis, slab, chunkDims);
    return splitRange(range, chunkDims[dim] ?? 1);
  });
}

function splitRange(range: DimRange, extent: number): AxisSplit {
  const { start, count, stride } = range;
  const firstChunk = Math.floor(start / extent);
  if (stride >= extent) {
    return { count, part: (nth) => rangePart(range, extent, { taken: nth, end: nth + 1 }) };
  }
  const lastChunk = count === 0 ? firstChunk - 1 : chunkOf(range, count - 1, extent);
  const before = (chunk: number) => Math.ceil((chunk * extent - start) / stride); // may be Infinity
  return {
    count: lastChunk - firstChunk + 1,
    part: (nth) => {
      const taken = nth === 0 ? 0 : before(firstChunk + nth);
      const end = Math.min(before(firstChunk + nth + 1), count);
      return rangePart(range, extent, { taken, end });
    },
  };
}

/** Elements `taken` to `end` of a range, all in one chunk. */
function rangePart(
  range: DimRange,
  extent: number,
  { taken, end }: { taken: number; end: number },
): AxisPart {
  const chunk = chunkOf(range, taken, extent);
  const start = range.start + taken * range.stride - chunk * extent;
  const count = end - taken;
  return {
    chunks: [chunk],
    inChunk: [{ start, count, stride: count === 1 ? 1 : range.stride }],
    inResult: { start: taken, count, stride: 1 },
  };
}

function chunkOf(range: DimRange, nth: number, extent: number): number {
  return Math.floor((range.start + nth * range.stride) / extent);
}

interface CoordsGroup {
  readonly chunks: readonly number[];
  readonly inChunk: readonly number[][];
  readonly positions: number[];
}

/** Groups paired coordinates by their chunk, groups in row-major order of the chunk indices. */
function splitCoords(axis: ResultAxis, slab: Hyperslab, chunkDims: readonly number[]): AxisSplit {
  const lists = axis.dims.map((dim) => listOf(slab[dim]));
  const extents = axis.dims.map((dim) => chunkDims[dim] ?? 1);
  const groups = new Map<number | string, CoordsGroup>();
  for (let position = 0; position < axis.count; position++) {
    const key = chunkKey(lists, extents, position);
    let group = groups.get(key);
    if (group === undefined) {
      const chunks = lists.map((list, at) => chunkAt(list, extents[at], position));
      group = { chunks, inChunk: lists.map(() => []), positions: [] };
      groups.set(key, group);
    }
    for (let at = 0; at < lists.length; at++) {
      const origin = (group.chunks[at] ?? 0) * (extents[at] ?? 1);
      group.inChunk[at]?.push((lists[at]?.[position] ?? 0) - origin);
    }
    group.positions.push(position);
  }
  const parts = [...groups.values()].sort(byChunks).map((group) => ({
    chunks: group.chunks,
    inChunk: group.inChunk.map((coords) => ({ coords })),
    inResult: { coords: group.positions },
  }));
  return { count: parts.length, part: (nth) => parts[nth] };
}

/** Names the chunk of a place: its number, or for paired lists their numbers as text. */
function chunkKey(
  lists: readonly (readonly number[])[],
  extents: readonly number[],
  position: number,
): number | string {
  let key: number | string = chunkAt(lists[0], extents[0], position);
  for (let at = 1; at < lists.length; at++) {
    key = `${key}_${chunkAt(lists[at], extents[at], position)}`;
  }
  return key;
}

function chunkAt(
  list: readonly number[] | undefined,
  extent: number | undefined,
  position: number,
): number {
  return Math.floor((list?.[position] ?? 0) / (extent ?? 1));
}

function listOf(dim: DimSelection | undefined): readonly number[] {
  return dim !== undefined && isCoords(dim) ? dim.coords : [];
}

function byChunks(left: CoordsGroup, right: CoordsGroup): number {
  const differing = left.chunks.findIndex((chunk, at) => chunk !== right.chunks[at]);
  return (left.chunks[differing] ?? 0) - (right.chunks[differing] ?? 0);
}

function assemble(
  axes: readonly ResultAxis[],
  splits: readonly AxisSplit[],
  picks: readonly number[],
): ChunkPart {
  const chunkIndex: number[] = [];
  const inChunk: DimSelection[] = [];
  const inResult: DimSelection[] = [];
  for (const [at, axis] of axes.entries()) {
    const part = defined(splits[at]?.part(picks[at] ?? 0), 'part of an axis');
    for (const [nth, dim] of axis.dims.entries()) {
      chunkIndex[dim] = part.chunks[nth] ?? 0;
      inChunk[dim] = defined(part.inChunk[nth], 'selection in the chunk');
    }
    inResult.push(part.inResult);
  }
  return { chunkIndex, inChunk, inResult };
}
