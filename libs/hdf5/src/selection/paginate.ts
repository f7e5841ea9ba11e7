/** Cuts a selection into pages, so that reads and writes of any size need bounded memory. */
import { touchedPerAxis } from '../chunk/plan.js';
import { type ResultAxis, resultAxes } from './axes.js';
import { type DimSelection, type Hyperslab, isCoords } from './hyperslab.js';
import { advance } from './odometer.js';

export interface PageLimits {
  /** Size of one element; an estimate for variable-length types. At least 1 is assumed. */
  readonly bytesPerElement: number;
  /** A page has at most this many bytes, but never less than one element. */
  readonly maxBytesPerPage: number;
  /** Chunk extents, the rank of the selection. */
  readonly chunkDims: readonly number[];
  /** A page touches at most this many chunks, but never less than one element. */
  readonly maxChunksPerPage: number;
}

export interface Page {
  readonly slab: Hyperslab;
  /** Elements in the page, at least 1. */
  readonly count: number;
}

/**
 * Cuts a selection into pages whose row-major elements, one page after the other, are exactly the
 * row-major elements of the selection. The result is cut along one axis, and taken one by one along
 * those before it; cuts fall on chunk borders where a page would cross one. Coordinate lists are
 * cut together.
 *
 * @param slab an empty one has no pages
 * @throws HdfError `invalid` when the ranks differ or coordinate lists do
 */
export function* paginate(slab: Hyperslab, limits: PageLimits): Generator<Page> {
  const axes = resultAxes(slab);
  if (axes.some((axis) => axis.count === 0)) return;
  const cut = chooseCut(slab, axes, limits);
  const leading = axes.slice(0, cut.axis);
  const picks = leading.map(() => 0);
  const counts = leading.map((axis) => axis.count);
  const cutAxis = axes[cut.axis];
  do {
    const narrowed = narrowAll(slab, leading, picks);
    if (cutAxis === undefined) yield { slab: narrowed, count: 1 };
    else yield* cutRows(narrowed, cutAxis, { ...cut, chunkDims: limits.chunkDims });
  } while (advance(picks, counts));
}

interface Cut {
  readonly axis: number;
  /** Elements in one row: one place on the axis, all of the axes behind it. */
  readonly rowCount: number;
  readonly maxRows: number;
  /** How many chunks a page may have along the axis. */
  readonly maxChunks: number;
}

/** The first axis of which a single place fits into a page. */
function chooseCut(slab: Hyperslab, axes: readonly ResultAxis[], limits: PageLimits): Cut {
  const bytes = Math.max(1, limits.bytesPerElement);
  const maxElements = Math.max(1, Math.floor(limits.maxBytesPerPage / bytes));
  const maxChunks = Math.max(1, limits.maxChunksPerPage);
  const touched = touchedPerAxis(slab, limits.chunkDims);
  const last = Math.max(0, axes.length - 1);
  const rowAt = (axis: number): Cut => {
    const rowCount = axes.slice(axis + 1).reduce((product, { count }) => product * count, 1);
    const rowChunks = touched.slice(axis + 1).reduce((product, count) => product * count, 1);
    return {
      axis,
      rowCount,
      maxRows: Math.floor(maxElements / rowCount),
      maxChunks: Math.floor(maxChunks / rowChunks),
    };
  };
  const cuts = axes.map((_axis, index) => rowAt(index));
  return cuts.find((cut) => cut.maxRows >= 1 && cut.maxChunks >= 1) ?? rowAt(last);
}

interface RowLimits extends Cut {
  readonly chunkDims: readonly number[];
}

function* cutRows(slab: Hyperslab, axis: ResultAxis, limits: RowLimits): Generator<Page> {
  let first = 0;
  while (first < axis.count) {
    const rows = rowsFrom(slab, axis, { ...limits, first });
    yield { slab: narrow(slab, axis, { first, rows }), count: rows * limits.rowCount };
    first += rows;
  }
}

/** How many rows the page that starts at `first` takes. */
function rowsFrom(
  slab: Hyperslab,
  axis: ResultAxis,
  { first, maxRows, maxChunks, chunkDims }: RowLimits & { first: number },
): number {
  const dim = axis.dims[0] ?? 0;
  const range = slab[dim];
  const left = axis.count - first;
  const fitting = Math.min(left, maxRows);
  if (range === undefined || isCoords(range)) {
    return placesInChunks(slab, axis, { first, end: first + fitting, maxChunks, chunkDims });
  }
  const extent = chunkDims[dim] ?? 1;
  const { stride } = range;
  if (stride >= extent) return Math.min(fitting, maxChunks);
  const at = range.start + first * stride;
  const rowsBefore = (chunk: number) => Math.ceil((chunk * extent - at) / stride);
  const firstChunk = Math.floor(at / extent);
  const rows = Math.min(fitting, rowsBefore(firstChunk + maxChunks));
  if (rows === left) return rows;
  const aligned = rowsBefore(Math.floor((at + rows * stride) / extent));
  return aligned > 0 ? Math.min(aligned, rows) : rows;
}

/** How many places of paired coordinate lists lie in at most `maxChunks` chunks, at least one. */
function placesInChunks(
  slab: Hyperslab,
  axis: ResultAxis,
  limits: { first: number; end: number; maxChunks: number; chunkDims: readonly number[] },
): number {
  const seen = new Set<string>();
  for (let place = limits.first; place < limits.end; place++) {
    const chunks = axis.dims.map((dim) => {
      const list = slab[dim];
      const coord = list !== undefined && isCoords(list) ? (list.coords[place] ?? 0) : 0;
      return Math.floor(coord / (limits.chunkDims[dim] ?? 1));
    });
    seen.add(chunks.join('_'));
    if (seen.size > limits.maxChunks) return Math.max(1, place - limits.first);
  }
  return limits.end - limits.first;
}

function narrowAll(
  slab: Hyperslab,
  axes: readonly ResultAxis[],
  picks: readonly number[],
): Hyperslab {
  return axes.reduce(
    (narrowed, axis, index) => narrow(narrowed, axis, { first: picks[index] ?? 0, rows: 1 }),
    slab,
  );
}

function narrow(
  slab: Hyperslab,
  axis: ResultAxis,
  { first, rows }: { first: number; rows: number },
): Hyperslab {
  return slab.map((selection, dim): DimSelection => {
    if (!axis.dims.includes(dim)) return selection;
    if (isCoords(selection)) return { coords: selection.coords.slice(first, first + rows) };
    const { start, stride } = selection;
    return { start: start + first * stride, count: rows, stride: rows === 1 ? 1 : stride };
  });
}
