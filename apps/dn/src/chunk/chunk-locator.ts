import { LRUCache } from 'lru-cache';
import {
  chunkElementCount,
  encodeJsonValue,
  errorKind,
  linearOffset,
  locateChunks,
  type ChunkLocation,
  type ChunkSpec,
  type Elements,
  type Json,
} from '#hdf5';
import type { LinkedFiles } from './linked-files.js';

/** Datasets of files whose chunks are remembered, and how many chunks in all (100 bytes each). */
const DATASETS_MAX = 256;
const LOCATIONS_MAX = 1_000_000;

/** Errors that are told: for these nobody would know that the fill value stands for data. */
const TOLD = ['unavailable', 'forbidden', 'unsupported', 'corrupt'];

/** What `["chunklocator", "--h5path=…", "--filepath=…", "--bucket=…"]` names. */
interface Place {
  readonly bucket: string;
  readonly key: string;
  readonly path: string;
}

/**
 * Computes chunk tables: which bytes of an HDF5 file hold each chunk of a dataset in it. Only the
 * parts of the file that say so are read; a file is taken never to change.
 */
export class ChunkLocator {
  private readonly known = new LRUCache<string, Promise<readonly ChunkLocation[]>>({
    max: DATASETS_MAX,
    maxSize: LOCATIONS_MAX,
    sizeCalculation: () => 1,
  });

  constructor(private readonly files: LinkedFiles) {}

  /**
   * A chunk of the table; null when there is no such file or dataset: the fill value then stands for it.
   *
   * @param bucket of the domain, where the initializer names none
   * @throws HdfError `forbidden` when the file may not be read, `unavailable`; `unsupported` and
   * `corrupt` for an index that cannot be read
   */
  async table(bucket: string, spec: ChunkSpec, chunk: readonly number[]): Promise<Elements | null> {
    const place = placeOf(spec.initializer ?? [], bucket);
    if (place === null || spec.itemSize === 'variable') return null;
    try {
      return tableChunk(spec, chunk, await this.locations(place));
    } catch (error) {
      if (TOLD.includes(errorKind(error))) throw error;
      return null;
    }
  }

  private locations(place: Place): Promise<readonly ChunkLocation[]> {
    const name = JSON.stringify(place);
    const known = this.known.get(name);
    if (known !== undefined) return known;
    const { bucket, key, path } = place;
    const readAt = (offset: number, length: number) =>
      this.files.read({ bucket, key }, { offset, length });
    const located = locateChunks(readAt, path);
    this.known.set(name, located);
    located.then(
      (list) => this.known.set(name, located, { size: list.length + 1 }),
      // It is tried again.
      () => this.known.delete(name),
    );
    return located;
  }
}

function placeOf(initializer: readonly string[], bucket: string): Place | null {
  const [name, ...options] = initializer;
  if (name !== 'chunklocator') return null;
  const option = (prefix: string) =>
    options.find((text) => text.startsWith(prefix))?.slice(prefix.length);
  const path = option('--h5path=');
  const key = option('--filepath=')?.replace(/^\/+/, '');
  if (path === undefined || key === undefined || key === '') return null;
  return { bucket: option('--bucket=') ?? bucket, key, path };
}

/** One row (offset, size) a chunk of the file, zeros where none is allocated. */
function tableChunk(
  spec: ChunkSpec,
  chunk: readonly number[],
  locations: readonly ChunkLocation[],
): Elements {
  const { chunkDims } = spec;
  const count = chunkElementCount(chunkDims);
  const rows: Json[] = Array.from({ length: count }, () => [0, 0]);
  for (const { chunk: position, offset, size } of locations) {
    const inChunk = position.map((at, dim) => at - (chunk[dim] ?? 0) * (chunkDims[dim] ?? 1));
    const inside =
      inChunk.length === chunkDims.length &&
      inChunk.every((at, dim) => at >= 0 && at < (chunkDims[dim] ?? 0));
    if (inside) rows[linearOffset(inChunk, chunkDims)] = [offset, size];
  }
  return encodeJsonValue(spec.type, [count], rows);
}
