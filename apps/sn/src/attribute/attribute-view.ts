import {
  attributeElements,
  dataSizeEstimate,
  dimsOf,
  encodeBase64,
  itemSize,
  parseStoredShape,
  parseStoredType,
  spaceElementCount,
  type Attribute,
  type JsonOut,
} from '#hdf5';
import { encodingMember, withoutNan } from './attribute-json.js';

/** How replies show attributes. */
export interface AttributeView {
  readonly data: boolean;
  /** Values as base64 of their bytes, where the type has a fixed size. */
  readonly base64: boolean;
  readonly ignoreNan: boolean;
  /** Values of more bytes than this are left out; undefined for no limit. */
  readonly maxBytes: number | undefined;
}

/** An entry of a list of attributes. */
export function attributeEntry(
  name: string,
  attribute: Attribute,
  view: AttributeView,
): Record<string, JsonOut> {
  const { type, shape, created } = attribute;
  const shows = view.data && !isTooLarge(attribute, view.maxBytes);
  return { name, type, shape, created, ...(shows ? valueMembers(attribute, view) : {}) };
}

/** `value`, and `encoding` where it is base64. */
export function valueMembers(
  attribute: Attribute,
  view: Pick<AttributeView, 'base64' | 'ignoreNan'>,
): Record<string, JsonOut> {
  const { value, encoding } = attribute;
  if (view.base64 && value !== null && encoding === undefined) {
    const bytes = fixedBytes(attribute);
    if (bytes !== undefined) return { value: encodeBase64(bytes), encoding: 'base64' };
  }
  const shown = view.ignoreNan ? withoutNan(value) : value;
  return { value: shown, ...encodingMember(encoding) };
}

/**
 * The elements of an attribute as bytes: zeros when it has no value.
 *
 * @throws HdfError `invalid` for a stored value that does not fit its type
 */
export function attributeBytes(attribute: Attribute): Uint8Array {
  const space = parseStoredShape(attribute.shape);
  return attributeElements(parseStoredType(attribute.type), dimsOf(space), attribute).bytes;
}

/** The same, undefined for types of variable size. */
export function fixedBytes(attribute: Attribute): Uint8Array | undefined {
  const isVariable = itemSize(parseStoredType(attribute.type)) === 'variable';
  return isVariable ? undefined : attributeBytes(attribute);
}

/** True when an attribute has a dataspace without elements by nature. */
export function isNullSpace(attribute: Attribute): boolean {
  return attribute.shape.get('class') === 'H5S_NULL';
}

function isTooLarge(attribute: Attribute, maxBytes: number | undefined): boolean {
  if (maxBytes === undefined) return false;
  const count = spaceElementCount(parseStoredShape(attribute.shape));
  return dataSizeEstimate(parseStoredType(attribute.type), count) > maxBytes;
}
