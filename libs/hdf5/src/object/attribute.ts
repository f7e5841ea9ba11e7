import { parseAttributeSpace, formatShape, type Dataspace } from '../dataspace/dataspace.js';
import { committedTypeId } from '../datatype/committed.js';
import type { Datatype } from '../datatype/datatype.js';
import { parseTypeJson, storedTypeJson } from '../datatype/json.js';
import { HdfError } from '../errors.js';
import { jsonEqual } from '../json/equal.js';
import { isJsonMap, jsonNumber, type Json, type JsonOut } from '../json/json.js';
import { createdTime, type CreatedWindow } from './created.js';
import type { Attribute } from './document.js';
import { formatTime } from './link.js';

/** An attribute of a request, its value not yet checked against type and shape. */
export interface AttributeItem {
  readonly attribute: Attribute;
  readonly type: Datatype;
  readonly space: Dataspace;
}

export interface AttributeItemOptions {
  /** Unix seconds, for `created` */
  readonly now: number;
  /** When a client's own `created` counts; never unless given. */
  readonly window?: CreatedWindow;
  /** Type JSON with the id (`withCommittedId`) of the committed types that items name, by id. */
  readonly committedTypes?: ReadonlyMap<string, Json>;
}

/**
 * An attribute of a request: `{type, shape?, value?, encoding?, created?}`. A value with `encoding`
 * is base64 text of the elements, as in the result.
 *
 * @throws HdfError `invalid`, also for a committed type that is not among `committedTypes`
 * @see HDF REST API, attributes: model and input form
 */
export function parseAttributeItem(json: Json, options: AttributeItemOptions): AttributeItem {
  if (!isJsonMap(json)) throw new HdfError('invalid', 'expected an attribute object');
  const { type, json: typeJson } = parseTypeJson(typeOf(json.get('type'), options));
  const space = parseAttributeSpace(json.get('shape'));
  const value = json.get('value') ?? null;
  if (space.class === 'null' && value !== null) {
    throw new HdfError('invalid', 'an attribute of null shape has no value');
  }
  const encoding = json.get('encoding') ?? '';
  const isEncoded = encoding !== '' && encoding !== false && encoding !== 0 && value !== null;
  if (isEncoded && typeof value !== 'string') {
    throw new HdfError('invalid', 'expected base64 text as the value of an encoded attribute');
  }
  const attribute: Attribute = {
    type: typeJson,
    shape: formatShape(space),
    value,
    ...(isEncoded ? { encoding: 'base64' } : {}),
    created: createdTime(json.get('created'), options.now, options.window),
  };
  return { attribute, type, space };
}

/**
 * An attribute of a stored document, of any version.
 *
 * @param fallback `created` for attributes without, Unix seconds
 * @throws HdfError `corrupt`
 */
export function parseStoredAttribute(json: Json, fallback: number): Attribute {
  const shape = isJsonMap(json) ? json.get('shape') : undefined;
  const type = isJsonMap(json) ? json.get('type') : undefined;
  if (!isJsonMap(json) || !isJsonMap(shape) || type === undefined) {
    throw new HdfError('corrupt', 'stored attribute without type or shape');
  }
  return {
    type: storedTypeJson(type),
    shape,
    value: json.get('value') ?? null,
    ...(json.get('encoding') === 'base64' ? { encoding: 'base64' } : {}),
    created: jsonNumber(json.get('created')) ?? fallback,
  };
}

/** The stored form of an attribute. */
export function formatStoredAttribute(attribute: Attribute): JsonOut {
  const { type, shape, value, encoding } = attribute;
  return { type, shape, value, encoding, created: formatTime(attribute.created) };
}

/** True when a request would change nothing: type, shape and value equal, whenever they were made. */
export function sameAttribute(a: Attribute, b: Attribute): boolean {
  const sameForm = jsonEqual(a.type, b.type) && jsonEqual(a.shape, b.shape);
  return sameForm && a.encoding === b.encoding && jsonEqual(a.value, b.value);
}

function typeOf(json: Json | undefined, options: AttributeItemOptions): Json {
  if (json === undefined) throw new HdfError('invalid', 'PUT attribute with no type in body');
  const id = committedTypeId(json);
  if (id === undefined) return json;
  const type = options.committedTypes?.get(id);
  if (type === undefined) throw new HdfError('invalid', `committed type ${id} cannot be used here`);
  return type;
}
