import { HdfError } from '../errors.js';
import type { CompoundType, Datatype } from './datatype.js';
import { itemSize } from './size.js';

/**
 * The compound of some fields of another, in the order asked for.
 *
 * @throws HdfError `invalid` for a type that is no compound, unknown, repeated or no names
 * @see HDF REST API, parameter `fields`
 */
export function selectFields(type: Datatype, names: readonly string[]): CompoundType {
  if (type.class !== 'compound') {
    throw new HdfError(
      'invalid',
      `invalid fields selection: ${type.class} elements have no fields`,
    );
  }
  if (names.length === 0) throw new HdfError('invalid', 'invalid fields selection: no names');
  if (new Set(names).size < names.length) {
    throw new HdfError('invalid', `invalid fields selection: repeated name in ${names.join(':')}`);
  }
  const byName = new Map(type.fields.map((field) => [field.name, field]));
  const fields = names.map((name) => {
    const field = byName.get(name);
    if (field === undefined) {
      throw new HdfError('invalid', `invalid fields selection: no field ${name}`);
    }
    return field;
  });
  return { class: 'compound', fields };
}

/**
 * Where each field starts in an element, in bytes, in declaration order.
 *
 * @throws HdfError `internal` when a field is of variable size
 */
export function fieldOffsets(type: CompoundType): number[] {
  let offset = 0;
  return type.fields.map((field) => {
    const start = offset;
    const size = itemSize(field.type);
    if (size === 'variable')
      throw new HdfError('internal', `field ${field.name} has no fixed size`);
    offset += size;
    return start;
  });
}
