import { isJsonMap, JsonFloat, type Json } from './json.js';

/**
 * Deep equality as HSDS's Python has it: numbers and booleans by value (1 = 1.0 = true), objects
 * whatever the order of their members. Unlike there NaN equals NaN, so that a client may send an
 * unchanged attribute again.
 *
 * @see HDF REST API, PUT attribute: equality of an existing attribute
 */
export function jsonEqual(a: Json, b: Json): boolean {
  if (Array.isArray(a)) return Array.isArray(b) && listsEqual(a, b);
  if (isJsonMap(a)) return isJsonMap(b) && mapsEqual(a, b);
  if (a === b) return true;
  const left = numeric(a);
  const right = numeric(b);
  if (left === undefined || right === undefined) return false;
  // A number and a bigint compare exactly, by value; NaN is neither below nor above.
  if (Number.isNaN(left) || Number.isNaN(right)) return Number.isNaN(left) && Number.isNaN(right);
  return left >= right && left <= right;
}

function listsEqual(a: readonly Json[], b: readonly Json[]): boolean {
  return a.length === b.length && a.every((item, i) => jsonEqual(item, b[i] ?? null));
}

function mapsEqual(a: ReadonlyMap<string, Json>, b: ReadonlyMap<string, Json>): boolean {
  if (a.size !== b.size) return false;
  for (const [name, item] of a) {
    const other = b.get(name);
    if (other === undefined || !jsonEqual(item, other)) return false;
  }
  return true;
}

function numeric(value: Json): number | bigint | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  return value instanceof JsonFloat ? value.value : undefined;
}
