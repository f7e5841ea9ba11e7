import {
  formatDomainDocument,
  formatObjectDocument,
  isJsonMap,
  parseDomainDocument,
  parseObjectDocument,
  type Attribute,
  type DomainDocument,
  type Json,
  type JsonOut,
  type ObjectDocument,
} from '#hdf5';
import type { ItemError, ObjectRecord, ReplyOf, RequestOf } from '../operations.js';
import { Members, jsonCodec, type Codec } from './codec.js';
import { plain } from './plain.js';

const emptyMap: ReadonlyMap<string, Json> = new Map<string, Json>();

function asMap(json: Json): Map<string, Json> {
  return isJsonMap(json) ? json : new Map<string, Json>();
}

function domainOut(document: DomainDocument | null): JsonOut {
  return document === null ? null : formatDomainDocument(document);
}

function domainIn(json: Json): DomainDocument | null {
  return isJsonMap(json) ? parseDomainDocument(json) : null;
}

function objectOut(document: ObjectDocument): JsonOut {
  return { kind: document.kind, stored: formatObjectDocument(document) };
}

function objectIn(json: Json): ObjectDocument {
  const members = new Members(json);
  const kind = members.text('kind') as ObjectDocument['kind'];
  return parseObjectDocument(kind, asMap(members.json('stored')));
}

function attributesOut(list: readonly (readonly [string, Attribute])[]): JsonOut {
  return list.map(([name, attribute]) => [name, { ...attribute }]);
}

function attributesIn(list: readonly Json[]): (readonly [string, Attribute])[] {
  return list.map((pair) => {
    const [name, item] = Array.isArray(pair) ? pair : [];
    const members = new Members(item ?? null);
    const attribute: Attribute = {
      type: members.json('type'),
      shape: asMap(members.json('shape')),
      value: members.json('value'),
      created: members.plain<number>('created'),
      ...(members.has('encoding') ? { encoding: 'base64' as const } : {}),
    };
    return [plain<string>(name ?? ''), attribute] as const;
  });
}

function trimmed(record: ObjectRecord | ItemError): JsonOut {
  if (!('document' in record)) return { ...record };
  const { document, linkCount, attributeCount } = record;
  return { ...(objectOut(document) as object), linkCount, attributeCount };
}

function recordIn(json: Json): ObjectRecord | ItemError {
  const members = new Members(json);
  if (!members.has('stored')) return members.plainAll<ItemError>();
  return {
    document: objectIn(json),
    linkCount: members.plain<number>('linkCount'),
    attributeCount: members.plain<number>('attributeCount'),
  };
}

/** A copy of a record without the parts that were not asked for. */
export function withoutParts(
  record: ObjectRecord,
  parts: { links: boolean; attributes: boolean },
): ObjectRecord {
  const { document } = record;
  const attributes = parts.attributes ? document.attributes : new Map(emptyMap);
  if (document.kind !== 'group') {
    return { ...record, document: { ...document, attributes } as ObjectDocument };
  }
  const links = parts.links ? document.links : new Map(emptyMap);
  return { ...record, document: { ...document, attributes, links } as ObjectDocument };
}

export const domainReadReply: Codec<ReplyOf<'domain.read'>> = jsonCodec(
  (reply) => ({ document: domainOut(reply.document) }),
  (header) => ({ document: parseDomainDocument(asMap(header.json('document'))) }),
);

export const domainReadManyReply: Codec<ReplyOf<'domain.readMany'>> = jsonCodec(
  (reply) => ({ documents: reply.documents.map(domainOut) }),
  (header) => ({ documents: header.list('documents').map(domainIn) }),
);

export const domainCreateRequest: Codec<RequestOf<'domain.create'>> = jsonCodec(
  ({ bucket, path, document }) => ({ bucket, path, document: domainOut(document) }),
  (header) => ({
    bucket: header.text('bucket'),
    path: header.text('path'),
    document: parseDomainDocument(asMap(header.json('document'))),
  }),
);

export const objectReadReply: Codec<ReplyOf<'object.read'>> = jsonCodec(
  (reply) => ({ objects: reply.objects.map(trimmed) }),
  (header) => ({ objects: header.list('objects').map(recordIn) }),
);

export const objectCreateRequest: Codec<RequestOf<'object.create'>> = jsonCodec(
  ({ bucket, documents }) => ({ bucket, documents: documents.map(objectOut) }),
  (header) => ({
    bucket: header.text('bucket'),
    documents: header.list('documents').map(objectIn),
  }),
);

export const attributeListReply: Codec<ReplyOf<'attribute.list'>> = jsonCodec(
  (reply) => ({ attributes: attributesOut(reply.attributes) }),
  (header) => ({ attributes: attributesIn(header.list('attributes')) }),
);

export const attributePutRequest: Codec<RequestOf<'attribute.put'>> = jsonCodec(
  ({ attributes, ...rest }) => ({ ...rest, attributes: attributesOut(attributes) }),
  (header) => ({
    bucket: header.text('bucket'),
    id: header.text('id'),
    replace: header.text('replace') as RequestOf<'attribute.put'>['replace'],
    attributes: attributesIn(header.list('attributes')),
  }),
);

export const attributePutValueRequest: Codec<RequestOf<'attribute.putValue'>> = jsonCodec(
  (request) => ({ ...request }),
  (header) => ({
    bucket: header.text('bucket'),
    id: header.text('id'),
    name: header.text('name'),
    value: header.json('value'),
    ...(header.has('encoding') ? { encoding: 'base64' as const } : {}),
  }),
);

export const rootScanReply: Codec<ReplyOf<'root.scan'>> = jsonCodec(
  (reply) => ({ info: reply.info }),
  (header) => ({ info: header.json('info') }),
);

export const nodeInfoReply: Codec<ReplyOf<'node.info'>> = rootScanReply;
