import {
  checkAttributeValue,
  decodeBase64,
  dimsOf,
  HdfError,
  isJsonMap,
  itemSize,
  parseAttributeItem,
  storedFromBytes,
  type Attribute,
  type AttributeItem,
  type CreatedWindow,
  type Json,
  type JsonMap,
} from '#hdf5';
import { queryFlag, queryInteger } from '#server';
import type { CommittedTypes } from '../datatype/committed-types.js';
import { inSentOrder, sentTime } from '../object/created-window.js';
import { splitNames } from '../object/delete-names.params.js';
import type { AttributeView } from './attribute-view.js';

type Query = ReadonlyMap<string, string>;

/** An attribute of a request under its name, with the time that the client gave it, if any. */
export interface NamedAttribute {
  readonly name: string;
  readonly attribute: Attribute;
  /** Unix seconds */
  readonly sent: number | undefined;
}

/** What attributes of requests are read with. */
export interface AttributeOptions {
  /** Unix seconds */
  readonly now: number;
  /** When `created` of an item counts. */
  readonly window: CreatedWindow;
  readonly committedTypes: CommittedTypes;
}

/**
 * One attribute of a request, checked against its type and shape. A value that came as base64 is
 * stored as JSON where JSON can hold it.
 *
 * @throws HdfError `invalid`
 */
export function parseAttribute(item: Json, options: AttributeOptions): Attribute {
  const parsed = parseAttributeItem(item, options);
  const { attribute, type, space } = parsed;
  if (attribute.encoding === 'base64') return decoded(parsed);
  if (space.class !== 'null') checkAttributeValue(type, dimsOf(space), attribute.value);
  return attribute;
}

/** Attributes by name, in the order in which their client made them. @throws HdfError `invalid` */
export function parseAttributes(items: JsonMap, options: AttributeOptions): NamedAttribute[] {
  return inSentOrder(items).map(([name, item]) => ({
    name,
    attribute: parseAttribute(item, options),
    sent: sentTime(item),
  }));
}

/** The `type` members of items, for the committed types among them. */
export function typesOf(items: Iterable<Json>): (Json | undefined)[] {
  return Array.from(items, (item) => (isJsonMap(item) ? item.get('type') : undefined));
}

/**
 * How attributes are to be shown.
 *
 * @param dataByDefault whether values are shown unless `IncludeData` says otherwise
 * @throws HdfError `invalid`
 */
export function parseAttributeView(query: Query, dataByDefault = false): AttributeView {
  const maxBytes = queryInteger(query, 'max_data_size', Number.MIN_SAFE_INTEGER) ?? 0;
  const given = query.get('IncludeData') ?? '';
  return {
    data: given === '' ? dataByDefault : queryFlag(query, 'IncludeData'),
    base64: parseEncoding(query),
    ignoreNan: queryFlag(query, 'ignore_nan'),
    maxBytes: maxBytes > 0 ? maxBytes : undefined,
  };
}

/** Whether `encoding` asks for base64. @throws HdfError `invalid` for other encodings */
export function parseEncoding(query: Query): boolean {
  const encoding = query.get('encoding');
  if (encoding === undefined || encoding === 'base64') return encoding === 'base64';
  throw new HdfError('invalid', `encoding: expected base64, found ${encoding.slice(0, 40)}`);
}

/** The names of `DELETE …/attributes`, perhaps in base64. @throws HdfError `invalid` */
export function parseDeletedNames(query: Query): string[] {
  const text = query.get('attr_names');
  if (text === undefined || text === '') {
    throw new HdfError('invalid', 'expected parameter attr_names');
  }
  const names = parseEncoding(query) ? decodeText(text) : text;
  return splitNames(names, query, 'attr_names');
}

function decodeText(base64: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(decodeBase64(base64));
  } catch (cause) {
    throw new HdfError('invalid', 'attr_names: expected base64 of UTF-8 text', { cause });
  }
}

function decoded({ attribute, type, space }: AttributeItem): Attribute {
  const { type: typeJson, shape, value, created } = attribute;
  if (itemSize(type) === 'variable' || typeof value !== 'string') {
    throw new HdfError('invalid', 'base64 values are for types of fixed size');
  }
  const stored = storedFromBytes(type, dimsOf(space), decodeBase64(value));
  return { type: typeJson, shape, created, ...stored };
}
