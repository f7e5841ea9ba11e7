import { Injectable } from '@nestjs/common';
import {
  concatElements,
  copyElements,
  fillElements,
  gatherAt,
  isFixed,
  linearOffsets,
  paginate,
  planChunks,
  planPoints,
  resultShape,
  scatterAt,
  slabCount,
  wholeSlab,
  type ChunkPart,
  type Elements,
  type FixedElements,
  type Hyperslab,
  type Page,
  type PointList,
} from '#hdf5';
import { DataNodes, type CallContext, type ElementBlock, type WritePart } from '#dn-client';
import { ChunkSources } from './chunk-sources.js';
import type { DatasetFacts } from './dataset-facts.js';

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
      runs.push(await this.readPage(facts, page.slab, call));
    }
    const [only] = runs;
    if (runs.length === 1 && only !== undefined) return only;
    return runs.length === 0 ? fillElements(facts.spec.type, 0, null) : concatElements(runs);
  }

  /**
   * The elements of one page, row-major.
   *
   * @param allocate gives the memory of the page, where the elements' size is fixed; any content
   */
  async readPage(
    facts: DatasetFacts,
    slab: Hyperslab,
    call: CallContext,
    allocate: (byteLength: number) => Uint8Array = newMemory,
  ): Promise<Elements> {
    const { bucket, spec } = facts;
    const plan = [...planChunks(slab, spec.chunkDims)];
    const sources = await this.sources.of(facts, plan, call);
    const parts = plan.map(({ chunkIndex, inChunk }, index) => {
      const source = sources?.[index];
      return { chunk: chunkIndex, inChunk, ...(source === undefined ? {} : { source }) };
    });
    const blocks = await this.nodes.readChunks({ bucket, spec, parts }, call);
    const { itemSize } = spec;
    const shape = resultShape(slab);
    if (itemSize === 'variable') return joinVariable(facts, { plan, blocks, shape });
    // Every byte is overwritten: the parts tile the result.
    const bytes = allocate(slabCount(slab) * itemSize);
    const target: FixedElements = { itemSize, bytes };
    const fill = fillElements(spec.type, 1, spec.fill);
    plan.forEach((part, index) => {
      const block = blocks[index] ?? null;
      const from = block === null ? repeated(fill, part) : block;
      copyElements({
        source: from.elements,
        sourceDims: from.dims,
        sourceSlab: from.slab,
        target,
        targetDims: shape,
        targetSlab: part.inResult,
      });
    });
    return target;
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

/** One element standing for all of a part. */
export function repeated(element: Elements, part: ChunkPart): ElementBlock {
  const shape = resultShape(part.inResult);
  return {
    elements: element,
    dims: shape.map(() => 1),
    slab: shape.map((count) => ({ start: 0, count, stride: 0 })),
  };
}

interface PlannedBlocks {
  readonly plan: readonly ChunkPart[];
  readonly blocks: readonly (ElementBlock | null)[];
  readonly shape: readonly number[];
}

/** Puts variable-length parts into row-major order of the result. */
function joinVariable(facts: DatasetFacts, { plan, blocks, shape }: PlannedBlocks): Elements {
  const { spec } = facts;
  const runs: Elements[] = [];
  const count = shape.reduce((product, extent) => product * extent, 1);
  const order = new Uint32Array(count);
  let base = 0;
  plan.forEach((part, index) => {
    const block = blocks[index] ?? null;
    const size = slabCount(part.inChunk);
    runs.push(
      block === null
        ? fillElements(spec.type, size, spec.fill)
        : gatherAt(block.elements, linearOffsets(block.dims, block.slab)),
    );
    for (const position of linearOffsets(shape, part.inResult)) order[position] = base++;
  });
  if (runs.length === 0) return fillElements(spec.type, 0, null);
  return gatherAt(concatElements(runs), order);
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
