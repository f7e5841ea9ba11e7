import {
  copyElements,
  isCoords,
  resultShape,
  slabCount,
  wholeSlab,
  type ChunkPart,
  type FixedElements,
} from '#hdf5';
import type { ElementBlock } from '#dn-client';
import type { BodyPages } from './body-pages.js';
import type { PageMemory } from './page-memory.js';
import { cutRows, rowsOf, type Rows } from './page-rows.js';

/** Bytes that are received together: the processor's cache still has them when they are sorted. */
const SLICE_BYTES = 1024 * 1024;

/** What is to be received. */
export interface PageLayout {
  /** Parts that tile the page. */
  readonly plan: readonly ChunkPart[];
  /** Result shape of the page. */
  readonly shape: readonly number[];
  /** bytes */
  readonly itemSize: number;
}

type FixedBlock = ElementBlock & { readonly elements: FixedElements };

/** A page of a body, chunk by chunk: every block is one run of bytes. */
export interface ReceivedPage {
  readonly plan: readonly ChunkPart[];
  readonly blocks: readonly FixedBlock[];
  /** Of all blocks together. */
  readonly bytes: Uint8Array;
}

/**
 * Receives a page, row-major, and lays it out chunk by chunk as it comes, so that it can be sent on
 * without another copy.
 *
 * @param memory gives the page's memory, the caller's from then on
 * @throws HdfError `invalid` when the body ends before
 */
export async function receivePage(
  body: BodyPages,
  memory: PageMemory,
  layout: PageLayout,
): Promise<ReceivedPage> {
  const { plan, shape, itemSize } = layout;
  const bytes = memory.take(sizeOf(shape, itemSize));
  const page: ReceivedPage = { plan, blocks: blocksIn(bytes, layout), bytes };
  if (plan.length === 1 && !hasCoords(layout)) {
    await body.fill(bytes);
    return page;
  }
  for (const rows of hasCoords(layout) ? [null] : cutRows(shape, itemSize, SLICE_BYTES)) {
    const dims = rows === null ? shape : shape.with(rows.dim, rows.end - rows.first);
    const slice = memory.take(sizeOf(dims, itemSize));
    await body.fill(slice);
    sortIn(page, { itemSize, bytes: slice }, dims, rows);
    memory.giveBack(slice);
  }
  return page;
}

/** Copies rows of a page, or all of it, to the blocks that have them. */
function sortIn(
  { plan, blocks }: ReceivedPage,
  source: FixedElements,
  sourceDims: readonly number[],
  rows: Rows | null,
): void {
  blocks.forEach(({ elements, dims, slab }, index) => {
    const part = { inPage: plan[index]?.inResult ?? [], own: slab };
    const slabs = rows === null ? part : rowsOf(part, rows);
    if (slabs === null) return;
    copyElements({
      source,
      sourceDims,
      sourceSlab: slabs.inPage,
      target: elements,
      targetDims: dims,
      targetSlab: slabs.own,
    });
  });
}

/** Cuts memory into one dense block a part. */
function blocksIn(bytes: Uint8Array, { plan, itemSize }: PageLayout): FixedBlock[] {
  let end = 0;
  return plan.map(({ inResult }) => {
    const start = end;
    end += slabCount(inResult) * itemSize;
    const dims = resultShape(inResult);
    const elements = { itemSize, bytes: bytes.subarray(start, end) };
    return { elements, dims, slab: wholeSlab(dims) };
  });
}

function hasCoords({ plan }: PageLayout): boolean {
  return plan.some(({ inResult }) => inResult.some(isCoords));
}

function sizeOf(dims: readonly number[], itemSize: number): number {
  return dims.reduce((product, count) => product * count, itemSize);
}
