/**
 * Some fields of compound elements: taken out as a packed smaller compound, or put back.
 *
 * @see HDF REST API, parameter `fields`
 */
import { assert } from '../assert.js';
import { copyStrided } from '../chunk/strided.js';
import type { CompoundType, Datatype } from '../datatype/datatype.js';
import { selectFields } from '../datatype/fields.js';
import { itemSize } from '../datatype/size.js';
import { ByteSink } from './byte-sink.js';
import {
  type Elements,
  type FixedElements,
  type VlenElements,
  elementCount,
  isFixed,
} from './elements.js';
import { type Skip, skipOver } from './serialise.js';

/** A run of neighbouring bytes that moves between full and packed elements. */
interface FieldRun {
  readonly inFull: number;
  readonly inPacked: number;
  bytes: number;
}

/**
 * The named fields of every element, packed in the order of `names`: elements of the compound that
 * has just these fields.
 *
 * @throws HdfError `invalid` for an unknown or repeated name or a type that is no compound
 */
export function extractFields(
  type: Datatype,
  names: readonly string[],
  elements: Elements,
): Elements {
  const { compound, packed, picks } = chosen(type, names);
  if (isFixed(elements)) return moveFixed(compound, picks, { full: elements });
  const spans = fieldSpans(compound, elements);
  const fieldCount = compound.fields.length;
  const collected = collect(picks, elementCount(elements), (element, pick) =>
    spanBytes(spans, elements.bytes, element * fieldCount + pick),
  );
  const size = itemSize(packed);
  return size === 'variable' ? collected : { itemSize: size, bytes: collected.bytes };
}

/**
 * Puts packed fields into full elements; the other fields keep their content.
 *
 * @param target full elements, as many as `source` has
 * @param source elements of the compound with the fields of `names`, in that order
 * @returns the target, changed in place, for fixed sizes; a new run for variable ones
 * @throws HdfError as `extractFields`; `internal` when the runs differ in length
 */
export function assignFields(
  type: Datatype,
  names: readonly string[],
  { target, source }: { target: Elements; source: Elements },
): Elements {
  const { compound, packed, picks } = chosen(type, names);
  if (isFixed(target)) {
    assert(isFixed(source), 'source and target are fixed');
    return moveFixed(compound, picks, { full: target, packed: source });
  }
  const count = elementCount(target);
  assert(elementCount(source) === count, 'one source element a target element');
  const oldSpans = fieldSpans(compound, target);
  const newSpans = fieldSpans(packed, source);
  const all = compound.fields.map((_field, index) => index);
  const replacement = all.map((index) => picks.indexOf(index));
  return collect(all, count, (element, index) => {
    const from = replacement[index] ?? -1;
    if (from < 0) return spanBytes(oldSpans, target.bytes, element * all.length + index);
    return spanBytes(newSpans, source.bytes, element * picks.length + from);
  });
}

interface Chosen {
  readonly compound: CompoundType;
  /** The compound of the chosen fields. */
  readonly packed: CompoundType;
  /** Positions of the chosen fields in the full compound. */
  readonly picks: readonly number[];
}

function chosen(type: Datatype, names: readonly string[]): Chosen {
  const packed = selectFields(type, names);
  assert(type.class === 'compound', 'only compounds have fields');
  const picks = names.map((name) => type.fields.findIndex((field) => field.name === name));
  return { compound: type, packed, picks };
}

/** Moves fields out of `full`, or from `packed` into it. */
function moveFixed(
  type: CompoundType,
  picks: readonly number[],
  { full, packed }: { full: FixedElements; packed?: FixedElements },
): FixedElements {
  const sizes = type.fields.map((field) => Number(itemSize(field.type)));
  const { runs, packedBytes } = fieldRuns(sizes, picks);
  const count = elementCount(full);
  const small = packed ?? { itemSize: packedBytes, bytes: new Uint8Array(count * packedBytes) };
  assert(small.bytes.length === count * packedBytes, 'one source element a target element');
  for (const run of runs) {
    const into = packed !== undefined;
    copyStrided({
      source: into ? small.bytes : full.bytes,
      target: into ? full.bytes : small.bytes,
      itemSize: 1,
      sourceBase: into ? run.inPacked : run.inFull,
      targetBase: into ? run.inFull : run.inPacked,
      axes: [
        {
          count,
          sourceStep: into ? packedBytes : full.itemSize,
          targetStep: into ? full.itemSize : packedBytes,
        },
        { count: run.bytes, sourceStep: 1, targetStep: 1 },
      ],
    });
  }
  return packed === undefined ? small : full;
}

function fieldRuns(
  sizes: readonly number[],
  picks: readonly number[],
): { runs: FieldRun[]; packedBytes: number } {
  const starts = sizes.map((_size, index) => sizes.slice(0, index).reduce((a, b) => a + b, 0));
  const runs: FieldRun[] = [];
  let packedBytes = 0;
  for (const pick of picks) {
    const bytes = sizes[pick] ?? 0;
    const inFull = starts[pick] ?? 0;
    const last = runs.at(-1);
    if (last !== undefined && last.inFull + last.bytes === inFull) last.bytes += bytes;
    else runs.push({ inFull, inPacked: packedBytes, bytes });
    packedBytes += bytes;
  }
  return { runs, packedBytes };
}

/** Ends of every field of every element; element e, field f at index e x fields + f. */
function fieldSpans(type: CompoundType, elements: Elements): Uint32Array {
  const skips = type.fields.map((field): Skip => skipOver(field.type));
  const { bytes } = elements;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const ends = new Uint32Array(elementCount(elements) * skips.length);
  let position = 0;
  for (let index = 0; index < ends.length; index++) {
    position = skips[index % skips.length]?.(view, position) ?? position;
    ends[index] = position;
  }
  return ends;
}

function spanBytes(ends: Uint32Array, bytes: Uint8Array, index: number): Uint8Array {
  return bytes.subarray(index === 0 ? 0 : ends[index - 1], ends[index]);
}

/** Joins the chosen fields of every element. */
function collect(
  picks: readonly number[],
  count: number,
  bytesOf: (element: number, pick: number) => Uint8Array,
): VlenElements {
  const sink = new ByteSink(64 * count);
  const offsets = new Uint32Array(count + 1);
  for (let element = 0; element < count; element++) {
    for (const pick of picks) sink.append(bytesOf(element, pick));
    offsets[element + 1] = sink.length;
  }
  return { itemSize: 'variable', offsets, bytes: sink.finish() };
}
