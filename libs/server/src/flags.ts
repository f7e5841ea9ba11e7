/** Query parameters and body members that say yes or no, or count. */
import { HdfError, isJsonMap, JsonFloat, type Json } from '#hdf5';

type Query = ReadonlyMap<string, string>;

/**
 * A boolean query parameter. False when absent, empty, an integer equal to 0, `false` or `F` in
 * any case; everything else is true. (HSDS has two rules of which this is the sensible union.)
 */
export function queryFlag(query: Query, name: string): boolean {
  const text = query.get(name)?.trim();
  if (text === undefined || text === '') return false;
  return !/^(?:[+-]?0+|f|false)$/i.test(text);
}

/** A boolean body member: false when absent or falsy (`0`, `0.0`, `false`, `null`, `""`). */
export function bodyFlag(body: Json | undefined, name: string): boolean {
  if (!isJsonMap(body)) return false;
  const value = body.get(name);
  if (value instanceof JsonFloat) return value.value !== 0;
  if (typeof value === 'string') return value !== '';
  return value !== undefined && value !== null && value !== false && value !== 0;
}

/**
 * An integer query parameter, undefined when absent or empty.
 *
 * @throws HdfError `invalid` unless it is a decimal safe integer of at least `min`
 */
export function queryInteger(query: Query, name: string, min: number): number | undefined {
  const text = query.get(name)?.trim();
  if (text === undefined || text === '') return undefined;
  const value = /^[+-]?[0-9]{1,16}$/.test(text) ? Number(text) : NaN;
  if (!Number.isSafeInteger(value) || value < min) {
    throw new HdfError('invalid', `Expected int type of at least ${min} for ${name}`);
  }
  return value;
}

/** `Limit`: undefined for none, absent and `0`. @throws HdfError `invalid` for other text, also empty */
export function queryLimit(query: Query): number | undefined {
  if (query.get('Limit')?.trim() === '') throw new HdfError('invalid', 'Limit: expected a number');
  const limit = queryInteger(query, 'Limit', 0);
  return limit === 0 ? undefined : limit;
}
