/**
 * The `select` parameter and its body forms to and from a hyperslab.
 *
 * @see HDF REST API, selections
 */
import { HdfError } from '../errors.js';
import type { Json } from '../json/json.js';
import { resultAxes } from './axes.js';
import { type DimRange, type DimSelection, type Hyperslab, isCoords } from './hyperslab.js';

/** The keys of a request body that select; undefined or null is absent. */
export interface SelectBody {
  readonly select?: Json | undefined;
  readonly start?: Json | undefined;
  readonly stop?: Json | undefined;
  readonly step?: Json | undefined;
}

/** All elements of a dataspace; a scalar (rank 0) counts as `[1]`. */
export function wholeSlab(dims: readonly number[]): Hyperslab {
  return selectable(dims).map((extent) => ({ start: 0, count: extent, stride: 1 }));
}

/**
 * Reads `[0:10:2,3,[1,4]]`. White space is ignored; an empty text or list selects everything.
 *
 * @param dims extents of the dataspace; a scalar (rank 0) counts as `[1]`
 * @throws HdfError `invalid` for bad syntax, another rank, or anything outside the extents
 */
export function parseSelect(text: string, dims: readonly number[]): Hyperslab {
  const compact = text.replace(/\s+/g, '');
  if (compact === '' || compact === '[]') return wholeSlab(dims);
  const extents = selectable(dims);
  if (!isBracketed(compact)) return refuse(`expected [...] but got ${shown(text)}`);
  const parts = splitDims(compact.slice(1, -1), extents.length);
  return checked(extents.map((extent, index) => parseDim(parts[index] ?? '', extent)));
}

/**
 * Reads the selection of a JSON body: `select` (text, or a list with one entry a dimension), else
 * `start` with `stop` and perhaps `step`, else everything.
 *
 * @param dims extents of the dataspace; a scalar (rank 0) counts as `[1]`
 * @throws HdfError `invalid` as `parseSelect`
 */
export function parseSelectBody(body: SelectBody, dims: readonly number[]): Hyperslab {
  const { select, start, stop, step } = body;
  if (typeof select === 'string' && select !== '') return parseSelect(select, dims);
  if (Array.isArray(select) && select.length > 0) return parseEntries(select, selectable(dims));
  if (!isAbsent(select)) return refuse('select must be a string or a list');
  if (isAbsent(start) || isAbsent(stop)) return wholeSlab(dims);
  return parseBounds({ start, stop, step }, selectable(dims));
}

/**
 * The `select` text of a hyperslab. An empty range is written `:`, which reads back as empty on an
 * extent of 0 only.
 *
 * @throws HdfError `invalid` for a stride of 0 over several elements, which has no text
 */
export function formatSelect(slab: Hyperslab): string {
  return `[${slab.map(formatDim).join(',')}]`;
}

function formatDim(dim: DimSelection): string {
  if (isCoords(dim)) return `[${dim.coords.join(',')}]`;
  const { start, count, stride } = dim;
  if (count === 0) return ':';
  if (count === 1) return `${start}:${start + 1}`;
  if (stride < 1) return refuse(`a stride of ${stride} cannot be written`);
  const stop = start + (count - 1) * stride + 1;
  return stride === 1 ? `${start}:${stop}` : `${start}:${stop}:${stride}`;
}

function parseEntries(entries: readonly Json[], dims: readonly number[]): Hyperslab {
  const paired = dims.length === 1 && entries.length > 1; // [3,4,7] is one list on rank 1
  const perDim: readonly Json[] = paired ? [entries as Json[]] : entries;
  requireRank(perDim.length, dims.length);
  return checked(dims.map((extent, index) => parseEntry(perDim[index], extent)));
}

function parseEntry(entry: Json | undefined, extent: number): DimSelection {
  if (typeof entry === 'string') return parseDim(entry.replace(/\s+/g, ''), extent);
  if (Array.isArray(entry)) return coordinates(entry.map(requireInteger), extent);
  const index = requireInteger(entry);
  return rangeOf({ start: index, stop: index + 1, step: 1 }, extent);
}

