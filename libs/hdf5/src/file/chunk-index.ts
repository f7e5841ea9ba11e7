import { coordsAt } from '../chunk/grid.js';
import { HdfError } from '../errors.js';
import type { Cursor } from './cursor.js';
import { arrayElements } from './extensible-array.js';
import { FileBytes, type ReadAt } from './file-bytes.js';
import { findObject } from './links.js';
import { MESSAGE, messageOf, readMessages } from './object-header.js';
import { treeEntries } from './tree-v1.js';
import { treeRecords } from './tree-v2.js';

/** Where one chunk of a dataset lies in its file. */
export interface ChunkLocation {
  /** Position in the grid of chunks. */
  readonly chunk: readonly number[];
  /** Bytes from the start of the file. */
  readonly offset: number;
  /** Stored bytes. */
  readonly size: number;
}

/** A dataset's chunked layout, version 4 or 5: what its index needs. */
interface NewLayout {
  readonly chunkDims: readonly number[];
  readonly itemBytes: number;
  /** Chunks in each dimension, of the maximum extents. */
  readonly grid: readonly number[];
  /** The first dimension without a maximum extent; -1: none. */
  readonly unlimited: number;
}

const CHUNKED = 2;
const INDEX = { single: 1, implicit: 2, fixedArray: 3, extensibleArray: 4, tree: 5 } as const;
const FILTERED_SINGLE = 0x02;
/** Chunks of one dataset. */
const CHUNKS_MAX = 1_000_000;
const CHECKSUM_BYTES = 4;
const FILTER_MASK_BYTES = 4;

/**
 * Where the allocated chunks of a chunked dataset lie, in any order.
 *
 * @param path of hard links from the root group
 * @throws HdfError `not-found`; `invalid` when it is no HDF5 file or the dataset is not chunked;
 * `unsupported` for an index of an unknown kind and for more than a million chunks; `corrupt`
 * @see HDF5 file format specification 3.0
 */
export async function locateChunks(readAt: ReadAt, path: string): Promise<ChunkLocation[]> {
  const { file, root } = await FileBytes.open(readAt);
  const messages = await readMessages(file, await findObject(file, root, path));
  const layout = messageOf(messages, MESSAGE.layout);
  if (layout === undefined) throw new HdfError('invalid', `${path} is no dataset`);
  const version = layout.uint(1);
  if (version < 3 || version > 5) {
    throw new HdfError('unsupported', `HDF5 layout version ${version}`);
  }
  if (layout.uint(1) !== CHUNKED) throw new HdfError('invalid', `${path} is not chunked`);
  const found: ChunkLocation[] = [];
  const space = messageOf(messages, MESSAGE.dataspace);
  const chunks = version === 3 ? oldIndex(file, layout) : newIndex(file, layout, space);
  for await (const location of chunks) {
    needFew(found.length + 1);
    found.push({ ...location, offset: location.offset + file.base });
  }
  return found;
}

/** Layout version 3: a B-tree with size, mask and element offsets as key. */
async function* oldIndex(file: FileBytes, layout: Cursor): AsyncGenerator<ChunkLocation> {
  const rank = layout.uint(1) - 1;
  const tree = layout.address();
  if (tree === null) return;
  const chunkDims = extents(rank, () => layout.uint(4));
  for await (const { key, child } of treeEntries(file, tree, 8 + 8 * (rank + 1))) {
    const cursor = file.over(key);
    const size = cursor.uint(4);
    cursor.skip(FILTER_MASK_BYTES);
    const chunk = chunkDims.map((extent) => Math.floor(cursor.uint(8) / extent));
    yield { chunk, offset: child, size };
  }
}

/** Layout versions 4 and 5: one of five indices. */
async function* newIndex(
  file: FileBytes,
  layout: Cursor,
  space: Cursor | undefined,
): AsyncGenerator<ChunkLocation> {
  const flags = layout.uint(1);
  const rank = layout.uint(1) - 1;
  const width = layout.uint(1);
  const chunkDims = extents(rank, () => layout.uint(width));
  const itemBytes = layout.uint(width);
  const kind = layout.uint(1);
  const known: NewLayout = { chunkDims, itemBytes, ...gridOf(file, space, chunkDims) };
  const { grid } = known;
  switch (kind) {
    case INDEX.single: {
      const size = (flags & FILTERED_SINGLE) !== 0 ? layout.length() : chunkBytes(known);
      if ((flags & FILTERED_SINGLE) !== 0) layout.skip(FILTER_MASK_BYTES);
      const offset = layout.address();
      if (offset !== null) yield { chunk: chunkDims.map(() => 0), offset, size };
      return;
    }
    case INDEX.implicit: {
      const first = layout.address();
      const size = chunkBytes(known);
      const count = first === null ? 0 : needFew(product(grid));
      for (let nth = 0; nth < count; nth += 1) {
        yield { chunk: coordsAt(nth, grid), offset: (first ?? 0) + nth * size, size };
      }
      return;
    }
    case INDEX.fixedArray:
      layout.skip(1);
      yield* fixedArray(file, layout.address(), known);
      return;
    case INDEX.extensibleArray:
      layout.skip(5);
      yield* extensibleArray(file, layout.address(), known);
      return;
    case INDEX.tree:
      layout.skip(6);
      yield* treeIndex(file, layout.address(), known);
      return;
    default:
      throw new HdfError('unsupported', `HDF5 chunk index of kind ${kind}`);
  }
}

