import { reduceShape, type Elements } from '#hdf5';
import { ValueText, type ElementsForm } from './value-text.js';

/** Packed elements to be sent: pages in order, the first of them already at hand. */
export interface BytesAnswer {
  /** Sum of all pages, unknown for variable-length elements. */
  readonly byteLength: number | undefined;
  readonly first: Uint8Array;
  /** The rest; reading it fetches. */
  readonly more: AsyncIterable<Uint8Array> | null;
  /** Takes back the memory of a page that was sent, if it is wanted. */
  readonly recycle?: (page: Uint8Array) => void;
}

/** Elements that are all here, as bytes. */
export function wholeAnswer(elements: Elements): BytesAnswer {
  return { byteLength: elements.bytes.length, first: elements.bytes, more: null };
}

/** Elements as the `value` member of a reply. `reduce`: without extents of 1 (`reduce_dim`). */
export function jsonValue(
  elements: Elements,
  { reduce = false, ...form }: ElementsForm & { readonly reduce?: boolean },
): ValueText {
  return new ValueText(elements, reduce ? { ...form, dims: reduceShape(form.dims) } : form);
}
