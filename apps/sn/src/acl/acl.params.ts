import { HdfError, jsonNumber, PERMISSIONS, type Json, type Permission } from '#hdf5';
import { requireMap } from '../body-fields.js';

/**
 * The permissions that a `PUT /acls/{user}` sets; others stay as they are.
 *
 * @throws HdfError `invalid` for unknown names and values that are no booleans (0 and 1 pass)
 */
export function parsePermissions(body: Json | undefined): Partial<Record<Permission, boolean>> {
  const given: Partial<Record<Permission, boolean>> = {};
  for (const [name, value] of requireMap(body, 'body')) {
    const permission = PERMISSIONS.find((known) => known === name);
    if (permission === undefined) {
      throw new HdfError('invalid', `unknown permission: ${name.slice(0, 60)}`);
    }
    given[permission] = parseBoolean(name, value);
  }
  return given;
}

function parseBoolean(name: string, value: Json): boolean {
  if (typeof value === 'boolean') return value;
  const number = jsonNumber(value);
  if (number === 0 || number === 1) return number === 1;
  throw new HdfError('invalid', `permission ${name}: expected true or false`);
}
