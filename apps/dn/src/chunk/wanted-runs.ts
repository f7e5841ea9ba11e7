import { coordsAt, linearOffsets, type DimSelection, type Hyperslab } from '#hdf5';

/** Which elements of a chunk are asked for: a selection, or row-major offsets; neither means all. */
export interface Wanted {
  readonly inChunk?: Hyperslab;
  readonly offsets?: Uint32Array;
}

/** Elements that follow each other in a piece of a chunk, row-major. */
export interface Run {
  readonly offset: number;
  readonly length: number;
}

/** How a chunk is cut, and how far apart elements may lie that are still one run. */
export interface Cut {
  readonly chunkDims: readonly number[];
  readonly pieceDims: readonly number[];
  readonly gap: number;
}

/** Runs of one piece: a request each, so rather bytes that nobody needs than more of them. */
const RUNS_MAX = 64;

/** Runs in ascending order; near ones are joined, and nearer and nearer ones when there are many. */
class RunList {
  #runs: { offset: number; length: number }[] = [];

  constructor(private gap: number) {}

  add(offset: number, length: number): void {
    if (this.#runs.length > RUNS_MAX * 2) this.#thin();
    this.#append(offset, length);
  }

  done(): readonly Run[] {
    while (this.#runs.length > RUNS_MAX) this.#thin();
    return this.#runs;
  }

  #append(offset: number, length: number): void {
    const last = this.#runs.at(-1);
    if (last === undefined || offset - (last.offset + last.length) > this.gap) {
      this.#runs.push({ offset, length });
    } else {
      last.length = Math.max(last.length, offset + length - last.offset);
    }
  }

  #thin(): void {
    this.gap = Math.max(1, this.gap * 2);
    const runs = this.#runs;
    this.#runs = [];
    for (const { offset, length } of runs) this.#append(offset, length);
  }
}

/** The wanted elements of each piece that has any, by the piece's place in the chunk. */
export function wantedRuns(wanted: Wanted, cut: Cut): Map<number, readonly Run[]> {
  const { offsets, inChunk = whole(cut.chunkDims) } = wanted;
  if (offsets !== undefined) return runsOfPoints(offsets, cut);
  // Lists of several dimensions are paired: points, not all that lie where they cross.
  const lists = inChunk.filter((selection) => 'coords' in selection);
  if (lists.length > 1) return runsOfPoints(linearOffsets(cut.chunkDims, inChunk), cut);
  return runsOfSlab(inChunk, cut);
}

function whole(dims: readonly number[]): Hyperslab {
  return dims.map((count) => ({ start: 0, count, stride: 1 }));
}

function runsOfSlab(slab: Hyperslab, cut: Cut): Map<number, readonly Run[]> {
  const found = new Map<number, readonly Run[]>();
  const grid = gridOf(cut);
  const places = slab.map(placesOf);
  const count = grid.reduce((product, extent) => product * extent, 1);
  for (let index = 0; index < count; index += 1) {
    const origin = coordsAt(index, grid);
    const local = places.map((all, dim) => {
      const extent = cut.pieceDims[dim] ?? 1;
      const from = (origin[dim] ?? 0) * extent;
      return all.filter((at) => at >= from && at < from + extent).map((at) => at - from);
    });
    if (local.every(({ length }) => length > 0)) found.set(index, runsOfRows(local, cut));
  }
  return found;
}

/** Where a selection is along one dimension, ascending. */
function placesOf(selection: DimSelection): number[] {
  if ('coords' in selection) return [...selection.coords].sort((a, b) => a - b);
  const { start, count, stride } = selection;
  return Array.from({ length: count }, (_none, index) => start + index * stride);
}

/** A selection in a piece row by row; the runs of all rows are alike. */
function runsOfRows(local: readonly (readonly number[])[], cut: Cut): readonly Run[] {
  const { pieceDims, gap } = cut;
  const inRow = new RunList(gap);
  for (const at of local.at(-1) ?? [0]) inRow.add(at, 1);
  const row = inRow.done();
  const outer = local.slice(0, -1);
  const extents = outer.map(({ length }) => length);
  const rows = extents.reduce((product, extent) => product * extent, 1);
  const runs = new RunList(gap);
  for (let index = 0; index < rows; index += 1) {
    const at = coordsAt(index, extents);
    const before = outer.reduce(
      (offset, places, dim) => offset * (pieceDims[dim] ?? 1) + (places[at[dim] ?? 0] ?? 0),
      0,
    );
    const base = before * (pieceDims.at(-1) ?? 1);
    for (const { offset, length } of row) runs.add(base + offset, length);
  }
  return runs.done();
}

function runsOfPoints(offsets: Uint32Array, cut: Cut): Map<number, readonly Run[]> {
  const lists = new Map<number, RunList>();
  const { chunkDims, pieceDims, gap } = cut;
  const grid = gridOf(cut);
  // Row-major order in the chunk is row-major order in each of its pieces.
  for (const offset of offsets.slice().sort()) {
    const at = coordsAt(offset, chunkDims);
    let piece = 0;
    let local = 0;
    at.forEach((place, dim) => {
      const extent = pieceDims[dim] ?? 1;
      piece = piece * (grid[dim] ?? 1) + Math.floor(place / extent);
      local = local * extent + (place % extent);
    });
    const runs = lists.get(piece) ?? new RunList(gap);
    lists.set(piece, runs);
    runs.add(local, 1);
  }
  return new Map([...lists].map(([piece, runs]) => [piece, runs.done()]));
}

/** Pieces of a chunk along each dimension. */
export function gridOf({ chunkDims, pieceDims }: Omit<Cut, 'gap'>): number[] {
  return chunkDims.map((extent, dim) => Math.floor(extent / (pieceDims[dim] ?? extent)));
}
