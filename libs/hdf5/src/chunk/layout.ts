import { parseDims, type Dataspace, type SimpleSpace } from '../dataspace/dataspace.js';
import type { Datatype } from '../datatype/datatype.js';
import { hasVlen, layoutItemSize } from '../datatype/size.js';
import { HdfError } from '../errors.js';
import { isObjectId, kindOf } from '../id/object-id.js';
import { jsonEqual } from '../json/equal.js';
import { isJsonMap, type Json, type JsonMap } from '../json/json.js';
import { toJson, toJsonMap } from '../json/literal.js';
import { chunkBytes, chunkDimsFor, contiguousChunkDims, type ChunkSizing } from './guess.js';

export const LAYOUT_CLASSES = [
  'H5D_CHUNKED',
  'H5D_CONTIGUOUS',
  'H5D_COMPACT',
  'H5D_CONTIGUOUS_REF',
  'H5D_CHUNKED_REF',
  'H5D_CHUNKED_REF_INDIRECT',
] as const;
export type LayoutClass = (typeof LAYOUT_CLASSES)[number];

export interface LayoutLimits {
  /** bytes */
  readonly minChunkSize: number;
  /** bytes */
  readonly maxChunkSize: number;
  /** Above so many chunks they are spread over partitions; 0 for never. */
  readonly maxChunksPerFolder: number;
  /** Largest chunk that a client may fix with `keepGivenDims`, in bytes; 128 MiB unless given. */
  readonly givenChunkSizeMax?: number;
}

export interface LayoutRequest {
  readonly type: Datatype;
  readonly space: Dataspace;
  /** `creationProperties.layout`; null is the same as none. */
  readonly layoutJson?: Json | undefined;
  /** Whether the dataset has any filter. */
  readonly filtersPresent: boolean;
  readonly limits: LayoutLimits;
  /** True: chunks are what the client asked for (HSDS 1.0); false: a start value only (0.9). */
  readonly keepGivenDims: boolean;
}

/** HSDS 1.0's default chunk cache: a chunk above it cannot be served. */
const GIVEN_CHUNK_SIZE_MAX = 128 << 20;
/** Elements that unlimited dimensions together are taken to have when partitions are counted. */
const UNLIMITED_ELEMENTS = 1_000_000;

const REQUIRED: Readonly<Record<LayoutClass, readonly string[]>> = {
  H5D_CHUNKED: ['dims'],
  H5D_CONTIGUOUS: [],
  H5D_COMPACT: [],
  H5D_CONTIGUOUS_REF: ['file_uri', 'offset', 'size'],
  H5D_CHUNKED_REF: ['file_uri', 'dims', 'chunks'],
  H5D_CHUNKED_REF_INDIRECT: ['dims', 'chunk_table'],
};

/**
 * How the chunks of a new dataset are laid out: the `layout` of its stored document, beside the one
 * that the client gave. None for a null space.
 *
 * @throws HdfError `invalid` for a layout that does not fit the dataset, also filters without chunks
 * @see HDF REST API, layout and automatic chunking
 */
export function effectiveLayout(request: LayoutRequest): JsonMap | undefined {
  const { space, limits } = request;
  const given = parseLayout(request.layoutJson, request);
  const compact = given.class === 'H5D_COMPACT' && !isExtensible(space);
  const unchunked = compact || given.class === 'H5D_CONTIGUOUS_REF' || space.class === 'null';
  if (request.filtersPresent && unchunked) {
    throw new HdfError('invalid', 'Filters can only be used with chunked datasets');
  }
  if (compact) return toJsonMap({ class: 'H5D_COMPACT' });
  if (space.class === 'null') return undefined;
  if (space.class === 'scalar') return chunked([1]);
  const sizing: ChunkSizing = { itemBytes: layoutItemSize(request.type), ...limits };
  if (given.class === 'H5D_CONTIGUOUS_REF') return chunked(contiguousChunkDims(space.dims, sizing));
  if (isReference(given.class)) return chunked(given.dims ?? []);
  const keep = request.keepGivenDims && given.dims !== undefined;
  const dims = keep ? (given.dims ?? []) : chunkDimsFor(space, sizing, given.dims);
  const sizeMax = limits.givenChunkSizeMax ?? GIVEN_CHUNK_SIZE_MAX;
  if (keep && chunkBytes(dims, sizing) > sizeMax) {
    throw new HdfError('invalid', `chunk [${dims.join(', ')}] has more than ${sizeMax} bytes`);
  }
  return chunked(dims, partitionCount(space, dims, limits.maxChunksPerFolder));
}

/**
 * The `creationProperties.layout` to store beside the effective one. HSDS 1.0 reads the former and
 * takes all that is not chunked for one chunk of the extent, HSDS 0.9 reads the latter: where they
 * would find other chunks, both are told what is used.
 */
