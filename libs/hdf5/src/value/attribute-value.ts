/**
 * Attribute values: JSON kept as given, and their bytes.
 *
 * @see HDF REST API, attributes: model and value route
 */
import type { Datatype } from '../datatype/datatype.js';
import { itemSize } from '../datatype/size.js';
import { HdfError } from '../errors.js';
import type { Json } from '../json/json.js';
import { decodeBase64, encodeBase64 } from './base64.js';
import { decodeJsonValue, isJsonText } from './decode.js';
import { encodeJsonValue } from './encode.js';
import type { Elements } from './elements.js';
import { fillElements, wrapElements } from './serialise.js';

/** A value as it is stored in an attribute. */
export interface StoredValue {
  readonly value: Json;
  /** Set when `value` is base64 text of the bytes, because JSON cannot hold them. */
  readonly encoding?: 'base64';
}

/**
 * Checks that a JSON value fits the attribute's type and shape; null, for no value, always does.
 *
 * @param dims shape; `[]` for a scalar
 * @throws HdfError `invalid` when it does not fit
 */
export function checkAttributeValue(type: Datatype, dims: readonly number[], value: Json): void {
  if (value !== null) encodeJsonValue(type, dims, value);
}

/**
 * The elements of a stored value; without one zeros and empty elements.
 *
 * @param dims shape; `[]` for a scalar
 * @throws HdfError `invalid` when the value does not fit the type
 */
export function attributeElements(
  type: Datatype,
  dims: readonly number[],
  { value, encoding }: StoredValue,
): Elements {
  const count = dims.reduce((total, extent) => total * extent, 1);
  if (value === null) return fillElements(type, count, null);
  if (encoding === undefined) return encodeJsonValue(type, dims, value);
  if (typeof value !== 'string') throw new HdfError('invalid', 'expected base64 text');
  return wrapElements(type, decodeBase64(value), count);
}

/**
 * What to store for the bytes of a binary or base64 request: JSON, or base64 where strings are not
 * UTF-8.
 *
 * @param dims shape; `[]` for a scalar
 * @throws HdfError `invalid` for a variable-length type or another length
 */
export function storedFromBytes(
  type: Datatype,
  dims: readonly number[],
  bytes: Uint8Array,
): StoredValue {
  if (itemSize(type) === 'variable') {
    throw new HdfError('invalid', 'variable-length attributes have no binary form');
  }
  const count = dims.reduce((total, extent) => total * extent, 1);
  return storedFromElements(type, dims, wrapElements(type, bytes, count));
}

/** What to store for elements: JSON normalised through the type, or base64 as `storedFromBytes`. */
export function storedFromElements(
  type: Datatype,
  dims: readonly number[],
  elements: Elements,
): StoredValue {
  if (isJsonText(type, elements)) return { value: decodeJsonValue(type, dims, elements) };
  return { value: encodeBase64(elements.bytes), encoding: 'base64' };
}
