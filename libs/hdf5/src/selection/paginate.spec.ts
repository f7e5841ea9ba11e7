import fc from 'fast-check';
import { slabCount } from './axes.js';
import { paginate } from './paginate.js';
import { parseSelect, wholeSlab } from './select.js';
import { arbitrarySlab, slowCoordinates } from './testing/arbitrary-slab.js';

const MEBI = 1048576;

describe('paginate', () => {
  it('gives the elements of the selection in order, within the limits', () => {
    const limits = fc.record({
      bytesPerElement: fc.constant(4),
      maxBytesPerPage: fc.integer({ min: 1, max: 200 }),
      maxChunksPerPage: fc.integer({ min: 1, max: 8 }),
    });
    const property = fc.property(arbitrarySlab(), limits, ({ slab, chunkDims }, limit) => {
      const pages = [...paginate(slab, { ...limit, chunkDims })];
      const elements = pages.flatMap((page) => slowCoordinates(page.slab));
      expect(elements).toEqual(slowCoordinates(slab));
      for (const page of pages) {
        const coordinates = slowCoordinates(page.slab);
        expect(coordinates).toHaveLength(page.count);
        const chunks = coordinates.map((coords) =>
          coords.map((coord, dim) => Math.floor(coord / chunkDims[dim]!)).join('_'),
        );
        if (page.count === 1) continue;
        expect(page.count * 4).toBeLessThanOrEqual(limit.maxBytesPerPage);
        expect(new Set(chunks).size).toBeLessThanOrEqual(limit.maxChunksPerPage);
      }
    });
    fc.assert(property, { numRuns: 200 });
  });

  it('cuts at chunk borders', () => {
    const limits = {
      bytesPerElement: 1,
      maxBytesPerPage: 25,
      chunkDims: [10],
      maxChunksPerPage: 9,
    };
    const starts = [...paginate(parseSelect('[3:95]', [100]), limits)].map(({ slab }) => slab[0]);
    expect(starts.slice(0, 3)).toEqual([
      { start: 3, count: 17, stride: 1 },
      { start: 20, count: 20, stride: 1 },
      { start: 40, count: 20, stride: 1 },
    ]);
  });

  it('pages a first dimension that is shorter than the number of pages', () => {
    const limits = { bytesPerElement: 8, maxBytesPerPage: 100 * MEBI, maxChunksPerPage: 1e6 };
    const pages = [...paginate(wholeSlab([2, 20_000_000]), { ...limits, chunkDims: [1, 65536] })];
    expect(pages.map((page) => page.count).reduce((a, b) => a + b)).toBe(40_000_000);
    expect(Math.max(...pages.map((page) => page.count))).toBeLessThanOrEqual(13_107_200);
    expect(pages).toHaveLength(4);
  });

  it('starts lazily on selections of any size', () => {
    const dims = [50_000, 80_000, 90_000];
    const limits = { bytesPerElement: 4, maxBytesPerPage: 8 * MEBI, maxChunksPerPage: 64 };
    const first = paginate(wholeSlab(dims), { ...limits, chunkDims: [49, 79, 176] }).next();
    expect(first.done).toBe(false);
  });

  it('has no pages for an empty selection', () => {
    const limits = {
      bytesPerElement: 4,
      maxBytesPerPage: 8,
      maxChunksPerPage: 1,
      chunkDims: [4, 4],
    };
    expect([...paginate(wholeSlab([3, 0]), limits)]).toEqual([]);
    expect(slabCount(wholeSlab([3, 0]))).toBe(0);
  });
});
