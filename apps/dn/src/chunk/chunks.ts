import {
  chunkElementCount,
  chunkId,
  chunkKey,
  decodeChunk,
  encodeChunk,
  fillElements,
  HdfError,
  isFixed,
  isRepeated,
  wrapElements,
  type ChunkSpec,
  type Elements,
} from '#hdf5';
import type { ObjectAddress, WriteBackCache } from '#storage';
import { ChunkLocator } from './chunk-locator.js';
import { initialChunk } from './initializer.js';
import type { LinkedFiles } from './linked-files.js';
import { ReferencedChunks, type ReferencedPart } from './referenced.js';

export type ChunkCache = WriteBackCache<Elements, ChunkSpec>;

/** Plain chunks as the write-back cache wants them. */
export const chunkCodec = {
  async decode(bytes: Uint8Array, spec: ChunkSpec): Promise<Elements> {
    const { filters, itemSize } = spec;
    const count = chunkElementCount(spec.chunkDims);
    const sizes = itemSize === 'variable' ? {} : { plainSize: count * itemSize };
    const plain = await decodeChunk(bytes, { filters, itemSize, ...sizes });
    try {
      return wrapElements(spec.type, plain, count);
    } catch (error) {
      const message = `a stored chunk of ${spec.datasetId} does not fit its type`;
      throw new HdfError('corrupt', message, { cause: error });
    }
  },

  encode(elements: Elements, spec: ChunkSpec): Promise<Uint8Array> {
    const { filters, itemSize } = spec;
    return encodeChunk(elements.bytes, { filters, itemSize });
  },

  sizeOf(elements: Elements): number {
    return elements.bytes.length + (isFixed(elements) ? 0 : elements.offsets.byteLength);
  },

  clone(elements: Elements): Elements {
    if (!isFixed(elements)) return elements;
    const copy = chunkCodec.blank(elements);
    copy.bytes.set(elements.bytes);
    return copy;
  },

  blank<E extends Elements>(elements: E): E {
    if (!isFixed(elements)) return elements;
    return { ...elements, bytes: unclearedBytes(elements.bytes.length) };
  },
};

/** Memory of any content, never a part of a larger one: a chunk keeps nothing else alive. */
export function unclearedBytes(byteLength: number): Uint8Array {
  return new Uint8Array(Buffer.allocUnsafeSlow(byteLength).buffer);
}

/** Where a chunk is stored. */
export function chunkAddress(
  bucket: string,
  spec: ChunkSpec,
  chunk: readonly number[],
): ObjectAddress {
  return { bucket, key: chunkKey(chunkId(spec.datasetId, chunk, spec.partitionCount)) };
}

/** A chunk that was never written: the fill value everywhere. */
export function emptyChunk(spec: ChunkSpec): Elements {
  return fillElements(spec.type, chunkElementCount(spec.chunkDims), spec.fill);
}

/** True for a chunk that holds the fill value everywhere. */
export function isEmptyChunk(elements: Elements, spec: ChunkSpec): boolean {
  const fill = fillElements(spec.type, 1, spec.fill);
  return isRepeated(elements, fill);
}

/** The chunks that this node owns. Values are live: read them before the next `await`. */
export class Chunks {
  private readonly locator: ChunkLocator;
  private readonly referenced: ReferencedChunks;

  constructor(
    readonly cache: ChunkCache,
    files: LinkedFiles,
    readonly writeEmpty: boolean,
  ) {
    this.locator = new ChunkLocator(files);
    this.referenced = new ReferencedChunks(files);
  }

  /**
   * A chunk's elements, or null when it is not allocated.
   *
   * @param part for reference layouts also where it lies in an HDF5 file, and which elements are
   *   asked for: no others need be right
   */
  async read(
    bucket: string,
    spec: ChunkSpec,
    part: { readonly chunk: readonly number[] } & ReferencedPart,
  ): Promise<Elements | null> {
    if (spec.reference !== undefined) return this.referenced.read(spec, part);
    const stored = await this.cache.get(chunkAddress(bucket, spec, part.chunk), spec);
    if (stored !== null || spec.initializer === undefined) return stored;
    return initialChunk(spec, part.chunk) ?? this.locator.table(bucket, spec, part.chunk);
  }

  /** What a chunk holds before its first write. */
  fresh(spec: ChunkSpec, chunk: readonly number[]): Elements {
    const initial = spec.initializer === undefined ? null : initialChunk(spec, chunk);
    return initial ?? emptyChunk(spec);
  }

  /** @throws HdfError `invalid` for datasets that refer to an HDF5 file */
  refuseReferenced(spec: ChunkSpec): void {
    if (spec.reference === undefined) return;
    throw new HdfError(
      'invalid',
      `dataset ${spec.datasetId} refers to an HDF5 file and cannot be written`,
    );
  }
}
