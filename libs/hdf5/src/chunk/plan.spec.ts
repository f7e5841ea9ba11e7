import fc from 'fast-check';
import { parseSelect, wholeSlab } from '../selection/select.js';
import { parsePoints } from '../selection/points.js';
import { denseSlab, resultShape } from '../selection/axes.js';
import { arbitrarySlab, slowCoordinates } from '../selection/testing/arbitrary-slab.js';
import { chunkInside, coordsAt, gridDims, isWholeChunk, linearOffset } from './grid.js';
import { planChunks, touchedPerAxis } from './plan.js';
import { planPoints } from './plan-points.js';

const failing = (kind: string) => expect.objectContaining({ kind }) as unknown as Error;

/** `chunk: in chunk -> in result`, ranges as start+count*stride. */
function shown(dims: number[], chunkDims: number[], select: string): string[] {
  const dim = (each: object) =>
    'coords' in each
      ? JSON.stringify(each.coords)
      : Object.values(each as Record<string, number>).join('/');
  return [...planChunks(parseSelect(select, dims), chunkDims)].map(
    ({ chunkIndex, inChunk, inResult }) =>
      `${chunkIndex.join('_')}: ${inChunk.map(dim).join(' ')} -> ${inResult.map(dim).join(' ')}`,
  );
}

describe('planChunks', () => {
  it.each([
    [[95], [10], '[42:62]', ['4: 2/8/1 -> 0/8/1', '5: 0/10/1 -> 8/10/1', '6: 0/2/1 -> 18/2/1']],
    [[95], [10], '[42:62:4]', ['4: 2/2/4 -> 0/2/1', '5: 0/3/4 -> 2/3/1']],
    [[95], [10], '[5:95:30]', ['0: 5/1/1 -> 0/1/1', '3: 5/1/1 -> 1/1/1', '6: 5/1/1 -> 2/1/1']],
    [
      [10, 12],
      [4, 5],
      '[[0,5,5],[4,2,11]]',
      ['0_0: [0] [4] -> [0]', '1_0: [1] [2] -> [1]', '1_2: [1] [1] -> [2]'],
    ],
    [
      [10, 12],
      [4, 5],
      '[[1,4,9],2:7]',
      [
        '0_0: [1] 2/3/1 -> [0] 0/3/1',
        '0_1: [1] 0/2/1 -> [0] 3/2/1',
        '1_0: [0] 2/3/1 -> [1] 0/3/1',
        '1_1: [0] 0/2/1 -> [1] 3/2/1',
        '2_0: [1] 2/3/1 -> [2] 0/3/1',
        '2_1: [1] 0/2/1 -> [2] 3/2/1',
      ],
    ],
  ])('splits %j with chunks %j at %s', (dims, chunkDims, select, parts) => {
    expect(shown(dims, chunkDims, select)).toEqual(parts);
  });

  it('refuses a selection of another rank', () => {
    expect(() => [...planChunks([], [4])]).toThrow(failing('invalid'));
  });

  it('fills every element of the result from the right place, once', () => {
    const property = fc.property(arbitrarySlab(), ({ slab, chunkDims }) => {
      const shape = resultShape(slab);
      const expected = slowCoordinates(slab);
      const filled = new Map<number, number[]>();
      const parts = [...planChunks(slab, chunkDims)];
      for (const { chunkIndex, inChunk, inResult } of parts) {
        const sources = slowCoordinates(inChunk).map((coords) =>
          coords.map((coord, dim) => {
            expect(coord).toBeLessThan(chunkDims[dim]!);
            return coord + chunkIndex[dim]! * chunkDims[dim]!;
          }),
        );
        slowCoordinates(inResult).forEach((target, nth) => {
          const place = linearOffset(target, shape);
          expect(filled.has(place)).toBe(false);
          filled.set(place, sources[nth]!);
        });
      }
      expect(expected.map((_coords, place) => filled.get(place))).toEqual(expected);
      expect(new Set(parts.map((part) => part.chunkIndex.join())).size).toBe(parts.length);
      const touched = touchedPerAxis(slab, chunkDims).reduce((a, b) => a * b, 1);
      expect(touched).toBe(parts.length);
    });
    fc.assert(property, { numRuns: 200 });
  });

  it('has no parts for an empty selection and one for a scalar', () => {
    expect([...planChunks(wholeSlab([0]), [4])]).toEqual([]);
    expect([...planChunks(wholeSlab([]), [1])]).toHaveLength(1);
  });

  it('starts at once on billions of chunks', () => {
    const [part] = planChunks(wholeSlab([2 ** 50]), [1]);
    expect(part?.chunkIndex).toEqual([0]);
  });
});

