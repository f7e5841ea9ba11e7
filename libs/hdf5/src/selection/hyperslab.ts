/** What part of an array is meant, dimension by dimension. No I/O, no text (see `select.ts`). */

/** `count` elements from `start`, `stride` apart. Stride 0 repeats one element (broadcast source). */
export interface DimRange {
  readonly start: number;
  readonly count: number;
  readonly stride: number;
}

/** Explicit coordinates of one dimension, in any order, duplicates allowed. */
export interface DimCoords {
  readonly coords: readonly number[];
}

export type DimSelection = DimRange | DimCoords;

/**
 * One entry a dimension, row-major. All coordinate lists have equal length and are paired element by
 * element: together they contribute one dimension to the result, where the first list stands.
 */
export type Hyperslab = readonly DimSelection[];

/** True for a coordinate list. */
export function isCoords(dim: DimSelection): dim is DimCoords {
  return 'coords' in dim;
}
