import { Injectable } from '@nestjs/common';
import {
  decodeBase64,
  defined,
  dimsOf,
  encodeBase64,
  encodeJsonValue,
  HdfError,
  itemSize,
  parseStoredShape,
  parseStoredType,
  storedFromBytes,
  storedFromElements,
  type Attribute,
  type JsonMap,
  type JsonOut,
  type StoredValue,
} from '#hdf5';
import { DataNodes } from '#dn-client';
import type { RequestContext } from '#server';
import { scopeOf } from '../object-scope.js';
import { AttributeReader } from './attribute.reader.js';
import { attributeBytes, fixedBytes, isNullSpace, valueMembers } from './attribute-view.js';

/** How a value is to be answered. */
export interface ValueForm {
  /** Packed bytes, where the type has a fixed size. */
  readonly bytes: boolean;
  readonly base64: boolean;
  readonly ignoreNan: boolean;
}

/** A new value: a JSON body, or bytes. */
export type NewValue = { readonly json: JsonMap } | { readonly bytes: Uint8Array };

/** Reads and changes the values of attributes, by themselves. */
@Injectable()
export class AttributeValueService {
  constructor(
    private readonly nodes: DataNodes,
    private readonly reader: AttributeReader,
  ) {}

  /**
   * `GET …/value`.
   *
   * @returns packed bytes, or the members of a JSON reply
   * @throws HdfError `invalid` for a null dataspace
   */
  async read(
    context: RequestContext,
    name: string,
    form: ValueForm,
  ): Promise<Uint8Array | Record<string, JsonOut>> {
    const attribute = withSpace(await this.reader.find(context, name), name);
    const bytes = form.bytes ? fixedBytes(attribute) : undefined;
    if (bytes !== undefined) return bytes;
    const hrefs = this.reader.attributeHrefs(context, name);
    if (form.base64) {
      const value = encodeBase64(attributeBytes(attribute));
      return { value, encoding: 'base64', hrefs };
    }
    return { ...valueMembers(attribute, { base64: false, ignoreNan: form.ignoreNan }), hrefs };
  }

  /** `PUT …/value`: the new value is stored as its type has it. @throws HdfError `invalid` */
  async write(context: RequestContext, name: string, given: NewValue): Promise<void> {
    const { domain, call } = scopeOf(context);
    const { id } = defined(context.object, 'object of the request').document;
    const attribute = withSpace(await this.reader.find(context, name), name);
    const stored = storedValue(attribute, given);
    const request = { bucket: domain.bucket, id, name, ...stored };
    await this.nodes.call('attribute.putValue', request, call);
  }
}

function withSpace(attribute: Attribute, name: string): Attribute {
  if (!isNullSpace(attribute)) return attribute;
  throw new HdfError('invalid', `attribute ${name} has a null dataspace`);
}

function storedValue(attribute: Attribute, given: NewValue): StoredValue {
  const type = parseStoredType(attribute.type);
  const dims = dimsOf(parseStoredShape(attribute.shape));
  if ('bytes' in given) return storedFromBytes(type, dims, given.bytes);
  const value = given.json.get('value');
  const encoding = given.json.get('encoding') ?? '';
  if (value === undefined) throw new HdfError('invalid', 'expected value in body');
  if (value === null) {
    const zeros: Attribute = { ...withoutEncoding(attribute), value: null };
    return itemSize(type) === 'variable'
      ? { value: null }
      : storedFromBytes(type, dims, attributeBytes(zeros));
  }
  if (encoding === '') return storedFromElements(type, dims, encodeJsonValue(type, dims, value));
  if (typeof value !== 'string') throw new HdfError('invalid', 'expected base64 text as value');
  return storedFromBytes(type, dims, decodeBase64(value));
}

function withoutEncoding({ type, shape, created, value }: Attribute): Attribute {
  return { type, shape, created, value };
}