describe('coordsAt', () => {
  it.each([
    [0, [], []],
    [0, [4, 5], [0, 0]],
    [7, [4, 5], [1, 2]],
    [59, [3, 4, 5], [2, 3, 4]],
    [2 ** 40 + 3, [2 ** 40, 8], [2 ** 37, 3]],
    [12, [2, 5], [2, 2]],
  ])('of %d in %j is %j', (offset, dims, coords) => {
    expect(coordsAt(offset, dims)).toEqual(coords);
  });

  it('is the inverse of linearOffset', () => {
    const extents = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 6 });
    const place = extents.chain((dims) =>
      fc.record({ dims: fc.constant(dims), coords: fc.tuple(...dims.map((n) => fc.nat(n - 1))) }),
    );
    fc.assert(
      fc.property(place, ({ dims, coords }) => {
        expect(coordsAt(linearOffset(coords, dims), dims)).toEqual(coords);
      }),
    );
  });
});

describe('planPoints', () => {
  it('groups points by chunk in request order', () => {
    const points = parsePoints(
      [
        [2, 3],
        [0, 0],
        [9, 11],
        [2, 3],
        [0, 4],
      ],
      [10, 12],
    );
    const parts = planPoints(points, [10, 12], [4, 5]);
    expect(parts.map((part) => part.chunkIndex)).toEqual([
      [0, 0],
      [2, 2],
    ]);
    expect(parts.map((part) => [...part.positions])).toEqual([[0, 1, 3, 4], [2]]);
    expect(parts.map((part) => [...part.offsets])).toEqual([[13, 0, 13, 4], [6]]);
  });

  it('finds every point, also on grids past the exact integers', () => {
    for (const scale of [1, 2 ** 30]) {
      const dims = [9 * scale, 7 * scale, 8 * scale];
      const chunkDims = [4, 3, 5];
      const coordinate = fc.tuple(...dims.map((extent) => fc.nat(extent - 1)));
      const property = fc.property(fc.array(coordinate), (tuples) => {
        const found = new Map<number, number[]>();
        for (const part of planPoints(parsePoints(tuples, dims), dims, chunkDims)) {
          part.positions.forEach((position, nth) => {
            const offset = part.offsets[nth]!;
            const inChunk = [Math.floor(offset / 15), Math.floor(offset / 5) % 3, offset % 5];
            const coords = inChunk.map((at, dim) => at + part.chunkIndex[dim]! * chunkDims[dim]!);
            found.set(position, coords);
          });
        }
        expect(tuples.map((_tuple, position) => found.get(position))).toEqual(tuples);
      });
      fc.assert(property);
    }
  });
});

describe('the chunk grid', () => {
  it('counts chunks and cuts edge chunks to the extent', () => {
    expect(gridDims([95, 0, 10], [10, 4, 5])).toEqual([10, 0, 2]);
    const [row, column] = chunkInside([9, 1], [95, 20], [10, 20]);
    expect([row, column]).toMatchObject([{ count: 5 }, { count: 0 }]);
  });

  it('knows whole chunks', () => {
    expect(isWholeChunk(denseSlab([4, 5]), [4, 5])).toBe(true);
    expect(isWholeChunk(denseSlab([4, 4]), [4, 5])).toBe(false);
    expect(isWholeChunk([{ coords: [0, 1, 2, 3] }], [4])).toBe(false);
  });
});
