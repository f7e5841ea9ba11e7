import type { Datatype } from '../datatype/datatype.js';
import { HdfError } from '../errors.js';
import type { Json, JsonMap } from '../json/json.js';
import { decodeBase64 } from '../value/base64.js';
import type { Elements } from '../value/elements.js';
import { encodeJsonValue } from '../value/encode.js';
import { wrapElements } from '../value/serialise.js';

/**
 * The fill value of a dataset from `fillValue` and `fillValue_encoding` of its creation properties.
 *
 * @returns one element; null for none, also when it is zero or empty
 * @throws HdfError `invalid` when it is no element of the type
 * @see HDF REST API, fill value
 */
export function parseFillValue(
  type: Datatype,
  creationProperties: ReadonlyMap<string, Json>,
): Elements | null {
  const value = creationProperties.get('fillValue') ?? null;
  if (value === null) return null;
  const encoding = creationProperties.get('fillValue_encoding') ?? null;
  if (encoding !== null && encoding !== 'None' && encoding !== 'base64') {
    throw new HdfError('invalid', 'expected fillValue_encoding base64 or None');
  }
  if (encoding !== null && typeof value !== 'string') {
    throw new HdfError('invalid', 'expected text as the fillValue with an encoding');
  }
  const element =
    encoding === 'base64' && typeof value === 'string'
      ? wrapElements(type, decodeBase64(value), 1)
      : encodeFill(type, value);
  return element.bytes.some((byte) => byte !== 0) ? element : null;
}

/** Creation properties without a fill value of null, which C clients send for none. */
export function withoutNullFill(creationProperties: JsonMap): JsonMap {
  if (creationProperties.get('fillValue') !== null) return creationProperties;
  const kept = new Map(creationProperties);
  kept.delete('fillValue');
  kept.delete('fillValue_encoding');
  return kept;
}

function encodeFill(type: Datatype, value: Json): Elements {
  try {
    return encodeJsonValue(type, [], value);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : 'no element of the type';
    throw new HdfError('invalid', `invalid fill value: ${message}`, { cause });
  }
}
