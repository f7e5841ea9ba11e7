/** Typed access to the members of JSON bodies; what has another type is the client's mistake. */
import { HdfError, isJsonMap, type Json, type JsonMap } from '#hdf5';

/** @throws HdfError `invalid` unless the value is an object */
export function requireMap(value: Json | undefined, what: string): JsonMap {
  if (isJsonMap(value)) return value;
  throw new HdfError('invalid', `${what}: expected an object, found ${kindOfJson(value)}`);
}

/** A member that is an object, undefined when absent. @throws HdfError `invalid` for other types */
export function optionalMap(body: JsonMap, name: string): JsonMap | undefined {
  const value = body.get(name);
  return value === undefined ? undefined : requireMap(value, name);
}

/** A text member; undefined when absent or null. @throws HdfError `invalid` for other types */
export function optionalText(body: JsonMap, name: string): string | undefined {
  const value = body.get(name) ?? undefined;
  if (value === undefined || typeof value === 'string') return value;
  throw new HdfError('invalid', `${name}: expected a string, found ${kindOfJson(value)}`);
}

/** @throws HdfError `invalid` unless the value is an array of strings */
export function requireTexts(value: Json | undefined, what: string): string[] {
  const texts = Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
  if (Array.isArray(value) && texts.length === value.length) return texts;
  throw new HdfError('invalid', `${what}: expected an array of strings`);
}

/** What a JSON value is, for messages. */
export function kindOfJson(value: Json | undefined): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return isJsonMap(value) ? 'an object' : `a ${typeof value}`;
}
