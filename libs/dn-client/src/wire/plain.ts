import { JsonFloat, type Json } from '#hdf5';

/**
 * Parsed JSON as plain objects, arrays and numbers, for messages whose members the program itself
 * chose. Not for what clients sent: that stays `Json`.
 */
export function plain<T>(json: Json): T {
  return toPlain(json) as T;
}

function toPlain(json: Json): unknown {
  if (json instanceof JsonFloat) return json.value;
  if (Array.isArray(json)) return json.map(toPlain);
  if (json instanceof Map) {
    return Object.fromEntries([...json].map(([key, value]) => [key, toPlain(value)]));
  }
  return json;
}
