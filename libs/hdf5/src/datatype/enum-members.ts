/**
 * Two spellings of an enumeration's members: HSDS 0.9 has `mapping`, an object name → value; HSDS
 * 1.0 and h5pyd 1.0 have `members`, a list of `{name, value}`. We understand both, wherever they
 * are, and always answer with `mapping`, which both generations of clients read.
 */
import { isJsonMap, type Json, type JsonMap } from '../json/json.js';

/** Names and values as they stand; undefined when there are none or they are malformed. */
export function enumMembers(json: JsonMap): ReadonlyMap<string, Json> | undefined {
  const given = json.get('mapping') ?? json.get('members');
  const mapping = isJsonMap(given) ? given : undefined;
  const members = Array.isArray(given) ? listedMembers(given) : mapping;
  return members !== undefined && members.size > 0 ? members : undefined;
}

/** The same type JSON with a `mapping` in every enumeration; the very same when all have one. */
export function withEnumMappings(json: Json): Json {
  if (!isJsonMap(json)) return json;
  const changes = new Map<string, Json>();
  if (json.get('class') === 'H5T_ENUM' && !isJsonMap(json.get('mapping'))) {
    const members = enumMembers(json);
    if (members !== undefined) changes.set('mapping', new Map(members));
  }
  note(changes, 'base', json.get('base'), withEnumMappings);
  note(changes, 'fields', json.get('fields'), withFieldMappings);
  return changes.size === 0 ? json : new Map([...json, ...changes]);
}

function withFieldMappings(json: Json): Json {
  if (!Array.isArray(json)) return json;
  const fields = json.map((field) => {
    if (!isJsonMap(field)) return field;
    const changes = new Map<string, Json>();
    note(changes, 'type', field.get('type'), withEnumMappings);
    return changes.size === 0 ? field : new Map([...field, ...changes]);
  });
  return fields.every((field, at) => field === json[at]) ? json : fields;
}

function note(
  changes: Map<string, Json>,
  name: string,
  value: Json | undefined,
  change: (json: Json) => Json,
): void {
  if (value === undefined) return;
  const changed = change(value);
  if (changed !== value) changes.set(name, changed);
}

/** Undefined when an item is no member, or a name stands twice. */
function listedMembers(list: readonly Json[]): ReadonlyMap<string, Json> | undefined {
  const members = new Map<string, Json>();
  for (const item of list) {
    const name = isJsonMap(item) ? item.get('name') : undefined;
    const value = isJsonMap(item) ? item.get('value') : undefined;
    if (typeof name !== 'string' || value === undefined || members.has(name)) return undefined;
    members.set(name, value);
  }
  return members;
}
