/**
 * Copies selected elements between arrays: chunk to result, request to chunk. Both selections have
 * the same result shape; extents of 1 do not count, and their ranks may differ because paired
 * coordinate lists are one axis.
 */
import { assert } from '../assert.js';
import { HdfError } from '../errors.js';
import {
  type ResultAxis,
  denseSlab,
  resultAxes,
  resultShape,
  slabCount,
} from '../selection/axes.js';
import { type Hyperslab, isCoords } from '../selection/hyperslab.js';
import { advance } from '../selection/odometer.js';
import { type Elements, type FixedElements, elementCount, isFixed } from '../value/elements.js';
import { gatherAt, scatterAt } from '../value/element-runs.js';
import { type CopyAxis, copyStrided } from './strided.js';

/** Where the elements come from; a range of stride 0 repeats its element. */
export interface CopySource {
  readonly source: Elements;
  /** Row-major extents of `source`. */
  readonly sourceDims: readonly number[];
  readonly sourceSlab: Hyperslab;
}

/** What is copied to where. */
export interface ElementCopy<T extends Elements> extends CopySource {
  readonly target: T;
  /** Row-major extents of `target`. */
  readonly targetDims: readonly number[];
  readonly targetSlab: Hyperslab;
}

/**
 * Copies elements of one fixed size, in row-major order: with duplicate target coordinates the last
 * wins. `target.bytes` is changed in place; it must not overlap the source.
 *
 * @throws HdfError `invalid` when a slab leaves its dims or the result shapes differ; `internal`
 *   when a run is shorter than its dims or the item sizes differ
 */
export function copyElements(copy: ElementCopy<FixedElements>): void {
  const { source, target } = copy;
  assert(source.itemSize === target.itemSize, 'source and target have one item size');
  const from = axesWithin(copy.sourceSlab, copy.sourceDims, source);
  const to = axesWithin(copy.targetSlab, copy.targetDims, target);
  requireSameShape(from, to);
  const axes = from.axes.map((axis, index): CopyAxis => {
    const other = to.axes[index];
    return {
      count: axis.count,
      sourceStep: axis.step,
      targetStep: other?.step ?? 0,
      sourceTable: axis.table,
      targetTable: other?.table,
    };
  });
  copyStrided({
    source: source.bytes,
    target: target.bytes,
    itemSize: target.itemSize,
    sourceBase: from.base,
    targetBase: to.base,
    axes,
  });
}

/**
 * The selected elements as a new dense run, row-major.
 *
 * @throws HdfError as `copyElements`
 */
export function gatherElements(
  source: Elements,
  dims: readonly number[],
  slab: Hyperslab,
): Elements {
  if (!isFixed(source)) {
    axesWithin(slab, dims, source);
    return gatherAt(source, linearOffsets(dims, slab));
  }
  const shape = resultShape(slab);
  // Every byte is overwritten, so it need not be cleared before.
  const { buffer } = Buffer.allocUnsafeSlow(slabCount(slab) * source.itemSize);
  const bytes = new Uint8Array(buffer);
  const target = { itemSize: source.itemSize, bytes };
  copyElements({
    source,
    sourceDims: dims,
    sourceSlab: slab,
    target,
    targetDims: shape,
    targetSlab: denseSlab(shape),
  });
  return target;
}

/**
 * The selected elements as a view on the source, where they lie side by side in their order; null
 * where they do not, and for variable sizes.
 *
 * @throws HdfError as `copyElements`
 */
export function viewElements(
  source: Elements,
  dims: readonly number[],
  slab: Hyperslab,
): FixedElements | null {
  const { base, axes } = axesWithin(slab, dims, source);
  if (!isFixed(source)) return null;
  let count = 1;
  for (const axis of axes.toReversed()) {
    if (axis.count > 0 && (axis.table !== undefined || axis.step !== count)) return null;
    count *= axis.count;
  }
  const { itemSize, bytes } = source;
  return { itemSize, bytes: bytes.subarray(base * itemSize, (base + count) * itemSize) };
}

/**
 * Writes selected elements of a source into selected places of a target.
 *
 * @returns the target, changed in place, for fixed sizes; a new run for variable ones
 * @throws HdfError as `copyElements`
 */
export function scatterElements(copy: ElementCopy<Elements>): Elements {
  const { source, target } = copy;
  if (isFixed(target)) {
    copyElements({ ...copy, target });
    return target;
  }
  requireSameShape(
    axesWithin(copy.sourceSlab, copy.sourceDims, source),
    axesWithin(copy.targetSlab, copy.targetDims, target),
  );
  const picked = gatherAt(source, linearOffsets(copy.sourceDims, copy.sourceSlab));
  return scatterAt(target, linearOffsets(copy.targetDims, copy.targetSlab), picked);
}

/**
 * Row-major element offsets of a selection in an array of these dims, in the order of the result.
 *
 * @throws HdfError `invalid` when the slab leaves the dims
 */
