import { Injectable } from '@nestjs/common';
import {
  chunkSpecOf,
  HdfError,
  parseStoredShape,
  wholeSlab,
  type DatasetDocument,
  type Elements,
  type ReferenceLayout,
} from '#hdf5';
import { DataNodes, type CallContext, type ChunkSource } from '#dn-client';
import type { DatasetFacts } from './dataset-facts.js';
import { ChunkTable } from './chunk-table.js';

interface Planned {
  readonly chunkIndex: readonly number[];
}

/** Finds where in an HDF5 file the chunks of a reference dataset lie. */
@Injectable()
export class ChunkSources {
  constructor(private readonly nodes: DataNodes) {}

  /**
   * One source a planned chunk, or undefined for ordinary datasets.
   *
   * @throws HdfError `invalid` for a chunk table that cannot be used; `not-found`, `gone`
   */
  async of(
    facts: DatasetFacts,
    plan: readonly Planned[],
    call: CallContext,
  ): Promise<readonly ChunkSource[] | undefined> {
    const { reference, chunkDims } = facts.spec;
    if (reference === undefined) return undefined;
    switch (reference.class) {
      case 'H5D_CONTIGUOUS_REF':
        return plan.map(({ chunkIndex }) => contiguousSource(facts, reference, chunkIndex));
      case 'H5D_CHUNKED_REF':
        return plan.map(({ chunkIndex }) => {
          const [offset, size] = reference.chunks.get(chunkIndex.join('_')) ?? [0, 0];
          const piece = size > 0 ? { fileUri: reference.fileUri, offset, size } : null;
          return { pieceDims: chunkDims, pieces: [piece] };
        });
      case 'H5D_CHUNKED_REF_INDIRECT': {
        const table = await this.table(facts, reference, call);
        return Promise.all(plan.map(({ chunkIndex }) => table.source(chunkIndex, call)));
      }
    }
  }

  private async table(
    facts: DatasetFacts,
    reference: Extract<ReferenceLayout, { class: 'H5D_CHUNKED_REF_INDIRECT' }>,
    call: CallContext,
  ): Promise<ChunkTable> {
    const { bucket, spec } = facts;
    const parts = { links: false, attributes: false };
    const records = await this.nodes.readObjects(bucket, [reference.chunkTable], parts, call);
    const record = records.get(reference.chunkTable);
    if (record === undefined || !('document' in record)) {
      throw new HdfError(record?.kind ?? 'not-found', `chunk table ${reference.chunkTable}`);
    }
    const { document } = record;
    if (document.kind !== 'dataset' || document.root !== facts.root) {
      throw new HdfError('invalid', `chunk table ${document.id} is no dataset of this domain`);
    }
    return new ChunkTable(tableFacts(bucket, document), {
      pieceDims: pieceDims(spec.chunkDims, reference.hyperDims),
      chunkDims: spec.chunkDims,
      fileUri: reference.fileUri,
      read: (table, chunks) => this.readTable(table, chunks, call),
    });
  }

  /** The table's own chunks, whole; null for unallocated ones. */
  private async readTable(
    table: DatasetFacts,
    chunks: readonly (readonly number[])[],
    call: CallContext,
  ): Promise<readonly (Elements | null)[]> {
    const { bucket, spec } = table;
    const parts = chunks.map((chunk) => ({ chunk, inChunk: wholeSlab(spec.chunkDims) }));
    const blocks = await this.nodes.readChunks({ bucket, spec, parts }, call);
    return blocks.map((block) => block?.elements ?? null);
  }
}

function tableFacts(bucket: string, document: DatasetDocument): DatasetFacts {
  const space = parseStoredShape(document.shape);
  const spec = chunkSpecOf(document);
  if (space.class !== 'simple' || spec.type.class !== 'compound' || spec.reference !== undefined) {
    throw new HdfError('invalid', `chunk table ${document.id} must be an array of compounds`);
  }
  return { bucket, root: document.root, spec, dims: space.dims, scalar: false };
}

function pieceDims(chunkDims: readonly number[], hyperDims?: readonly number[]): readonly number[] {
  if (hyperDims === undefined) return chunkDims;
  const fits =
    hyperDims.length === chunkDims.length &&
    chunkDims.every((extent, dim) => extent % (hyperDims[dim] ?? NaN) === 0);
  if (!fits) {
    throw new HdfError('invalid', `chunk dims ${chunkDims.join()} are no multiple of hyper_dims`);
  }
  return hyperDims;
}

/** A chunk of a contiguous dataset: one byte range, since chunks cover whole trailing dimensions. */
function contiguousSource(
  { spec, dims }: DatasetFacts,
  reference: Extract<ReferenceLayout, { class: 'H5D_CONTIGUOUS_REF' }>,
  chunkIndex: readonly number[],
): ChunkSource {
  const { chunkDims, itemSize } = spec;
  if (itemSize === 'variable' || reference.size === 0) {
    return { pieceDims: chunkDims, pieces: [null] };
  }
  let stride = itemSize;
  let offset = reference.offset;
  for (let dim = dims.length - 1; dim >= 0; dim -= 1) {
    offset += (chunkIndex[dim] ?? 0) * (chunkDims[dim] ?? 1) * stride;
    stride *= dims[dim] ?? 1;
  }
  const size = chunkDims.reduce((product, extent) => product * extent, itemSize);
  return { pieceDims: chunkDims, pieces: [{ fileUri: reference.fileUri, offset, size }] };
}
