import { Injectable } from '@nestjs/common';
import {
  concatElements,
  defined,
  fillElements,
  gatherAt,
  isFixed,
  paginate,
  planChunks,
  planPoints,
  scatterAt,
  slabCount,
  wholeSlab,
  type ChunkPart,
  type Elements,
  type Hyperslab,
  type Page,
  type PointList,
} from '#hdf5';
import { DataNodes, type CallContext, type ElementBlock, type WritePart } from '#dn-client';
import { ChunkSources } from './chunk-sources.js';
import type { DatasetFacts } from './dataset-facts.js';
import { PageBlocks } from './page-blocks.js';

/**
 * Bytes of elements that one round of chunk requests moves: large enough for a row of chunks of most
 * datasets, since a page that ends within a chunk makes two rounds touch it.
 */
export const PAGE_BYTES = 16 * 1024 * 1024;
/** Chunks that one round touches (HSDS: max_chunks_per_request). */
const PAGE_CHUNKS = 1000;
/** Assumed size of a variable-length element when pages are cut, bytes. */
const VLEN_BYTES = 512;

/** Moves elements between selections of a dataset and memory, by way of the data nodes. */
@Injectable()
export class ChunkIo {
  constructor(
    private readonly nodes: DataNodes,
    private readonly sources: ChunkSources,
  ) {}

  /** The pages of a selection, in row-major order. */
  pages(facts: DatasetFacts, slab: Hyperslab): Iterable<Page> {
    const { itemSize, chunkDims } = facts.spec;
    return paginate(slab, {
      bytesPerElement: itemSize === 'variable' ? VLEN_BYTES : itemSize,
      maxBytesPerPage: PAGE_BYTES,
      chunkDims,
      maxChunksPerPage: PAGE_CHUNKS,
    });
  }

  /** All elements of a selection, row-major; the caller has bounded its size. */
  async readAll(facts: DatasetFacts, slab: Hyperslab, call: CallContext): Promise<Elements> {
    const runs: Elements[] = [];
    for (const page of this.pages(facts, slab)) {
      const blocks = await this.fetchPage(facts, page.slab, call);
      runs.push(blocks.whole(newMemory));
    }
    const [only] = runs;
    if (runs.length === 1 && only !== undefined) return only;
    return runs.length === 0 ? fillElements(facts.spec.type, 0, null) : concatElements(runs);
  }

  /** What the data nodes have of one page. */
  async fetchPage(facts: DatasetFacts, slab: Hyperslab, call: CallContext): Promise<PageBlocks> {
    const { bucket, spec } = facts;
    const plan = [...planChunks(slab, spec.chunkDims)];
    const sources = await this.sources.of(facts, plan, call);
    const parts = plan.map(({ chunkIndex, inChunk }, index) => {
      const source = sources?.[index];
      return { chunk: chunkIndex, inChunk, ...(source === undefined ? {} : { source }) };
    });
    const blocks = await this.nodes.readChunks({ bucket, spec, parts }, call);
    return new PageBlocks({ spec, slab, plan, blocks });
  }

  /** Elements of points, in the order of the request. */
  async readPoints(facts: DatasetFacts, points: PointList, call: CallContext): Promise<Elements> {
    const { bucket, spec, dims } = facts;
    const plan = planPoints(points, dims, spec.chunkDims);
    const sources = await this.sources.of(facts, plan, call);
    const parts = plan.map(({ chunkIndex, offsets }, index) => {
      const source = sources?.[index];
      return { chunk: chunkIndex, offsets, ...(source === undefined ? {} : { source }) };
    });
    const runs = await this.nodes.readPoints({ bucket, spec, parts }, call);
    let result: Elements = fillElements(spec.type, points.count, spec.fill);
    plan.forEach(({ positions }, index) => {
      const run = runs[index] ?? null;
      if (run !== null && isFixed(result)) result = scatterAt(result, positions, run);
    });
    if (isFixed(result)) return result;
    return reorder(facts, plan, runs);
  }

  /** Writes elements to a selection; `data` says which element goes where in the result. */
  async writeSlab(
    facts: DatasetFacts,
    slab: Hyperslab,
    { data, fields }: { data: (part: ChunkPart) => ElementBlock; fields?: readonly string[] },
    call: CallContext,
  ): Promise<void> {
    const { bucket, spec } = facts;
    const write = (parts: readonly WritePart[]) =>
      this.nodes.writeChunks(
        { bucket, spec, parts, ...(fields === undefined ? {} : { fields }) },
        call,
      );
    let parts: WritePart[] = [];
    let count = 0;
    const countMax = Math.max(
      1,
      PAGE_BYTES / (spec.itemSize === 'variable' ? VLEN_BYTES : spec.itemSize),
    );
    for (const part of planChunks(slab, spec.chunkDims)) {
      parts.push({ chunk: part.chunkIndex, inChunk: part.inChunk, data: data(part) });
      count += slabCount(part.inChunk);
      if (count < countMax && parts.length < PAGE_CHUNKS) continue;
      await write(parts);
      parts = [];
      count = 0;
    }
    if (parts.length > 0) await write(parts);
  }

  /** Writes the elements of one page, laid out chunk by chunk as its plan has them. */
  async writePage(
    facts: DatasetFacts,
    { plan, blocks }: { plan: readonly ChunkPart[]; blocks: readonly ElementBlock[] },
    fields: readonly string[] | undefined,
    call: CallContext,
  ): Promise<void> {
    const { bucket, spec } = facts;
    const parts = plan.map(({ chunkIndex, inChunk }, index) => {
      const data = defined(blocks[index], 'block of a part');
      return { chunk: chunkIndex, inChunk, data };
    });
    const which = fields === undefined ? {} : { fields };
    await this.nodes.writeChunks({ bucket, spec, parts, ...which }, call);
  }

  /** Writes one element to each point, the last of equal points wins. */
  async writePoints(
    facts: DatasetFacts,
    points: PointList,
    { elements, fields }: { elements: Elements; fields?: readonly string[] },
    call: CallContext,
  ): Promise<void> {
    const { bucket, spec, dims } = facts;
    const parts = planPoints(points, dims, spec.chunkDims).map(
      ({ chunkIndex, offsets, positions }) => ({
        chunk: chunkIndex,
        offsets,
        elements: gatherAt(elements, positions),
      }),
    );
    await this.nodes.writePoints(
      { bucket, spec, parts, ...(fields === undefined ? {} : { fields }) },
      call,
    );
  }
}

function newMemory(byteLength: number): Uint8Array {
  return Buffer.allocUnsafeSlow(byteLength);
}

function reorder(
  { spec }: DatasetFacts,
  plan: readonly { readonly offsets: Uint32Array; readonly positions: Uint32Array }[],
  runs: readonly (Elements | null)[],
): Elements {
  const count = plan.reduce((sum, part) => sum + part.positions.length, 0);
  if (count === 0) return fillElements(spec.type, 0, null);
  const order = new Uint32Array(count);
  let base = 0;
  const filled = plan.map(({ positions }, index) => {
    for (const position of positions) order[position] = base++;
    return runs[index] ?? fillElements(spec.type, positions.length, spec.fill);
  });
  return gatherAt(concatElements(filled), order);
}

/** All of an array as a block. */
export function wholeBlock(elements: Elements, dims: readonly number[]): ElementBlock {
  return { elements, dims, slab: wholeSlab(dims) };
}
