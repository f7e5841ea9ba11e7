import {
  HdfError,
  gatherElements,
  isCoords,
  parseChunkSpecText,
  selectFields,
  viewElements,
  type ChunkSpec,
  type Datatype,
  type Hyperslab,
  type Json,
  type JsonOut,
} from '#hdf5';
import { lend } from '#storage';
import type { ChunkSource, ElementBlock, ReadPart } from '../operations.js';
import { Members } from './codec.js';
import { plain } from './plain.js';

/** A length or a count; null: absent. */
export type Wire = number | null;

/** Cuts a payload into the runs whose lengths the header gives. */
export class PayloadReader {
  private offset = 0;

  constructor(private readonly payload: Uint8Array) {}

  take(byteLength: number): Uint8Array {
    const end = this.offset + byteLength;
    if (end > this.payload.length) {
      throw new HdfError('invalid', `payload of ${this.payload.length} bytes, ${end} announced`);
    }
    const bytes = this.payload.subarray(this.offset, end);
    this.offset = end;
    return bytes;
  }

  /** u32 LE values, copied so that they are aligned. */
  takeOffsets(count: number): Uint32Array {
    // Not `slice()`: that of a Buffer shares its memory.
    const bytes = new Uint8Array(this.take(count * 4));
    return new Uint32Array(bytes.buffer);
  }
}

/** A selection as JSON: `[start, count, stride]` or `[[coordinates]]` a dimension. */
export function slabOut(slab: Hyperslab): JsonOut {
  return slab.map((dim) => (isCoords(dim) ? [dim.coords] : [dim.start, dim.count, dim.stride]));
}

/** A selection from its JSON. */
export function slabIn(json: Json): Hyperslab {
  const dims = plain<(number | number[])[][]>(json);
  return dims.map(([first, count, stride]) =>
    Array.isArray(first)
      ? { coords: first }
      : { start: Number(first), count: Number(count), stride: Number(stride) },
  );
}

/** Offsets as u32 in host order (little-endian on every platform that Node supports). */
export function offsetsBytes(offsets: Uint32Array): Uint8Array {
  return new Uint8Array(offsets.buffer, offsets.byteOffset, offsets.byteLength);
}

/** A block's selected elements, packed; not copied, but lent, where they lie side by side. */
export function packed({ elements, dims, slab }: ElementBlock): Uint8Array {
  const view = viewElements(elements, dims, slab);
  if (view === null) return gatherElements(elements, dims, slab).bytes;
  lend(elements);
  return view.bytes;
}

/** `text` of specs that were seen lately, parsed; the same dataset comes again and again. */
const parsedSpecs = new Map<string, ChunkSpec>();
const PARSED_SPECS_MAX = 512;

/** The dataset facts of a request, parsed once a text. */
export function specIn(text: string): ChunkSpec {
  const known = parsedSpecs.get(text);
  if (known !== undefined) return known;
  const spec = parseChunkSpecText(text);
  if (parsedSpecs.size >= PARSED_SPECS_MAX) parsedSpecs.clear();
  parsedSpecs.set(text, spec);
  return spec;
}

/** A source as JSON. */
export function sourceOut({ pieceDims, pieces }: ChunkSource): JsonOut {
  return { pieceDims, pieces: pieces.map((piece) => (piece === null ? null : { ...piece })) };
}

/** The `source` of a part, when it has one. */
export function sourceIn(members: Members): { source?: ChunkSource } {
  return members.has('source') ? { source: members.plain<ChunkSource>('source') } : {};
}

/** What every chunk request has. */
export function base(header: Members): { bucket: string; spec: ChunkSpec; parts: Members[] } {
  return {
    bucket: header.text('bucket'),
    spec: specIn(header.text('spec')),
    parts: header.list('parts').map((part) => new Members(part)),
  };
}

/** A part of a read or a query as JSON. */
export function readPartOut({ chunk, inChunk, source }: ReadPart): JsonOut {
  return {
    chunk,
    inChunk: slabOut(inChunk),
    source: source === undefined ? undefined : sourceOut(source),
  };
}

/** A part of a read or a query from its JSON. */
export function readPartIn(part: Members): ReadPart {
  return {
    chunk: part.plain<number[]>('chunk'),
    inChunk: slabIn(part.json('inChunk')),
    ...sourceIn(part),
  };
}

/** The `fields` of a request, when it has them. */
export function fieldsIn(header: Members): { fields?: readonly string[] } {
  return header.has('fields') ? { fields: header.plain<string[]>('fields') } : {};
}

/** The type of data elements: the dataset's, or the compound of some fields. */
export function typeOf(spec: ChunkSpec, fields: readonly string[] | undefined): Datatype {
  return fields === undefined ? spec.type : selectFields(spec.type, fields);
}

/** Number of elements of an array of these dims. */
export function countOf(dims: readonly number[]): number {
  return dims.reduce((product, extent) => product * extent, 1);
}

/** Lengths of runs in bytes, null for absent ones. */
export function sizesOf(runs: readonly (Uint8Array | null)[]): Wire[] {
  return runs.map((run) => run?.length ?? null);
}

/** The runs that are there. */
export function present(runs: readonly (Uint8Array | null)[]): Uint8Array[] {
  return runs.filter((run) => run !== null);
}
