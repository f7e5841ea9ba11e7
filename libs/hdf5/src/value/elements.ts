/**
 * A run of dataset elements as bytes: what chunks, pages and request bodies hold. Row-major order
 * and dims are kept by whoever holds the run. The bytes are the wire form and the plain chunk form
 * at once (HDF REST API, binary values; HSDS storage schema, chunks).
 */

/** Elements of one size, packed. `bytes.length` is count x itemSize. */
export interface FixedElements {
  readonly itemSize: number;
  readonly bytes: Uint8Array;
}

/**
 * Elements of types that are or contain variable-length data, serialised one after the other:
 * element i is `bytes[offsets[i] .. offsets[i + 1])`; `offsets` has count + 1 entries.
 */
export interface VlenElements {
  readonly itemSize: 'variable';
  readonly offsets: Uint32Array;
  readonly bytes: Uint8Array;
}

export type Elements = FixedElements | VlenElements;

/** True when every element has the same size. */
export function isFixed(elements: Elements): elements is FixedElements {
  return elements.itemSize !== 'variable';
}

/** How many elements a run holds; a zero item size counts as none. */
export function elementCount(elements: Elements): number {
  if (!isFixed(elements)) return elements.offsets.length - 1;
  return elements.itemSize === 0 ? 0 : elements.bytes.length / elements.itemSize;
}
