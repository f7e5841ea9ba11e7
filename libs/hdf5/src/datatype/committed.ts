import { parseObjectId } from '../id/object-id.js';
import type { Json, JsonMap } from '../json/json.js';

/**
 * The id when a request's `type` names a committed datatype; undefined for other types.
 *
 * @throws HdfError `invalid` for a malformed id
 */
export function committedTypeId(json: Json | undefined): string | undefined {
  if (typeof json !== 'string' || !json.startsWith('t-')) return undefined;
  return parseObjectId(json, 'datatype');
}

/** The type to store for a committed datatype: a copy of its type JSON with its id added. */
export function withCommittedId(type: JsonMap, id: string): JsonMap {
  return new Map(type).set('id', id);
}
