/**
 * All that a data node must know of a dataset to serve its chunks. Immutable for the life of a
 * dataset (the extent is not in it), so it may be cached by dataset id.
 */
import type { Datatype } from '../datatype/datatype.js';
import type { Elements } from '../value/elements.js';

/** One entry of a dataset's filter list, as stored. */
export interface FilterEntry {
  readonly class: string;
  readonly id?: number;
  readonly name?: string;
  readonly level?: number;
  /** Of the scale-offset filter: decimal digits of floats, bits of integers (0: chosen by it). */
  readonly scaleOffset?: number;
}

/** Where the chunks of a dataset are that refers to an HDF5 file. */
export type ReferenceLayout =
  | {
      readonly class: 'H5D_CONTIGUOUS_REF';
      readonly fileUri: string;
      readonly offset: number;
      readonly size: number;
    }
  | {
      readonly class: 'H5D_CHUNKED_REF';
      readonly fileUri: string;
      /** `i_j` -> [offset, size] */
      readonly chunks: ReadonlyMap<string, readonly [number, number]>;
    }
  | {
      readonly class: 'H5D_CHUNKED_REF_INDIRECT';
      readonly fileUri?: string;
      readonly chunkTable: string;
      /** Chunk shape in the file, when the server's chunks are multiples of it. */
      readonly hyperDims?: readonly number[];
    };

export interface ChunkSpec {
  /** The JSON text from which `parseChunkSpecText` makes this: what travels to a data node. */
  readonly text: string;
  readonly datasetId: string;
  readonly type: Datatype;
  /** bytes, or variable */
  readonly itemSize: number | 'variable';
  /** Chunk extents in elements; `[1]` for a scalar. */
  readonly chunkDims: readonly number[];
  readonly filters: readonly FilterEntry[];
  /** One element, or null for zeros. */
  readonly fill: Elements | null;
  /** Storage partitions of the chunk keys; 0 for none. */
  readonly partitionCount: number;
  readonly reference?: ReferenceLayout;
  /** `creationProperties.initializer`, first the name. */
  readonly initializer?: readonly string[];
}