export function linearOffsets(dims: readonly number[], slab: Hyperslab): Uint32Array {
  const { base, axes } = sideAxes(slab, dims);
  const counts = axes.map((axis) => axis.count);
  const inner = axes.at(-1) ?? { count: 1, step: 0, table: undefined };
  const offsets = new Uint32Array(counts.reduce((product, count) => product * count, 1));
  if (offsets.length === 0) return offsets;
  const outer = axes.slice(0, -1);
  const picks = outer.map(() => 0);
  let filled = 0;
  do {
    const start = outer.reduce((sum, axis, at) => sum + placeOf(axis, picks[at] ?? 0), base);
    for (let nth = 0; nth < inner.count; nth++) {
      offsets[filled] = start + placeOf(inner, nth);
      filled++;
    }
  } while (advance(picks, counts.slice(0, -1)));
  return offsets;
}

/** One side of a copy: first element and steps through its array, in elements. */
interface Side {
  readonly base: number;
  readonly axes: readonly SideAxis[];
}

interface SideAxis {
  readonly count: number;
  readonly step: number;
  /** Offsets of coordinates that are not evenly spaced. */
  readonly table?: Uint32Array | undefined;
}

function placeOf(axis: SideAxis, nth: number): number {
  return axis.table?.[nth] ?? nth * axis.step;
}

/** The axes of a slab within a run that really holds all elements of its dims. */
function axesWithin(slab: Hyperslab, dims: readonly number[], elements: Elements): Side {
  const expected = dims.reduce((product, extent) => product * extent, 1);
  const holds = elements.itemSize === 0 || elementCount(elements) >= expected;
  assert(holds, `${elementCount(elements)} elements for dims [${dims.join(',')}]`);
  return sideAxes(slab, dims);
}

function sideAxes(slab: Hyperslab, dims: readonly number[]): Side {
  if (slab.length !== dims.length) {
    throw new HdfError('invalid', `rank ${slab.length} selection, rank ${dims.length} array`);
  }
  const strides = rowMajorStrides(dims);
  const sides = resultAxes(slab).map((axis) => sideAxis(axis, { slab, dims, strides }));
  return {
    base: sides.reduce((sum, side) => sum + side.base, 0),
    axes: sides.map((side) => side.axis).filter((axis) => axis.count !== 1),
  };
}

function rowMajorStrides(dims: readonly number[]): number[] {
  const strides = dims.map(() => 1);
  for (let dim = dims.length - 2; dim >= 0; dim--) {
    strides[dim] = (strides[dim + 1] ?? 1) * (dims[dim + 1] ?? 1);
  }
  return strides;
}

interface Geometry {
  readonly slab: Hyperslab;
  readonly dims: readonly number[];
  readonly strides: readonly number[];
}

function sideAxis(axis: ResultAxis, geometry: Geometry): { base: number; axis: SideAxis } {
  const dim = axis.dims[0] ?? 0;
  const range = geometry.slab[dim];
  if (range === undefined || isCoords(range)) return coordsAxis(axis, geometry);
  const { start, count, stride } = range;
  const extent = geometry.dims[dim] ?? 0;
  const last = start + Math.max(0, count - 1) * stride;
  if (start < 0 || stride < 0 || (count > 0 && last >= extent)) {
    throw new HdfError('invalid', `elements ${start} to ${last} of an extent of ${extent}`);
  }
  const step = geometry.strides[dim] ?? 1;
  return { base: count === 0 ? 0 : start * step, axis: { count, step: stride * step } };
}

function coordsAxis(axis: ResultAxis, geometry: Geometry): { base: number; axis: SideAxis } {
  const table = new Uint32Array(axis.count);
  for (const dim of axis.dims) {
    const list = geometry.slab[dim];
    const extent = geometry.dims[dim] ?? 0;
    const step = geometry.strides[dim] ?? 1;
    const coords = list !== undefined && isCoords(list) ? list.coords : [];
    for (const [place, coord] of coords.entries()) {
      if (!(coord >= 0 && coord < extent)) {
        throw new HdfError('invalid', `coordinate ${coord} of an extent of ${extent}`);
      }
      table[place] = (table[place] ?? 0) + coord * step;
    }
  }
  return evenAxis(table) ?? { base: 0, axis: { count: axis.count, step: 0, table } };
}

/** A table of evenly spaced, ascending offsets as a plain axis. */
function evenAxis(table: Uint32Array): { base: number; axis: SideAxis } | undefined {
  const base = table[0] ?? 0;
  const step = (table[1] ?? base) - base;
  if (step < 0) return undefined;
  for (let place = 1; place < table.length; place++) {
    if (table[place] !== base + place * step) return undefined;
  }
  return { base, axis: { count: table.length, step } };
}

function requireSameShape(from: Side, to: Side): void {
  const same =
    from.axes.length === to.axes.length &&
    from.axes.every((axis, index) => axis.count === to.axes[index]?.count);
  if (same) return;
  const shapes = [from, to].map((side) => side.axes.map((axis) => axis.count).join(','));
  throw new HdfError('invalid', `cannot copy shape [${shapes.join('] to [')}]`);
}
