import {
  HdfError,
  isCoords,
  resultShape,
  slabCount,
  type ChunkPart,
  type Elements,
  type Hyperslab,
} from '#hdf5';
import type { ElementBlock } from '#dn-client';
import type { DatasetFacts } from './dataset-facts.js';
import type { WriteParams } from './write-params.js';
import { parseSelection } from './value.params.js';

/** Where a write goes and how its elements are laid out. */
export interface WriteTarget {
  /** Result shape of the selection, or of the appended region. */
  readonly shape: readonly number[];
  readonly count: number;
  /** Extents of the given elements: those of `shape`, or 1 where they are repeated. */
  readonly sourceDims: readonly number[];
  /** Absent for an append: known only when the dataset was extended. */
  readonly slab?: Hyperslab;
}

/** @throws HdfError `invalid` for an empty or bad selection, `conflict` for an append too far */
export function writeTarget(facts: DatasetFacts, params: WriteParams): WriteTarget {
  if (params.append !== undefined) {
    const shape = appendShape(facts, params.append);
    return { ...sourceOf(shape, params.elementCount) };
  }
  const slab = parseSelection(params.select, params.body, facts.dims);
  if (slabCount(slab) === 0) throw new HdfError('invalid', 'Selection is empty');
  return { ...sourceOf(resultShape(slab), params.elementCount), slab };
}

function appendShape(
  { scalar, dims, maxdims }: DatasetFacts,
  { rows, dim }: { rows: number; dim: number },
): readonly number[] {
  const canGrow = maxdims?.some((most, index) => most === 0 || most > (dims[index] ?? 0));
  if (scalar || maxdims === undefined || canGrow !== true) {
    throw new HdfError('invalid', 'Dataset shape must be extensible for packet updates');
  }
  if (dim < 0 || dim >= dims.length) {
    throw new HdfError('invalid', `append_dim: expected 0 to ${dims.length - 1}, found ${dim}`);
  }
  if (dims.some((extent, index) => index !== dim && extent === 0)) {
    throw new HdfError('invalid', 'append needs every other dimension to have elements');
  }
  const most = maxdims[dim] ?? 0;
  if (most !== 0 && (dims[dim] ?? 0) + rows > most) {
    throw new HdfError('conflict', `append beyond the maximum extent ${most} of dimension ${dim}`);
  }
  return dims.map((extent, index) => (index === dim ? rows : extent));
}

function sourceOf(shape: readonly number[], elementCount: number | undefined) {
  const count = shape.reduce((product, extent) => product * extent, 1);
  return { shape, count, sourceDims: sourceDims(shape, elementCount ?? count) };
}

/** Extents of `given` elements that are repeated over the leading dimensions of a shape. */
function sourceDims(shape: readonly number[], given: number): readonly number[] {
  let count = 1;
  for (let first = shape.length; first >= 0; first -= 1) {
    if (count === given) return shape.map((extent, dim) => (dim < first ? 1 : extent));
    count *= shape[first - 1] ?? 1;
  }
  throw new HdfError(
    'invalid',
    `element_count ${given} not compatible with selection shape: (${shape.join(', ')})`,
  );
}

/** Which of the given elements go into a part of the selection. */
export function blockFor(
  elements: Elements,
  sourceExtents: readonly number[],
): (part: Pick<ChunkPart, 'inResult'>) => ElementBlock {
  return ({ inResult }) => ({
    elements,
    dims: sourceExtents,
    slab: inResult.map((range, dim) => repeatedRange(range, sourceExtents[dim] ?? 1)),
  });
}

function repeatedRange(range: Hyperslab[number], extent: number): Hyperslab[number] {
  if (extent !== 1) return range;
  const count = isCoords(range) ? range.coords.length : range.count;
  return { start: 0, count, stride: 0 };
}