async function* fixedArray(
  file: FileBytes,
  address: number | null,
  layout: NewLayout,
): AsyncGenerator<ChunkLocation> {
  if (address === null) return;
  const { address: width, length } = file.widths;
  const head = (await file.at(address, 8 + length + width)).signature('FAHD');
  head.skip(2);
  const entryBytes = head.uint(1);
  const pageEntries = 2 ** head.uint(1);
  const count = needFew(head.length());
  const block = head.address();
  if (block === null) return;
  const paged = count > pageEntries;
  const pages = paged ? Math.ceil(count / pageEntries) : 1;
  const prefix = 6 + width + (paged ? Math.ceil(pages / 8) + CHECKSUM_BYTES : 0);
  const inPage = paged ? pageEntries : count;
  const pageBytes = inPage * entryBytes + (paged ? CHECKSUM_BYTES : 0);
  (await file.at(block, 4)).signature('FADB');
  for (let page = 0; page < pages; page += 1) {
    const here = Math.min(inPage, count - page * inPage);
    const entries = await file.at(block + prefix + page * pageBytes, here * entryBytes);
    for (let index = 0; index < here; index += 1) {
      const stored = storedAt(file.over(entries.take(entryBytes)), width, layout);
      if (stored === null) continue;
      yield { chunk: coordsAt(page * inPage + index, layout.grid), ...stored };
    }
  }
}

/** One unlimited dimension: chunks are counted as if it were the first. */
async function* extensibleArray(
  file: FileBytes,
  address: number | null,
  layout: NewLayout,
): AsyncGenerator<ChunkLocation> {
  if (address === null) return;
  const first = Math.max(0, layout.unlimited);
  const others = layout.grid.filter((_extent, dim) => dim !== first);
  const grid = [layout.grid[first] ?? 1, ...others];
  for await (const { index, bytes } of arrayElements(file, address, needFew)) {
    const stored = storedAt(bytes, file.widths.address, layout);
    if (stored === null) continue;
    const [along = 0, ...rest] = coordsAt(index, grid);
    yield { chunk: rest.toSpliced(first, 0, along), ...stored };
  }
}

/** An entry of an array: the chunk's address, and of filtered chunks their size and a mask. */
function storedAt(entry: Cursor, width: number, layout: NewLayout) {
  const sizeBytes = entry.left - width - FILTER_MASK_BYTES;
  const offset = entry.address();
  const size = sizeBytes > 0 ? entry.uint(sizeBytes) : chunkBytes(layout);
  // Pages that were never written hold zeros.
  return offset === null || offset === 0 ? null : { offset, size };
}

/** Several unlimited dimensions: records with the chunk's position. */
async function* treeIndex(
  file: FileBytes,
  address: number | null,
  layout: NewLayout,
): AsyncGenerator<ChunkLocation> {
  if (address === null) return;
  const rank = layout.chunkDims.length;
  for await (const record of treeRecords(file, address)) {
    const sizeBytes = record.left - file.widths.address - FILTER_MASK_BYTES - 8 * rank;
    const filtered = sizeBytes > 0;
    const offset = record.requiredAddress();
    const size = filtered ? record.uint(sizeBytes) : chunkBytes(layout);
    if (filtered) record.skip(FILTER_MASK_BYTES);
    yield { chunk: layout.chunkDims.map(() => record.uint(8)), offset, size };
  }
}

/** Chunks in each dimension, of the maximum extents; unlimited ones count as they are. */
function gridOf(file: FileBytes, space: Cursor | undefined, chunkDims: readonly number[]) {
  if (space === undefined) throw new HdfError('corrupt', 'a dataset of the HDF5 file has no space');
  const version = space.uint(1);
  const rank = space.uint(1);
  const flags = space.uint(1);
  space.skip(version === 1 ? 5 : 1);
  const dims = Array.from({ length: rank }, () => space.length());
  const unlimited = 256 ** file.widths.length - 1;
  const most = (flags & 1) !== 0 ? dims.map(() => space.length()) : dims;
  const grid = chunkDims.map((extent, dim) => {
    const maximum = most[dim] ?? 0;
    return Math.ceil((maximum >= unlimited ? (dims[dim] ?? 0) : maximum) / extent);
  });
  return { grid, unlimited: most.findIndex((maximum) => maximum >= unlimited) };
}

/** @throws HdfError `unsupported` */
function needFew(chunks: number): number {
  if (chunks <= CHUNKS_MAX) return chunks;
  throw new HdfError('unsupported', `more than ${CHUNKS_MAX} chunks in a dataset of an HDF5 file`);
}

/** Extents of chunks. @throws HdfError `corrupt` */
function extents(rank: number, next: () => number): number[] {
  const dims = Array.from({ length: rank }, next);
  if (dims.every((extent) => extent >= 1)) return dims;
  throw new HdfError('corrupt', 'a chunk of the HDF5 file has no extent');
}

function chunkBytes({ chunkDims, itemBytes }: NewLayout): number {
  return product(chunkDims) * itemBytes;
}

function product(dims: readonly number[]): number {
  return dims.reduce((all, extent) => all * extent, 1);
}
