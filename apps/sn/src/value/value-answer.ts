import { RawJson, formatElements, reduceShape, type Datatype, type Elements } from '#hdf5';

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

/** How elements become JSON. */
export interface JsonForm {
  readonly type: Datatype;
  /** Extents of the result; empty for one bare element. */
  readonly dims: readonly number[];
  readonly ignoreNan: boolean;
  /** Drop extents of 1 (`reduce_dim`). */
  readonly reduce?: boolean;
}

/** Elements as the `value` member of a reply. */
export function jsonValue(elements: Elements, form: JsonForm): RawJson {
  const dims = form.reduce === true ? reduceShape(form.dims) : form.dims;
  return new RawJson(formatElements(form.type, dims, elements, { ignoreNan: form.ignoreNan }));
}
