import {
  concatElements,
  chunkOrigin,
  elementCount,
  fillElements,
  gatherAt,
  isFixed,
  type CompoundType,
  type Datatype,
  type Elements,
  type FixedElements,
  type VlenElements,
} from '#hdf5';
import type { ReplyOf } from '#dn-client';
import type { DatasetFacts } from './dataset-facts.js';

/** What a query found. */
export interface QueryRows {
  /** Coordinates in the dataset, `rank` numbers a match. */
  readonly coords: readonly number[];
  readonly rank: number;
  /** The whole elements, in the same order. */
  readonly elements: Elements;
}

type Matches = ReplyOf<'chunk.query'>['matches'];

interface RowCollector {
  readonly count: number;
  add(parts: readonly { readonly chunk: readonly number[] }[], matches: Matches): void;
  finish(limit: number | undefined): QueryRows;
}

/** Collects the matches of many chunks in chunk order. */
export function collectRows(facts: DatasetFacts): RowCollector {
  const { spec, dims } = facts;
  const rank = dims.length;
  const coords: number[] = [];
  const runs: Elements[] = [];
  return {
    get count() {
      return coords.length / rank;
    },
    add(parts, matches) {
      matches.forEach((match, index) => {
        if (match === null || match.offsets.length === 0) return;
        const origin = chunkOrigin(parts[index]?.chunk ?? [], spec.chunkDims);
        for (const offset of match.offsets) addCoords(coords, offset, { origin, spec: facts.spec });
        runs.push(match.elements);
      });
    },
    finish(limit) {
      const all = runs.length === 0 ? fillElements(spec.type, 0, null) : concatElements(runs);
      const count = elementCount(all);
      if (limit === undefined || count <= limit) return { coords, rank, elements: all };
      const kept = Uint32Array.from({ length: limit }, (_none, index) => index);
      return { coords: coords.slice(0, limit * rank), rank, elements: gatherAt(all, kept) };
    },
  };
}

function addCoords(
  coords: number[],
  offset: number,
  { origin, spec }: { origin: readonly number[]; spec: DatasetFacts['spec'] },
): void {
  const first = coords.length;
  let rest = offset;
  for (let dim = origin.length - 1; dim >= 0; dim -= 1) {
    const extent = spec.chunkDims[dim] ?? 1;
    coords[first + dim] = (origin[dim] ?? 0) + (rest % extent);
    rest = Math.floor(rest / extent);
  }
}

const INDEX_BYTES = 8;

/** The type of a row: the index, then the fields of the element. */
export function rowType(type: CompoundType): CompoundType {
  const index: Datatype = { class: 'integer', size: 8, signed: false, littleEndian: true };
  const taken = new Set(type.fields.map((field) => field.name));
  let name = 'index';
  while (taken.has(name)) name = `_${name}`;
  return { class: 'compound', fields: [{ name, type: index }, ...type.fields] };
}

/** Puts the row index (u64 LE) before every element. */
export function withIndex(indices: readonly number[], elements: Elements): Elements {
  return isFixed(elements) ? fixedRows(indices, elements) : variableRows(indices, elements);
}

function fixedRows(indices: readonly number[], { itemSize, bytes }: FixedElements): FixedElements {
  const rowBytes = INDEX_BYTES + itemSize;
  const rows = new Uint8Array(indices.length * rowBytes);
  const view = new DataView(rows.buffer);
  indices.forEach((index, row) => {
    view.setBigUint64(row * rowBytes, BigInt(index), true);
    rows.set(bytes.subarray(row * itemSize, (row + 1) * itemSize), row * rowBytes + INDEX_BYTES);
  });
  return { itemSize: rowBytes, bytes: rows };
}

function variableRows(indices: readonly number[], elements: VlenElements): VlenElements {
  const { offsets, bytes } = elements;
  const rows = new Uint8Array(bytes.length + indices.length * INDEX_BYTES);
  const rowOffsets = new Uint32Array(indices.length + 1);
  const view = new DataView(rows.buffer);
  let position = 0;
  indices.forEach((index, row) => {
    rowOffsets[row] = position;
    view.setBigUint64(position, BigInt(index), true);
    const element = bytes.subarray(offsets[row] ?? 0, offsets[row + 1] ?? 0);
    rows.set(element, position + INDEX_BYTES);
    position += INDEX_BYTES + element.length;
  });
  rowOffsets[indices.length] = position;
  return { itemSize: 'variable', offsets: rowOffsets, bytes: rows };
}
