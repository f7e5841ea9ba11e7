import {
  assert,
  concatElements,
  copyElements,
  fillElements,
  gatherAt,
  isCoords,
  linearOffsets,
  resultShape,
  slabCount,
  type ChunkPart,
  type ChunkSpec,
  type Elements,
  type FixedElements,
  type Hyperslab,
} from '#hdf5';
import type { ElementBlock } from '#dn-client';
import { lend } from '#storage';
import { cutRows, rowsOf, type Rows } from './page-rows.js';

interface FetchedPage {
  readonly spec: ChunkSpec;
  /** The selection; its result is what `plan` tiles. */
  readonly slab: Hyperslab;
  readonly plan: readonly ChunkPart[];
  /** One a part; null where nothing is stored. */
  readonly blocks: readonly (ElementBlock | null)[];
}

/**
 * The elements of a page as the data nodes gave them, still chunk by chunk. Those of an embedded
 * data node are live: unless they are kept, copy them in the same synchronous step.
 */
export class PageBlocks {
  private readonly shape: readonly number[];
  private readonly fill: Elements;

  constructor(private readonly page: FetchedPage) {
    const { slab, spec } = page;
    this.shape = resultShape(slab);
    this.fill = fillElements(spec.type, 1, spec.fill);
  }

  /**
   * All elements, row-major.
   *
   * @param allocate gives the memory, where the elements' size is fixed; any content
   */
  whole(allocate: (byteLength: number) => Uint8Array): Elements {
    const { spec } = this.page;
    if (spec.itemSize === 'variable') return joinVariable(this.page, this.shape);
    return this.copy(allocate, null);
  }

  /** What is copied from now on is what was fetched: the blocks are lent. */
  keep(): void {
    for (const block of this.page.blocks) if (block !== null) lend(block.elements);
  }

  /**
   * All elements, row-major, in slices of at most `bytesMax` where they can be cut; several
   * are of the same moment.
   */
  *slices(allocate: (byteLength: number) => Uint8Array, bytesMax: number): Generator<Elements> {
    const { itemSize } = this.page.spec;
    // Lists of coordinates are not worth it: their result has other dimensions than the dataset.
    const isCut = itemSize !== 'variable' && !this.page.slab.some(isCoords);
    const slices = isCut ? cutRows(this.shape, itemSize, bytesMax) : [];
    if (slices.length < 2) {
      yield this.whole(allocate);
      return;
    }
    this.keep();
    for (const rows of slices) yield this.copy(allocate, rows);
  }

  private copy(allocate: (byteLength: number) => Uint8Array, rows: Rows | null): Elements {
    const { plan, blocks, spec } = this.page;
    const { itemSize } = spec;
    assert(itemSize !== 'variable', 'elements of one size');
    const dims = rows === null ? this.shape : this.shape.with(rows.dim, rows.end - rows.first);
    // Every byte is overwritten: the parts tile the result.
    const bytes = allocate(dims.reduce((product, count) => product * count, itemSize));
    const target: FixedElements = { itemSize, bytes };
    plan.forEach(({ inResult }, index) => {
      const block = blocks[index] ?? repeated(this.fill, inResult);
      const part = { inPage: inResult, own: block.slab };
      const slabs = rows === null ? part : rowsOf(part, rows);
      if (slabs === null) return;
      copyElements({
        source: block.elements,
        sourceDims: block.dims,
        sourceSlab: slabs.own,
        target,
        targetDims: dims,
        targetSlab: slabs.inPage,
      });
    });
    return target;
  }
}

/** One element standing for all of a part. */
function repeated(element: Elements, inResult: Hyperslab): ElementBlock {
  const shape = resultShape(inResult);
  return {
    elements: element,
    dims: shape.map(() => 1),
    slab: shape.map((count) => ({ start: 0, count, stride: 0 })),
  };
}

/** Puts variable-length parts into row-major order of the result. */
function joinVariable({ spec, plan, blocks }: FetchedPage, shape: readonly number[]): Elements {
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
