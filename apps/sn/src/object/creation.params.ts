import {
  HdfError,
  isJsonMap,
  kindOfCollection,
  parseObjectId,
  sameDomain,
  type Collection,
  type Json,
  type JsonMap,
} from '#hdf5';
import { kindOfJson, requireMap } from '../body-fields.js';

/** Objects that one creation request may ask for; h5pyd sends at most 300. */
const ITEMS_MAX = 10_000;

/**
 * The items of a creation body: one object, or a list of them.
 *
 * @param whenEmpty what a missing, null or empty body stands for (an anonymous group), if anything
 * @throws HdfError `invalid`
 */
export function parseCreationBody(body: Json | undefined, whenEmpty?: JsonMap): readonly JsonMap[] {
  const isEmpty = (body ?? null) === null || (Array.isArray(body) && body.length === 0);
  if (isEmpty && whenEmpty !== undefined) return [whenEmpty];
  if (isJsonMap(body)) return [body];
  if (!Array.isArray(body) || body.length === 0) {
    throw new HdfError(
      'invalid',
      `expected an object or a list of them, found ${kindOfJson(body)}`,
    );
  }
  if (body.length > ITEMS_MAX) {
    throw new HdfError('invalid', `expected at most ${ITEMS_MAX} objects, found ${body.length}`);
  }
  return body.map((item, index) => requireMap(item, `item ${index}`));
}

/**
 * The id that a client chose for a new object.
 *
 * @returns undefined when it leaves that to the server
 * @throws HdfError `invalid` for an id of another kind or domain
 */
export function parseNewId(
  body: JsonMap,
  collection: Collection,
  root: string,
): string | undefined {
  const given = body.get('id') ?? undefined;
  if (given === undefined) return undefined;
  const id = parseObjectId(given, kindOfCollection(collection));
  if (sameDomain(id, root)) return id;
  throw new HdfError('invalid', `id ${id} is not one of the domain of ${root}`);
}
