import fc from 'fast-check';
import { Readable } from 'node:stream';
import {
  gatherElements,
  planChunks,
  resultShape,
  wholeSlab,
  type FixedElements,
  type Hyperslab,
} from '#hdf5';
import { BodyPages } from './body-pages.js';
import { PageMemory } from './page-memory.js';
import { receivePage } from './received-page.js';

interface Given {
  readonly slab: Hyperslab;
  readonly chunkDims: readonly number[];
}

const dimension = fc
  .record({
    extent: fc.integer({ min: 1, max: 9 }),
    chunk: fc.integer({ min: 1, max: 5 }),
    start: fc.nat(8),
    stride: fc.integer({ min: 1, max: 3 }),
    coords: fc.option(fc.array(fc.nat(8), { minLength: 3, maxLength: 3 }), { freq: 6 }),
  })
  .map(({ extent, chunk, start, stride, coords }) => {
    const first = start % extent;
    const count = Math.floor((extent - 1 - first) / stride) + 1;
    const range = { start: first, count, stride };
    return {
      chunk,
      selection: coords === null ? range : { coords: coords.map((at) => at % extent) },
    };
  });

const givens: fc.Arbitrary<Given> = fc
  .array(dimension, { minLength: 1, maxLength: 3 })
  .map((dims) => ({
    slab: dims.map(({ selection }) => selection),
    chunkDims: dims.map(({ chunk }) => chunk),
  }));

/** Bytes in pieces, as a socket gives them. */
function bodyOf(bytes: Uint8Array, pieceBytes: number): BodyPages {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    pieces.push(Buffer.from(bytes.subarray(at, at + pieceBytes)));
  }
  return new BodyPages(Readable.from(pieces, { objectMode: false }));
}

describe('receivePage', () => {
  it.each([
    ['small elements', 2],
    ['elements of which few come together', 300_000],
  ])('lays out %s chunk by chunk', async (_what, itemSize) => {
    const runs = itemSize > 1000 ? 15 : 200;
    const property = fc.asyncProperty(givens, fc.integer({ min: 1, max: 40 }), async (given, n) => {
      const shape = resultShape(given.slab);
      const plan = [...planChunks(given.slab, given.chunkDims)];
      const count = shape.reduce((a, b) => a * b, 1);
      const bytes = Uint8Array.from({ length: count * itemSize }, (_none, at) =>
        at % itemSize === 0 ? at / itemSize : 7,
      );
      const body = bodyOf(bytes, itemSize > 1000 ? n * 10_000 : n);
      const page = await receivePage(body, new PageMemory(), { plan, shape, itemSize });
      await body.end();
      const source: FixedElements = { itemSize, bytes };
      plan.forEach(({ inResult }, index) => {
        const block = page.blocks[index];
        const expected = gatherElements(source, shape, inResult);
        expect(block?.dims).toEqual(resultShape(inResult));
        expect(block?.slab).toEqual(wholeSlab(resultShape(inResult)));
        expect(Buffer.compare(block?.elements.bytes ?? bytes, expected.bytes)).toBe(0);
      });
    });
    await fc.assert(property, { numRuns: runs });
  });

  it('refuses a body that is too short', async () => {
    const slab = wholeSlab([4]);
    const plan = [...planChunks(slab, [2])];
    const body = bodyOf(new Uint8Array(7), 3);
    const received = receivePage(body, new PageMemory(), { plan, shape: [4], itemSize: 2 });
    await expect(received).rejects.toMatchObject({ kind: 'invalid' });
  });
});