export function layoutForBoth(given: JsonMap, used: JsonMap, space: Dataspace): JsonMap {
  if (space.class !== 'simple') return given;
  const givenClass = LAYOUT_CLASSES.find((name) => name === given.get('class'));
  if (givenClass === undefined || isReference(givenClass)) return given;
  if (used.get('class') !== 'H5D_CHUNKED') return given;
  const isChunked = givenClass === 'H5D_CHUNKED';
  const dims = isChunked ? (given.get('dims') ?? null) : toJson([...space.dims]);
  const isSame = jsonEqual(dims, used.get('dims') ?? null) && !used.has('partition_count');
  const wouldGrow = !isChunked && isExtensible(space);
  return isSame && !wouldGrow ? given : used;
}

/** A layout that a client gave, or the default one. */
export interface GivenLayout {
  readonly class: LayoutClass;
  /** Chunk extents, each at least 1, of the dataset's rank. */
  readonly dims?: readonly number[];
  /** Dataset id of the table of chunks in the file (H5D_CHUNKED_REF_INDIRECT). */
  readonly chunkTable?: string;
}

/**
 * Checks `creationProperties.layout`; that a chunk table exists is for the caller to see.
 *
 * @throws HdfError `invalid`
 */
export function parseLayout(
  json: Json | undefined,
  { type, space }: { readonly type: Datatype; readonly space: Dataspace },
): GivenLayout {
  if (json === undefined || json === null) return { class: 'H5D_CONTIGUOUS' };
  if (!isJsonMap(json)) throw new HdfError('invalid', 'expected a layout object');
  const layoutClass = LAYOUT_CLASSES.find((name) => name === json.get('class'));
  if (layoutClass === undefined) throw new HdfError('invalid', 'unknown layout class');
  const required = REQUIRED[layoutClass];
  for (const name of required) {
    if (!json.has(name)) throw new HdfError('invalid', `${layoutClass} layout without ${name}`);
  }
  if (!required.includes('dims') && json.has('dims')) {
    throw new HdfError('invalid', `${layoutClass} layout with dims`);
  }
  if (isReference(layoutClass)) checkReference(json, layoutClass, { type, space });
  const dims = json.get('dims');
  if (dims === undefined) return { class: layoutClass };
  const table = json.get('chunk_table');
  const chunkTable = typeof table === 'string' ? { chunkTable: table } : {};
  return { class: layoutClass, dims: parseChunkDims(dims, space), ...chunkTable };
}

function isReference(layoutClass: LayoutClass): boolean {
  return layoutClass.includes('_REF');
}

function checkReference(
  json: JsonMap,
  layoutClass: LayoutClass,
  { type, space }: { readonly type: Datatype; readonly space: Dataspace },
): void {
  if (hasVlen(type)) {
    throw new HdfError('invalid', `${layoutClass} layout of variable-length elements`);
  }
  if (space.class === 'null') throw new HdfError('invalid', `${layoutClass} layout of no elements`);
  const table = json.get('chunk_table');
  if (table === undefined || layoutClass !== 'H5D_CHUNKED_REF_INDIRECT') return;
  if (!isObjectId(table) || kindOf(table) !== 'dataset') {
    throw new HdfError('invalid', 'expected chunk_table to be a dataset id');
  }
}

function parseChunkDims(json: Json, space: Dataspace): number[] {
  if (space.class !== 'simple') {
    throw new HdfError('invalid', `chunk dims with a ${space.class} shape`);
  }
  const dims = parseDims(json);
  if (dims.length !== space.dims.length) {
    throw new HdfError('invalid', `chunk of rank ${dims.length}, shape of ${space.dims.length}`);
  }
  for (const [dim, extent] of dims.entries()) {
    const bound = space.maxdims === undefined ? space.dims[dim] : space.maxdims[dim] || Infinity;
    if (extent < 1 || extent > (bound ?? 0)) {
      throw new HdfError('invalid', `chunk extent ${extent}, expected 1 to ${bound ?? 0}`);
    }
  }
  return dims;
}

function isExtensible(space: Dataspace): boolean {
  return space.class === 'simple' && space.maxdims !== undefined;
}

function chunked(dims: readonly number[], partitions?: number): JsonMap {
  return toJsonMap({ class: 'H5D_CHUNKED', dims: [...dims], partition_count: partitions });
}

/** Over how many partitions the chunks go; undefined for none. */
function partitionCount(
  space: SimpleSpace,
  chunkDims: readonly number[],
  chunksPerFolder: number,
): number | undefined {
  if (chunksPerFolder <= 0) return undefined;
  const unlimited = space.maxdims?.filter((extent) => extent === 0).length ?? 0;
  const assumed = Math.floor(UNLIMITED_ELEMENTS ** (1 / unlimited));
  const chunks = (space.maxdims ?? space.dims).reduce((count, extent, dim) => {
    const reach = extent === 0 && space.maxdims !== undefined ? assumed : extent;
    return count * Math.ceil(reach / Math.max(1, chunkDims[dim] ?? 1));
  }, 1);
  return chunks > chunksPerFolder ? Math.ceil(chunks / chunksPerFolder) : undefined;
}
