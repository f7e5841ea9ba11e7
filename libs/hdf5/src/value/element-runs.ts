/** Runs of elements as lists: picked, replaced, filled, compared, joined. */
import { assert } from '../assert.js';
import { copyStrided } from '../chunk/strided.js';
import { HdfError } from '../errors.js';
import { requireRunBytes } from './byte-sink.js';
import {
  type Elements,
  type FixedElements,
  type VlenElements,
  elementCount,
  isFixed,
} from './elements.js';

/**
 * The elements at these offsets, in this order, as a new run.
 *
 * @throws HdfError `invalid` for an offset past the end
 */
export function gatherAt(elements: Elements, offsets: Uint32Array): Elements {
  requireWithin(offsets, elements);
  if (!isFixed(elements)) return gatherVlen(elements, offsets);
  const { itemSize } = elements;
  const bytes = new Uint8Array(requireRunBytes(offsets.length * itemSize));
  copyStrided({
    source: elements.bytes,
    target: bytes,
    itemSize,
    sourceBase: 0,
    targetBase: 0,
    axes: [{ count: offsets.length, sourceStep: 0, targetStep: 1, sourceTable: offsets }],
  });
  return { itemSize, bytes };
}

/**
 * Puts element k of `source` at `offsets[k]`; for an offset given twice the last wins.
 *
 * @returns `elements`, changed in place, for fixed sizes; a new run for variable ones
 * @throws HdfError `invalid` for an offset past the end; `internal` when the runs do not match
 */
export function scatterAt(elements: Elements, offsets: Uint32Array, source: Elements): Elements {
  requireWithin(offsets, elements);
  if (!isFixed(elements)) return scatterVlen(elements, offsets, source);
  const { itemSize } = elements;
  assert(source.itemSize === itemSize, 'source and target have one item size');
  assert(source.bytes.length === offsets.length * itemSize, 'one source element an offset');
  copyStrided({
    source: source.bytes,
    target: elements.bytes,
    itemSize,
    sourceBase: 0,
    targetBase: 0,
    axes: [{ count: offsets.length, sourceStep: 1, targetStep: 0, targetTable: offsets }],
  });
  return elements;
}

/** True when both runs have the same elements, byte by byte (so NaN equals NaN, 0 is not -0). */
export function sameElements(left: Elements, right: Elements): boolean {
  if (left.itemSize !== right.itemSize || left.bytes.length !== right.bytes.length) return false;
  if (!isFixed(left) && !isFixed(right) && !sameOffsets(left.offsets, right.offsets)) return false;
  return Buffer.compare(left.bytes, right.bytes) === 0;
}

/**
 * One run of all elements, in order.
 *
 * @param runs at least one, all fixed of one size or all variable
 * @throws HdfError `internal` for none or a mixture; `too-large`
 */
export function concatElements(runs: readonly Elements[]): Elements {
  const [first] = runs;
  assert(first !== undefined, 'at least one run to join');
  assert(
    runs.every((run) => run.itemSize === first.itemSize),
    'runs to join have one item size',
  );
  if (runs.length === 1) return first;
  const bytes = new Uint8Array(requireRunBytes(sum(runs.map((run) => run.bytes.length))));
  let filled = 0;
  for (const run of runs) {
    bytes.set(run.bytes, filled);
    filled += run.bytes.length;
  }
  if (isFixed(first)) return { itemSize: first.itemSize, bytes };
  return { itemSize: 'variable', offsets: joinOffsets(runs), bytes };
}

/** Repeats one element. @throws HdfError `too-large` */
export function repeatElement(element: Elements, count: number): Elements {
  const bytes = new Uint8Array(requireRunBytes(element.bytes.length * count));
  if (count > 0) bytes.set(element.bytes);
  for (let filled = element.bytes.length; filled > 0 && filled < bytes.length; filled *= 2) {
    bytes.copyWithin(filled, 0, Math.min(filled, bytes.length - filled));
  }
  if (isFixed(element)) return { itemSize: element.itemSize, bytes };
  const offsets = new Uint32Array(count + 1).map((_zero, index) => index * element.bytes.length);
  return { itemSize: 'variable', offsets, bytes };
}

/** True when every element is this one, byte by byte; costs no memory. */
export function isRepeated(elements: Elements, element: Elements): boolean {
  const count = elementCount(elements);
  if (count === 0) return true;
  if (!sameElements(elementAt(elements, 0), element)) return false;
  const size = element.bytes.length;
  if (!isFixed(elements)) {
    const { offsets } = elements;
    if (!offsets.every((offset, index) => offset === index * size)) return false;
  }
  // All equal, if the bytes stay the same when shifted by one element.
  const { bytes } = elements;
  return Buffer.compare(bytes.subarray(size), bytes.subarray(0, bytes.length - size)) === 0;
}

/** The element at an index, a view of the run's bytes. */
export function elementAt(elements: Elements, index: number): Elements {
  if (isFixed(elements)) {
    const { itemSize, bytes } = elements;
    return { itemSize, bytes: bytes.subarray(index * itemSize, (index + 1) * itemSize) };
  }
  const bytes = elements.bytes.subarray(elements.offsets[index], elements.offsets[index + 1]);
  return { itemSize: 'variable', offsets: Uint32Array.of(0, bytes.length), bytes };
}

function gatherVlen(elements: VlenElements, picks: Uint32Array): VlenElements {
  const offsets = new Uint32Array(picks.length + 1);
  const sizeOf = (pick: number) =>
    (elements.offsets[pick + 1] ?? 0) - (elements.offsets[pick] ?? 0);
  let size = 0;
  for (const [index, pick] of picks.entries()) {
    size = requireRunBytes(size + sizeOf(pick));
    offsets[index + 1] = size;
  }
  const bytes = new Uint8Array(size);
  for (const [index, pick] of picks.entries()) {
    const start = elements.offsets[pick] ?? 0;
    bytes.set(elements.bytes.subarray(start, start + sizeOf(pick)), offsets[index]);
  }
  return { itemSize: 'variable', offsets, bytes };
}

function scatterVlen(elements: VlenElements, places: Uint32Array, source: Elements): VlenElements {
  assert(!isFixed(source), 'source and target have one item size');
  assert(source.offsets.length - 1 === places.length, 'one source element an offset');
  const count = elementCount(elements);
  const joined = concatElements([elements, source]);
  const picks = new Uint32Array(count).map((_zero, index) => index);
  for (const [index, place] of places.entries()) picks[place] = count + index;
  assert(!isFixed(joined), 'joined runs are variable');
  return gatherVlen(joined, picks);
}

function joinOffsets(runs: readonly Elements[]): Uint32Array {
  const offsets = new Uint32Array(sum(runs.map(elementCount)) + 1);
  let filled = 0;
  let base = 0;
  for (const run of runs) {
    if (isFixed(run)) continue;
    for (let index = 1; index < run.offsets.length; index++) {
      filled++;
      offsets[filled] = base + (run.offsets[index] ?? 0);
    }
    base += run.bytes.length;
  }
  return offsets;
}

function requireWithin(offsets: Uint32Array, elements: FixedElements | VlenElements): void {
  if (elements.itemSize === 0) return;
  const count = elementCount(elements);
  for (const offset of offsets) {
    if (offset >= count) {
      throw new HdfError('invalid', `element ${offset} of a run of ${count}`);
    }
  }
}

function sameOffsets(left: Uint32Array, right: Uint32Array): boolean {
  return left.length === right.length && left.every((offset, index) => offset === right[index]);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
