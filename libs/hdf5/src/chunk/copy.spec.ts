import fc from 'fast-check';
import { resultShape } from '../selection/axes.js';
import type { Hyperslab } from '../selection/hyperslab.js';
import { arbitrarySlab, slowCoordinates } from '../selection/testing/arbitrary-slab.js';
import type { Elements, FixedElements, VlenElements } from '../value/elements.js';
import { denseSlab } from '../selection/axes.js';
import {
  copyElements,
  gatherElements,
  linearOffsets,
  scatterElements,
  viewElements,
} from './copy.js';
import { linearOffset } from './grid.js';

const failing = (kind: string) => expect.objectContaining({ kind }) as unknown as Error;
const product = (dims: readonly number[]) => dims.reduce((a, b) => a * b, 1);

/** Every element is its number, in all of its bytes but the first. */
function numbered(count: number, itemSize: number, shift = 0): FixedElements {
  const bytes = new Uint8Array(count * itemSize + shift).subarray(shift);
  for (let at = 0; at < bytes.length; at++) {
    const element = Math.floor(at / itemSize);
    bytes[at] = at % itemSize === 0 ? element >> 8 : (element + (at % itemSize)) & 255;
  }
  return { itemSize, bytes };
}

function item({ itemSize, bytes }: FixedElements, index: number): number[] {
  return [...bytes.subarray(index * itemSize, (index + 1) * itemSize)];
}

/** Element i has i mod 5 bytes, all of them i. */
function variable(count: number): VlenElements {
  const parts = Array.from({ length: count }, (_none, i) => Array<number>(i % 5).fill(i & 255));
  const offsets = new Uint32Array(count + 1);
  parts.forEach((part, index) => (offsets[index + 1] = offsets[index]! + part.length));
  return { itemSize: 'variable', offsets, bytes: Uint8Array.from(parts.flat()) };
}

function vlenItem({ offsets, bytes }: VlenElements, index: number): number[] {
  return [...bytes.subarray(offsets[index], offsets[index + 1])];
}

const sizes = fc.constantFrom(1, 2, 3, 4, 6, 8, 12, 16, 48, 200);

describe('copyElements', () => {
  it('gathers any selection of any item size, aligned or not', () => {
    const property = fc.property(
      arbitrarySlab(),
      sizes,
      fc.nat(3),
      ({ slab, dims }, size, shift) => {
        const source = numbered(product(dims), size, shift);
        const gathered = gatherElements(source, dims, slab) as FixedElements;
        const expected = slowCoordinates(slab).map((coords) =>
          item(source, linearOffset(coords, dims)),
        );
        expect(expected.map((_item, index) => item(gathered, index))).toEqual(expected);
        expect(gathered.bytes).toHaveLength(expected.length * size);
      },
    );
    fc.assert(property, { numRuns: 200 });
  });

  it('scatters over any selection, the last of duplicates wins', () => {
    const property = fc.property(
      arbitrarySlab(),
      sizes,
      fc.nat(3),
      ({ slab, dims }, size, shift) => {
        const places = slowCoordinates(slab).map((coords) => linearOffset(coords, dims));
        const source = numbered(places.length, size);
        const target = {
          itemSize: size,
          bytes: new Uint8Array(product(dims) * size + shift).subarray(shift),
        };
        const shape = resultShape(slab);
        scatterElements({
          source,
          sourceDims: shape,
          sourceSlab: denseSlab(shape),
          target,
          targetDims: dims,
          targetSlab: slab,
        });
        const expected = Array.from({ length: product(dims) }, () => Array<number>(size).fill(0));
        places.forEach((place, index) => (expected[place] = item(source, index)));
        expect(expected.map((_item, index) => item(target, index))).toEqual(expected);
      },
    );
    fc.assert(property, { numRuns: 200 });
  });

  it('repeats a source of stride 0', () => {
    const target = { itemSize: 2, bytes: new Uint8Array(24) };
    copyElements({
      source: { itemSize: 2, bytes: Uint8Array.of(1, 2, 3, 4) },
      sourceDims: [1, 2],
      sourceSlab: [
        { start: 0, count: 3, stride: 0 },
        { start: 0, count: 2, stride: 1 },
      ],
      target,
      targetDims: [3, 4],
      targetSlab: [
        { start: 0, count: 3, stride: 1 },
        { start: 1, count: 2, stride: 2 },
      ],
    });
    expect([...target.bytes]).toEqual([3, 3, 3].flatMap(() => [0, 0, 1, 2, 0, 0, 3, 4]));
  });

  it.each<[string, Hyperslab, number[]]>([
    ['a range past the end', [{ start: 2, count: 2, stride: 2 }], [4]],
    ['a coordinate past the end', [{ coords: [1, 4] }], [4]],
    ['a coordinate that is no number', [{ coords: [1, NaN] }], [4]],
    ['another rank', [{ start: 0, count: 2, stride: 1 }], [2, 2]],
  ])('refuses %s', (_name, slab, dims) => {
    expect(() => gatherElements(numbered(4, 2), dims, slab)).toThrow(failing('invalid'));
  });

  it('refuses two different shapes and short runs', () => {
    const copy = {
      source: numbered(6, 1),
      sourceDims: [2, 3],
      sourceSlab: denseSlab([2, 3]),
      target: numbered(6, 1),
      targetDims: [3, 2],
      targetSlab: denseSlab([3, 2]),
    };
    expect(() => {
      copyElements(copy);
    }).toThrow(failing('invalid'));
    const short = {
      ...copy,
      target: numbered(5, 1),
      targetDims: [2, 3],
      targetSlab: denseSlab([2, 3]),
    };
    expect(() => {
      copyElements(short);
    }).toThrow(failing('internal'));
  });
});

