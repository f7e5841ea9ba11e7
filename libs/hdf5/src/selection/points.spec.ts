import fc from 'fast-check';
import { parsePointBytes, parsePoints } from './points.js';

const failing = (kind: string) => expect.objectContaining({ kind }) as unknown as Error;

describe('points', () => {
  it('reads integers for rank 1 and tuples for higher ranks', () => {
    expect([...parsePoints([3, 0, 3], [4]).coords]).toEqual([3, 0, 3]);
    expect(
      parsePoints(
        [
          [2, 3],
          [0, 0],
        ],
        [3, 4],
      ),
    ).toMatchObject({ rank: 2, count: 2 });
    expect(parsePoints([], [4]).count).toBe(0);
    expect([...parsePoints([[3], 0, [1]], [4]).coords]).toEqual([3, 0, 1]);
  });

  it.each([
    [[4], [4]],
    [[-1], [4]],
    [['1'], [4]],
    [[1.5], [4]],
    [[[1, 1]], [4]],
    [[[[1]]], [4]],
    [
      [1, 2],
      [4, 4],
    ],
    [[[1, 2, 3]], [4, 4]],
    [[[1, 4]], [4, 4]],
    ['1', [4]],
    [[0], []],
  ])('refuses %j on dims %j', (json, dims) => {
    expect(() => parsePoints(json, dims)).toThrow(failing('invalid'));
  });

  it('reads unsigned 64-bit coordinates', () => {
    const property = fc.property(
      fc.array(fc.nat({ max: Number.MAX_SAFE_INTEGER - 1 })),
      (coords) => {
        const bytes = new Uint8Array(new BigUint64Array(coords.map(BigInt)).buffer);
        expect([...parsePointBytes(bytes, [Number.MAX_SAFE_INTEGER]).coords]).toEqual(coords);
      },
    );
    fc.assert(property);
  });

  it('refuses bodies of broken points and coordinates past the extent', () => {
    expect(() => parsePointBytes(new Uint8Array(12), [4])).toThrow(failing('invalid'));
    expect(() => parsePointBytes(new Uint8Array(8), [4, 4])).toThrow(failing('invalid'));
    expect(() => parsePointBytes(new Uint8Array(8).fill(255), [4])).toThrow(failing('invalid'));
    expect(() => parsePointBytes(Uint8Array.of(4, 0, 0, 0, 0, 0, 0, 0), [4])).toThrow(
      failing('invalid'),
    );
  });
});
