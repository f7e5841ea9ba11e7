/**
 * JSON as this service needs it: integers exact to 64 bits, `1` and `1.0` told apart, the bare
 * tokens NaN, Infinity and -Infinity, objects in request order under any key.
 */

/** A number whose text was that of a float though its value is a whole number (`1.0`, `-0.0`). */
export class JsonFloat {
  constructor(readonly value: number) {}
}

/** An object as parsed: insertion order, any key (also `__proto__`), last duplicate wins. */
export type JsonMap = Map<string, Json>;

/**
 * A parsed JSON value. Integers are `number` when safe, else `bigint`; a `number` with a fraction
 * or not finite is a float; a whole float is a `JsonFloat`.
 */
export type Json = null | boolean | number | bigint | string | JsonFloat | Json[] | JsonMap;

/** What `formatJson` takes besides parsed JSON: object literals, whose undefined members are left out. */
export type JsonOut =
  | null
  | boolean
  | number
  | bigint
  | string
  | JsonFloat
  | RawJson
  | readonly JsonOut[]
  | ReadonlyMap<string, JsonOut>
  | { readonly [key: string]: JsonOut | undefined };

/** Text that is JSON already and is written as it is (large value arrays). */
export class RawJson {
  constructor(readonly text: string) {}
}

/** The plain number of a JSON number, or undefined for anything that is no number. */
export function jsonNumber(value: Json | undefined): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof JsonFloat) return value.value;
  return undefined;
}

/** True for what `parseJson` gives for `{…}`. */
export function isJsonMap(value: Json | undefined): value is JsonMap {
  return value instanceof Map;
}
