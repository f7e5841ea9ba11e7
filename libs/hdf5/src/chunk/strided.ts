/**
 * The innermost byte copy: runs of elements along strided or tabled axes. It trusts its caller for
 * every bound; `copy.ts` is the checked face.
 */

/** One axis of a copy, outermost first in a list; steps and tables are in elements. */
export interface CopyAxis {
  readonly count: number;
  readonly sourceStep: number;
  readonly targetStep: number;
  /** Instead of a step: the offset of each place. */
  readonly sourceTable?: Uint32Array | undefined;
  readonly targetTable?: Uint32Array | undefined;
}

export interface StridedCopy {
  readonly source: Uint8Array;
  readonly target: Uint8Array;
  /** bytes */
  readonly itemSize: number;
  /** First element in the source and the target. */
  readonly sourceBase: number;
  readonly targetBase: number;
  readonly axes: readonly CopyAxis[];
}

type Lanes = Int32Array | Int16Array | Int8Array;

/** A copy in lanes of 4, 2 or 1 bytes; runs of `run` lanes are contiguous on both sides. */
interface LaneCopy {
  readonly source: Lanes;
  readonly target: Lanes;
  readonly lanesPerItem: number;
  readonly run: number;
  readonly axes: readonly CopyAxis[];
}

/** Runs from here on (in bytes) are copied by the runtime rather than lane by lane. */
const LONG_RUN_BYTES = 128;

/** Copies every element of the axes' product, in row-major order. */
export function copyStrided(copy: StridedCopy): void {
  if (copy.itemSize === 0 || copy.axes.some((axis) => axis.count === 0)) return;
  const { axes, runItems } = splitRun(mergeAxes(copy.axes));
  const runBytes = runItems * copy.itemSize;
  const lane = runBytes >= LONG_RUN_BYTES ? 1 : laneBytes(copy);
  const lanesPerItem = copy.itemSize / lane;
  const plan: LaneCopy = {
    source: lanesOf(copy.source, lane),
    target: lanesOf(copy.target, lane),
    lanesPerItem,
    run: runItems * lanesPerItem,
    axes: axes.length === 0 ? [{ count: 1, sourceStep: 0, targetStep: 0 }] : axes,
  };
  walk(plan, 0, { from: copy.sourceBase * lanesPerItem, to: copy.targetBase * lanesPerItem });
}

/** Joins neighbouring axes that together are one evenly strided axis on both sides. */
function mergeAxes(axes: readonly CopyAxis[]): CopyAxis[] {
  const merged: CopyAxis[] = [];
  for (const axis of axes) {
    const outer = merged.at(-1);
    if (axis.count === 1 && !isTabled(axis)) continue;
    if (outer !== undefined && continues(outer, axis)) {
      merged[merged.length - 1] = { ...axis, count: outer.count * axis.count };
    } else {
      merged.push(axis);
    }
  }
  return merged;
}

function continues(outer: CopyAxis, inner: CopyAxis): boolean {
  if (isTabled(outer) || isTabled(inner)) return false;
  return (
    outer.sourceStep === inner.sourceStep * inner.count &&
    outer.targetStep === inner.targetStep * inner.count
  );
}

function isTabled(axis: CopyAxis): boolean {
  return axis.sourceTable !== undefined || axis.targetTable !== undefined;
}

/** Takes the contiguous innermost axis off. */
function splitRun(axes: CopyAxis[]): { axes: CopyAxis[]; runItems: number } {
  const inner = axes.at(-1);
  if (inner === undefined || isTabled(inner)) return { axes, runItems: 1 };
  if (inner.sourceStep !== 1 || inner.targetStep !== 1) return { axes, runItems: 1 };
  return { axes: axes.slice(0, -1), runItems: inner.count };
}

function laneBytes({ source, target, itemSize }: StridedCopy): 1 | 2 | 4 {
  const bits = source.byteOffset | target.byteOffset | itemSize;
  if ((bits & 3) === 0) return 4;
  return (bits & 1) === 0 ? 2 : 1;
}

