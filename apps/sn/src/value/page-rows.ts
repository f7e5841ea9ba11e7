import { assert, isCoords, type Hyperslab } from '#hdf5';

/** Places `first` to `end` along one dimension of a page's result, all of every other one. */
export interface Rows {
  readonly dim: number;
  readonly first: number;
  readonly end: number;
}

/** A part of a page: its place in the page's result, and the same elements where they are kept. */
export interface PartSlabs {
  readonly inPage: Hyperslab;
  readonly own: Hyperslab;
}

/**
 * Cuts a page's result into rows that follow each other, of at most so many bytes each unless a
 * single place has more.
 *
 * @param shape of the result
 */
export function cutRows(shape: readonly number[], itemSize: number, bytesMax: number): Rows[] {
  const dim = shape.findIndex((count) => count > 1);
  if (dim < 0) return [{ dim: 0, first: 0, end: 1 }];
  const placeBytes = shape.slice(dim + 1).reduce((product, count) => product * count, itemSize);
  const step = Math.max(1, Math.floor(bytesMax / Math.max(1, placeBytes)));
  const count = shape[dim] ?? 0;
  const rows: Rows[] = [];
  for (let first = 0; first < count; first += step) {
    rows.push({ dim, first, end: Math.min(first + step, count) });
  }
  return rows;
}

/** What a part has of some rows, `inPage` now within the rows; null for nothing. */
export function rowsOf({ inPage, own }: PartSlabs, { dim, first, end }: Rows): PartSlabs | null {
  const place = inPage[dim];
  const range = own[dim];
  assert(place !== undefined && !isCoords(place), 'no coordinates where rows are cut');
  assert(range !== undefined && !isCoords(range), 'no coordinates where rows are cut');
  const start = Math.max(first, place.start);
  const count = Math.min(end, place.start + place.count) - start;
  if (count <= 0) return null;
  const ownStart = range.start + (start - place.start) * range.stride;
  return {
    inPage: inPage.with(dim, { start: start - first, count, stride: 1 }),
    own: own.with(dim, { start: ownStart, count, stride: range.stride }),
  };
}