describe('variable-length elements', () => {
  it('are gathered and scattered like any other', () => {
    const property = fc.property(arbitrarySlab(), ({ slab, dims }) => {
      const array = variable(product(dims));
      const places = slowCoordinates(slab).map((coords) => linearOffset(coords, dims));
      const gathered = gatherElements(array, dims, slab) as VlenElements;
      const picked = places.map((place) => vlenItem(array, place));
      expect(places.map((_place, index) => vlenItem(gathered, index))).toEqual(picked);
      const shape = resultShape(slab);
      const source = variable(places.length);
      const written: Elements = scatterElements({
        source,
        sourceDims: shape,
        sourceSlab: denseSlab(shape),
        target: array,
        targetDims: dims,
        targetSlab: slab,
      });
      const expected = Array.from({ length: product(dims) }, (_none, at) => vlenItem(array, at));
      places.forEach((place, index) => (expected[place] = vlenItem(source, index)));
      expect(expected.map((_item, at) => vlenItem(written as VlenElements, at))).toEqual(expected);
    });
    fc.assert(property, { numRuns: 150 });
  });
});

it('lists row-major offsets', () => {
  const property = fc.property(arbitrarySlab(), ({ slab, dims }) => {
    const expected = slowCoordinates(slab).map((coords) => linearOffset(coords, dims));
    expect([...linearOffsets(dims, slab)]).toEqual(expected);
  });
  fc.assert(property);
  expect(linearOffsets([0], denseSlab([0]))).toHaveLength(0);
});

describe('viewElements', () => {
  it('is what gathering gives, or null where elements do not follow each other', () => {
    const property = fc.property(arbitrarySlab(), sizes, ({ slab, dims }, size) => {
      const source = numbered(product(dims), size, 1);
      const view = viewElements(source, dims, slab);
      const offsets = [...linearOffsets(dims, slab)];
      const follow = offsets.every((offset, index) => offset === (offsets[0] ?? 0) + index);
      expect(view !== null).toBe(follow);
      if (view === null) return;
      expect(view.bytes.buffer).toBe(source.bytes.buffer);
      expect([...view.bytes]).toEqual([...gatherElements(source, dims, slab).bytes]);
    });
    fc.assert(property, { numRuns: 300 });
  });

  it('has none of variable elements, and refuses what leaves the array', () => {
    expect(viewElements(variable(4), [4], denseSlab([4]))).toBeNull();
    const outside = [{ start: 3, count: 2, stride: 1 }];
    expect(() => viewElements(numbered(4, 2), [4], outside)).toThrow(failing('invalid'));
  });
});
