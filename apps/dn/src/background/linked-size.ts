import {
  chunkElementCount,
  chunkSpecOf,
  coordsAt,
  decodeJsonValue,
  elementAt,
  gridDims,
  jsonNumber,
  parseStoredShape,
  type ChunkSpec,
  type DatasetDocument,
  type Elements,
} from '#hdf5';
import type { ObjectStore } from '#storage';
import { chunkAddress, chunkCodec } from '../chunk/chunks.js';

/** What a dataset refers to in HDF5 files. */
export interface LinkedSize {
  readonly pieces: number;
  readonly bytes: number;
}

/** A chunk table's stored chunks. */
export type TableChunks = AsyncIterable<{
  readonly spec: ChunkSpec;
  readonly elements: Elements;
}>;

/**
 * Chunks in HDF5 files and their bytes; of a dataset with a chunk table, what the stored table says.
 *
 * @see HSDS: linked_bytes, num_linked_chunks
 */
export async function linkedSize(
  document: DatasetDocument,
  readTable: (id: string) => Promise<TableChunks>,
): Promise<LinkedSize> {
  const none = { pieces: 0, bytes: 0 };
  if (document.layout === undefined) return none;
  const { reference, chunkDims, itemSize } = chunkSpecOf(document);
  switch (reference?.class) {
    case 'H5D_CHUNKED_REF':
      return total([...reference.chunks.values()].map(([, size]) => size));
    case 'H5D_CONTIGUOUS_REF': {
      if (itemSize === 'variable') return none;
      const pieces = chunkElementCount(gridOf(document, chunkDims));
      return { pieces, bytes: pieces * chunkElementCount(chunkDims) * itemSize };
    }
    case 'H5D_CHUNKED_REF_INDIRECT':
      return sizesInTable(await readTable(reference.chunkTable));
    default:
      return none;
  }
}

/** The chunks of a dataset that are stored; none of what is no dataset. */
export async function* storedChunks(
  store: ObjectStore,
  bucket: string,
  document: DatasetDocument | null,
): TableChunks {
  if (document === null || document.layout === undefined) return;
  const spec = chunkSpecOf(document);
  if (spec.reference !== undefined) return;
  const grid = gridOf(document, spec.chunkDims);
  const count = chunkElementCount(grid);
  for (let index = 0; index < count; index += 1) {
    const stored = await store.get(chunkAddress(bucket, spec, coordsAt(index, grid)));
    if (stored === null || stored === 'not-modified') continue;
    yield { spec, elements: await chunkCodec.decode(stored.bytes, spec) };
  }
}

/** Sums the second fields that are not 0. */
async function sizesInTable(chunks: TableChunks): Promise<LinkedSize> {
  const sizes: number[] = [];
  for await (const { spec, elements } of chunks) {
    const count = chunkElementCount(spec.chunkDims);
    for (let index = 0; index < count; index += 1) {
      const entry = decodeJsonValue(spec.type, [], elementAt(elements, index));
      const size = Array.isArray(entry) ? (jsonNumber(entry[1]) ?? 0) : 0;
      if (size > 0) sizes.push(size);
    }
  }
  return total(sizes);
}

function total(sizes: readonly number[]): LinkedSize {
  return { pieces: sizes.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}

/** Chunks of a dataset along each dimension. */
function gridOf(document: DatasetDocument, chunkDims: readonly number[]): number[] {
  const space = parseStoredShape(document.shape);
  const dims = space.class === 'simple' ? space.dims : [1];
  return gridDims(dims, chunkDims);
}
