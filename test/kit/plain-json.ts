/** JSON of replies as plain values, exact: what a test compares with `toEqual`. */
import { JsonFloat, parseJson, type Json } from '#hdf5';

/** Objects are records, whole floats numbers, integers beyond 2^53 bigints; NaN as it is. */
export type Plain =
  null | boolean | number | bigint | string | Plain[] | { [key: string]: Plain | undefined };

/** @throws HdfError `invalid` for text that is no JSON */
export function parsePlain(bytes: Uint8Array): Plain {
  return plain(parseJson(bytes));
}

function plain(value: Json): Plain {
  if (value instanceof JsonFloat) return value.value;
  if (value instanceof Map) {
    return Object.fromEntries([...value].map(([key, member]) => [key, plain(member)]));
  }
  return Array.isArray(value) ? value.map(plain) : value;
}
