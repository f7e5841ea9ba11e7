import { JsonFloat, RawJson, type Json, type JsonMap, type JsonOut } from './json.js';
import { parseJson } from './parse.js';

/** A parsed value from an object literal: what `parseJson(formatJson(value))` gives. */
export function toJson(value: JsonOut): Json {
  if (value === null || typeof value !== 'object' || value instanceof JsonFloat) return value;
  if (value instanceof RawJson) return parseJson(value.text);
  if (isList(value)) return value.map(toJson);
  return membersOf(value);
}

/** An object as parsed, from a literal; members that are undefined are left out, values shared. */
export function toJsonMap(literal: Readonly<Record<string, JsonOut | undefined>>): JsonMap {
  return membersOf(literal);
}

function membersOf(value: object): JsonMap {
  const entries: Iterable<[string, JsonOut | undefined]> =
    value instanceof Map ? value.entries() : Object.entries(value);
  const members: JsonMap = new Map();
  for (const [name, member] of entries) {
    if (member !== undefined) members.set(name, toJson(member));
  }
  return members;
}

function isList(value: object): value is readonly JsonOut[] {
  return Array.isArray(value);
}