interface Bounds<T> {
  readonly start: T;
  readonly stop: T;
  readonly step: T;
}

function parseBounds(bounds: Bounds<Json | undefined>, dims: readonly number[]): Hyperslab {
  const rank = dims.length;
  const start = perDimension(bounds.start, rank);
  const stop = perDimension(bounds.stop, rank);
  const step = isAbsent(bounds.step) ? start.map(() => 1) : perDimension(bounds.step, rank);
  return dims.map((extent, index) => {
    const at = (list: readonly number[]) => list[index] ?? 0;
    return rangeOf({ start: at(start), stop: at(stop), step: at(step) }, extent);
  });
}

function perDimension(value: Json | undefined, rank: number): number[] {
  const list = Array.isArray(value) ? value : [value];
  requireRank(list.length, rank);
  return list.map(requireInteger);
}

/** Cuts at the commas outside of inner brackets. */
function splitDims(text: string, rank: number): string[] {
  const parts = text.match(/\[[^[\]]*\]|[^,[\]]+|[,[\]]/g) ?? [];
  const dims: string[] = [];
  parts.forEach((part, index) => {
    const separator = index % 2 === 1;
    if (separator !== (part === ',')) refuse(`unexpected ${shown(part)}`);
    if (!separator) dims.push(part);
  });
  if (parts.length % 2 === 0) refuse('a dimension is empty');
  requireRank(dims.length, rank);
  return dims;
}

function parseDim(text: string, extent: number): DimSelection {
  if (isBracketed(text)) return coordinates(text.slice(1, -1).split(',').map(parseIndex), extent);
  if (!text.includes(':')) {
    const index = parseIndex(text);
    return rangeOf({ start: index, stop: index + 1, step: 1 }, extent);
  }
  const [start = '', stop = '', step = '', ...more] = text.split(':');
  if (more.length > 0) return refuse(`too many colons in ${shown(text)}`);
  if (start === '' && stop === '' && step === '') return { start: 0, count: extent, stride: 1 };
  const bounds = {
    start: start === '' ? 0 : parseIndex(start),
    stop: stop === '' ? extent : parseIndex(stop),
    step: step === '' ? 1 : parseIndex(step),
  };
  return rangeOf(bounds, extent);
}

function rangeOf({ start, stop, step }: Bounds<number>, extent: number): DimRange {
  if (start < 0 || start >= extent || stop <= start || stop > extent || step < 1) {
    return refuse(`${start}:${stop}:${step} does not fit an extent of ${extent}`);
  }
  const count = Math.ceil((stop - start) / step);
  return { start, count, stride: count === 1 ? 1 : step };
}

function coordinates(coords: number[], extent: number): DimSelection {
  if (coords.length === 0) return refuse('a coordinate list is empty');
  for (const coord of coords) {
    if (coord < 0 || coord >= extent) refuse(`coordinate ${coord} outside an extent of ${extent}`);
  }
  return { coords };
}

function parseIndex(text: string): number {
  const value = /^[0-9]{1,16}$/.test(text) ? Number(text) : NaN;
  return Number.isSafeInteger(value) ? value : refuse(`expected an index but got ${shown(text)}`);
}

function requireInteger(value: Json | undefined): number {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  return refuse('expected an integer');
}

function requireRank(found: number, rank: number): void {
  if (found !== rank) refuse(`${found} dimensions given, the dataspace has ${rank}`);
}

/** Coordinate lists must pair up. */
function checked(slab: Hyperslab): Hyperslab {
  resultAxes(slab);
  return slab;
}

function selectable(dims: readonly number[]): readonly number[] {
  return dims.length === 0 ? [1] : dims;
}

function isBracketed(text: string): boolean {
  return text.length >= 2 && text.startsWith('[') && text.endsWith(']');
}

function isAbsent(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === '') return true;
  return Array.isArray(value) && value.length === 0;
}

function shown(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}...` : text;
}

function refuse(detail: string): never {
  throw new HdfError('invalid', `Invalid selection: ${detail}`);
}