function lanesOf({ buffer, byteOffset, length }: Uint8Array, lane: 1 | 2 | 4): Lanes {
  if (lane === 4) return new Int32Array(buffer, byteOffset, length >> 2);
  if (lane === 2) return new Int16Array(buffer, byteOffset, length >> 1);
  return new Int8Array(buffer, byteOffset, length);
}

interface Place {
  readonly from: number;
  readonly to: number;
}

function walk(copy: LaneCopy, level: number, { from, to }: Place): void {
  const axis = copy.axes[level];
  if (axis === undefined) return;
  if (level === copy.axes.length - 1) {
    copyLine(copy, axis, { from, to });
    return;
  }
  const scale = copy.lanesPerItem;
  for (let place = 0; place < axis.count; place++) {
    walk(copy, level + 1, {
      from: from + (axis.sourceTable?.[place] ?? place * axis.sourceStep) * scale,
      to: to + (axis.targetTable?.[place] ?? place * axis.targetStep) * scale,
    });
  }
}

function copyLine(copy: LaneCopy, axis: CopyAxis, place: Place): void {
  if (copy.run >= LONG_RUN_BYTES && copy.source.BYTES_PER_ELEMENT === 1) {
    copyLongRuns(copy, axis, place);
  } else if (isTabled(axis)) {
    copyTabled(copy, axis, place);
  } else if (copy.run === 1) {
    copySingles(copy, axis, place);
  } else if (copy.run === 2) {
    copyPairs(copy, axis, place);
  } else {
    copyShortRuns(copy, axis, place);
  }
}

function copySingles(copy: LaneCopy, axis: CopyAxis, { from, to }: Place): void {
  const { source, target, lanesPerItem } = copy;
  const sourceStep = axis.sourceStep * lanesPerItem;
  const targetStep = axis.targetStep * lanesPerItem;
  const { count } = axis;
  for (let nth = 0, s = from, t = to; nth < count; nth++, s += sourceStep, t += targetStep) {
    target[t] = source[s] ?? 0;
  }
}

/** Elements of 8 bytes in lanes of 4, above all. */
function copyPairs(copy: LaneCopy, axis: CopyAxis, { from, to }: Place): void {
  const { source, target, lanesPerItem } = copy;
  const sourceStep = axis.sourceStep * lanesPerItem;
  const targetStep = axis.targetStep * lanesPerItem;
  const { count } = axis;
  for (let nth = 0, s = from, t = to; nth < count; nth++, s += sourceStep, t += targetStep) {
    target[t] = source[s] ?? 0;
    target[t + 1] = source[s + 1] ?? 0;
  }
}

function copyShortRuns(copy: LaneCopy, axis: CopyAxis, { from, to }: Place): void {
  const { source, target, run } = copy;
  const sourceStep = axis.sourceStep * copy.lanesPerItem;
  const targetStep = axis.targetStep * copy.lanesPerItem;
  const { count } = axis;
  for (let nth = 0, s = from, t = to; nth < count; nth++, s += sourceStep, t += targetStep) {
    for (let lane = 0; lane < run; lane++) target[t + lane] = source[s + lane] ?? 0;
  }
}

function copyTabled(copy: LaneCopy, axis: CopyAxis, { from, to }: Place): void {
  const { source, target, run, lanesPerItem } = copy;
  for (let nth = 0; nth < axis.count; nth++) {
    const s = from + (axis.sourceTable?.[nth] ?? nth * axis.sourceStep) * lanesPerItem;
    const t = to + (axis.targetTable?.[nth] ?? nth * axis.targetStep) * lanesPerItem;
    for (let lane = 0; lane < run; lane++) target[t + lane] = source[s + lane] ?? 0;
  }
}

function copyLongRuns(copy: LaneCopy, axis: CopyAxis, { from, to }: Place): void {
  const { source, target, run, lanesPerItem } = copy;
  for (let nth = 0; nth < axis.count; nth++) {
    const s = from + (axis.sourceTable?.[nth] ?? nth * axis.sourceStep) * lanesPerItem;
    const t = to + (axis.targetTable?.[nth] ?? nth * axis.targetStep) * lanesPerItem;
    target.set(source.subarray(s, s + run), t);
  }
}
