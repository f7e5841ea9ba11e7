/** Random selections, and the slow, obvious meaning of a selection, for property tests. */
import fc from 'fast-check';
import { type DimSelection, type Hyperslab, isCoords } from '../hyperslab.js';

/** A dataspace, a selection inside it and chunk extents. */
export interface SlabCase {
  readonly dims: readonly number[];
  readonly slab: Hyperslab;
  readonly chunkDims: readonly number[];
}

interface DimCase {
  readonly extent: number;
  readonly chunk: number;
  readonly listed: boolean;
  readonly picks: readonly number[];
}

/** Selections of rank 1 to 4 with ranges, strides, and coordinate lists paired. */
export function arbitrarySlab(): fc.Arbitrary<SlabCase> {
  const dim = fc.record({
    extent: fc.integer({ min: 1, max: 9 }),
    chunk: fc.integer({ min: 1, max: 5 }),
    listed: fc.boolean(),
    picks: fc.array(fc.nat(1000), { minLength: 4, maxLength: 4 }),
  });
  const length = fc.integer({ min: 1, max: 4 });
  return fc
    .tuple(fc.array(dim, { minLength: 1, maxLength: 4 }), length)
    .map(([cases, listLength]) => ({
      dims: cases.map((each) => each.extent),
      chunkDims: cases.map((each) => each.chunk),
      slab: cases.map((each) => selectionOf(each, listLength)),
    }));
}

function selectionOf({ extent, listed, picks }: DimCase, listLength: number): DimSelection {
  if (listed) return { coords: picks.slice(0, listLength).map((pick) => pick % extent) };
  const [first = 0, second = 0, third = 0] = picks;
  const start = first % extent;
  const stride = 1 + (second % 3);
  const most = Math.floor((extent - 1 - start) / stride) + 1;
  return { start, count: 1 + (third % most), stride };
}

/** Coordinates of every selected element, in the row-major order of the result. */
export function slowCoordinates(slab: Hyperslab): number[][] {
  let results: { coords: number[]; pair?: number }[] = [{ coords: [] }];
  const paired = slab.some(isCoords);
  if (paired && slab.filter(isCoords).some((dim) => dim.coords.length === 0)) return [];
  for (const dim of slab) {
    results = results.flatMap(({ coords, pair }) => {
      if (!isCoords(dim)) {
        return Array.from({ length: dim.count }, (_none, nth) => ({
          coords: [...coords, dim.start + nth * dim.stride],
          ...(pair === undefined ? {} : { pair }),
        }));
      }
      const places = pair === undefined ? [...dim.coords.keys()] : [pair];
      return places.map((place) => ({ coords: [...coords, dim.coords[place] ?? 0], pair: place }));
    });
  }
  return results.map((result) => result.coords);
}
