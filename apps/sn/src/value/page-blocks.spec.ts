import fc from 'fast-check';
import {
  chunkSpecOf,
  copyElements,
  gatherElements,
  newObjectId,
  newRootId,
  parseJson,
  parseObjectDocument,
  planChunks,
  resultShape,
  wholeSlab,
  type ChunkSpec,
  type FixedElements,
  type Hyperslab,
} from '#hdf5';
import type { ElementBlock } from '#dn-client';
import { isLent } from '#storage';
import { PageBlocks } from './page-blocks.js';

const FILL = 9;

function specOf(dims: readonly number[], chunkDims: readonly number[]): ChunkSpec {
  const root = newRootId(new Uint8Array(16).fill(7));
  const id = newObjectId('dataset', root, new Uint8Array(16).fill(3));
  const json = `{"id": "${id}", "root": "${root}", "created": 1, "lastModified": 1,
    "type": {"class": "H5T_INTEGER", "base": "H5T_STD_I16LE"}, "attributes": {},
    "creationProperties": {"fillValue": ${FILL}},
    "shape": {"class": "H5S_SIMPLE", "dims": [${dims.join()}]},
    "layout": {"class": "H5D_CHUNKED", "dims": [${chunkDims.join()}]}}`;
  const document = parseObjectDocument('dataset', parseJson(json));
  if (document.kind !== 'dataset') throw new Error('no dataset');
  return chunkSpecOf(document);
}

const product = (dims: readonly number[]) => dims.reduce((a, b) => a * b, 1);
const allocate = (byteLength: number) => new Uint8Array(byteLength).fill(0xee);

interface Given {
  readonly dims: readonly number[];
  readonly chunkDims: readonly number[];
  readonly slab: Hyperslab;
  /** Of each chunk that is touched, in turn: not stored, live, or copied out. */
  readonly kinds: readonly ('none' | 'live' | 'copy')[];
}

const givens: fc.Arbitrary<Given> = fc
  .array(
    fc.record({
      extent: fc.integer({ min: 1, max: 7 }),
      chunk: fc.integer({ min: 1, max: 4 }),
      start: fc.nat(6),
      stride: fc.integer({ min: 1, max: 3 }),
      count: fc.integer({ min: 1, max: 7 }),
      coords: fc.option(fc.array(fc.nat(6), { minLength: 2, maxLength: 2 }), { freq: 6 }),
    }),
    { minLength: 1, maxLength: 3 },
  )
  .chain((dims) => {
    const slab = dims.map(({ extent, start, stride, count, coords }) => {
      if (coords !== null) return { coords: coords.map((at) => at % extent) };
      const first = start % extent;
      const most = Math.floor((extent - 1 - first) / stride) + 1;
      return { start: first, count: Math.min(count, most), stride };
    });
    return fc.record({
      dims: fc.constant(dims.map(({ extent }) => extent)),
      chunkDims: fc.constant(dims.map(({ chunk }) => chunk)),
      slab: fc.constant(slab),
      kinds: fc.array(fc.constantFrom('none', 'live', 'copy'), { minLength: 1, maxLength: 5 }),
    });
  });

/** Chunks with numbers of their own, and the page of them. */
function fetched({ dims, chunkDims, slab, kinds }: Given) {
  const spec = specOf(dims, chunkDims);
  const plan = [...planChunks(slab, chunkDims)];
  let serial = 100;
  const chunks = plan.map((_part, index) => {
    const stored = kinds[index % kinds.length] !== 'none';
    const values = Int16Array.from({ length: product(chunkDims) }, () =>
      stored ? (serial += 1) : FILL,
    );
    return { itemSize: 2, bytes: new Uint8Array(values.buffer) } satisfies FixedElements;
  });
  const blocks = plan.map(({ inChunk }, index): ElementBlock | null => {
    const elements = chunks[index] as FixedElements;
    const kind = kinds[index % kinds.length];
    if (kind === 'none') return null;
    if (kind === 'live') return { elements, dims: chunkDims, slab: inChunk };
    const shape = resultShape(inChunk);
    const copy = gatherElements(elements, chunkDims, inChunk);
    return { elements: copy, dims: shape, slab: wholeSlab(shape) };
  });
  const expected = { itemSize: 2, bytes: allocate(2 * product(resultShape(slab))) };
  plan.forEach(({ inChunk, inResult }, index) => {
    copyElements({
      source: chunks[index] as FixedElements,
      sourceDims: chunkDims,
      sourceSlab: inChunk,
      target: expected,
      targetDims: resultShape(slab),
      targetSlab: inResult,
    });
  });
  return { page: new PageBlocks({ spec, slab, plan, blocks }), blocks, expected: expected.bytes };
}

describe('PageBlocks', () => {
  it('gives the elements of all chunks and the fill value, whole or in slices', () => {
    const property = fc.property(givens, fc.integer({ min: 1, max: 64 }), (given, bytesMax) => {
      const { page, expected } = fetched(given);
      expect([...page.whole(allocate).bytes]).toEqual([...expected]);
      const slices = [...page.slices(allocate, bytesMax)];
      expect(slices.flatMap(({ bytes }) => [...bytes])).toEqual([...expected]);
    });
    fc.assert(property, { numRuns: 300 });
  });

  it('keeps slices small, and lends chunks only where there are several', () => {
    const all = { start: 0, count: 6, stride: 1 };
    const given: Given = { dims: [6, 6], chunkDims: [3, 3], slab: [all, all], kinds: ['live'] };
    const { page, blocks } = fetched(given);
    expect([...page.slices(allocate, 72)]).toHaveLength(1);
    expect(blocks.map((block) => isLent(block?.elements))).toEqual([false, false, false, false]);
    const sizes = [...page.slices(allocate, 30)].map(({ bytes }) => bytes.length);
    expect(sizes).toEqual([24, 24, 24]);
    expect(blocks.map((block) => isLent(block?.elements))).toEqual([true, true, true, true]);
  });
});
