import { HdfError, isJsonMap, parseObjectId, type Json, type JsonMap } from '#hdf5';
import { requireMap, requireTexts } from '../body-fields.js';

/** The keys that a route uses in its bodies. */
export interface MultiReadKeys {
  /** `grp_ids` or `obj_ids` */
  readonly ids: string;
  /** `titles` or `attr_names` */
  readonly names: string;
  readonly kind?: 'group';
}

/** What to read of one object: these names, or all. */
export interface NamedRead {
  readonly id: string;
  /** Undefined for all. */
  readonly names: readonly string[] | undefined;
}

/** What a body asks for, object by object. */
export interface MultiRead {
  readonly reads: readonly NamedRead[];
  /** Names were given for all objects alike. */
  readonly namesForAll: boolean;
}

/** Objects that one request may read. */
const IDS_MAX = 100_000;

/**
 * The body of a request for several links or attributes: `names` and/or a list of ids, or a map of
 * ids to names.
 *
 * @param pathId read when no ids are given
 * @throws HdfError `invalid`
 */
export function parseMultiRead(
  body: Json | undefined,
  pathId: string,
  keys: MultiReadKeys,
): MultiRead {
  const map = requireMap(body, 'body');
  const ids = map.get(keys.ids);
  const given = map.get(keys.names);
  if (ids === undefined && given === undefined) {
    throw new HdfError('invalid', `expected ${keys.names} or ${keys.ids} in body`);
  }
  const names = given === undefined ? undefined : namesOrAll(given, keys.names);
  if (ids === undefined) return { reads: [{ id: pathId, names }], namesForAll: true };
  if (Array.isArray(ids)) {
    const unique = [...new Set(ids.map((id) => parseObjectId(id, keys.kind)))];
    checkCount(unique.length, keys);
    return { reads: unique.map((id) => ({ id, names })), namesForAll: true };
  }
  if (given !== undefined) {
    throw new HdfError('invalid', `${keys.names}: not beside a map of ${keys.ids}`);
  }
  return { reads: parseIdMap(requireMap(ids, keys.ids), keys), namesForAll: false };
}

function parseIdMap(ids: JsonMap, keys: MultiReadKeys): NamedRead[] {
  checkCount(ids.size, keys);
  return [...ids].map(([id, names]) => ({
    id: parseObjectId(id, keys.kind),
    names: namesOrAll(names, `${keys.ids} value`),
  }));
}

function namesOrAll(names: Json, what: string): readonly string[] | undefined {
  const texts = requireTexts(names, what);
  return texts.length === 0 ? undefined : texts;
}

function checkCount(count: number, keys: MultiReadKeys): void {
  if (count === 0) throw new HdfError('invalid', `${keys.ids}: expected at least one id`);
  if (count > IDS_MAX) {
    throw new HdfError('invalid', `${keys.ids}: more than ${IDS_MAX} ids`);
  }
}

/**
 * The body of a request that writes links or attributes: items by name for each object.
 *
 * @param pathId written to when no ids are given
 * @param keys `ids` as above, `names` the key of the items: `links` or `attributes`
 * @returns object id -> items, and whether each object came with items of its own
 * @throws HdfError `invalid`
 */
export function parseMultiWrite(
  body: Json | undefined,
  pathId: string,
  keys: MultiReadKeys,
): { readonly writes: ReadonlyMap<string, JsonMap>; readonly byObject: boolean } {
  const map = requireMap(body, 'body');
  const ids = map.get(keys.ids);
  const given = map.get(keys.names);
  if (ids === undefined) {
    const items = requireMap(given, keys.names);
    return { writes: new Map([[pathId, items]]), byObject: false };
  }
  if (Array.isArray(ids)) {
    const items = requireMap(given, keys.names);
    const unique = [...new Set(ids.map((id) => parseObjectId(id, keys.kind)))];
    if (unique.length === 0 || items.size === 0) {
      throw new HdfError('invalid', `no ${keys.ids} defined, or no ${keys.names}`);
    }
    return { writes: new Map(unique.map((id) => [id, items])), byObject: false };
  }
  if (!isJsonMap(ids) || ids.size === 0) throw new HdfError('invalid', `no ${keys.ids} defined`);
  if (given !== undefined) {
    throw new HdfError('invalid', `${keys.names}: not beside a map of ${keys.ids}`);
  }
  const writes = new Map<string, JsonMap>();
  for (const [id, value] of ids) {
    const items = requireMap(value, `${keys.ids} value`).get(keys.names);
    writes.set(parseObjectId(id, keys.kind), requireMap(items, keys.names));
  }
  return { writes, byObject: true };
}
