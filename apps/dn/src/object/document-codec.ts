import {
  formatDomainDocument,
  formatJson,
  formatObjectDocument,
  isJsonMap,
  HdfError,
  parseDomainDocument,
  parseJson,
  parseObjectDocument,
  type Attribute,
  type DomainDocument,
  type Json,
  type ObjectDocument,
} from '#hdf5';

/** Which kind of document a key holds. */
export type DocumentKind = 'domain' | ObjectDocument['kind'];

export type StoredDocument = DomainDocument | ObjectDocument;

/** Rough memory of a document without its links and attributes, bytes. */
const BASE_BYTES = 1024;
const LINK_BYTES = 200;
const ATTRIBUTE_BYTES = 300;

const attributeSizes = new WeakMap<Attribute, number>();

/** Documents as the write-back cache wants them: JSON in the store, objects in memory. */
export const documentCodec = {
  decode(bytes: Uint8Array, kind: DocumentKind): StoredDocument {
    const json = parseJson(bytes);
    if (!isJsonMap(json)) throw new HdfError('corrupt', `a stored ${kind} is no JSON object`);
    return kind === 'domain' ? parseDomainDocument(json) : parseObjectDocument(kind, json);
  },

  encode(document: StoredDocument): Uint8Array {
    const json = isObject(document)
      ? formatObjectDocument(document)
      : formatDomainDocument(document);
    return Buffer.from(formatJson(json), 'latin1');
  },

  sizeOf(document: StoredDocument): number {
    if (!isObject(document)) return BASE_BYTES + document.acls.size * LINK_BYTES;
    let size = BASE_BYTES;
    if (document.kind === 'group') size += document.links.size * LINK_BYTES;
    for (const attribute of document.attributes.values()) size += attributeBytes(attribute);
    return size;
  },

  clone(document: StoredDocument): StoredDocument {
    if (!isObject(document)) return { ...document, acls: new Map(document.acls) };
    const attributes = new Map(document.attributes);
    if (document.kind !== 'group') return { ...document, attributes };
    return { ...document, attributes, links: new Map(document.links) };
  },
};

/** True for groups, datasets and datatypes. */
export function isObject(document: StoredDocument): document is ObjectDocument {
  return 'kind' in document;
}

function attributeBytes(attribute: Attribute): number {
  const known = attributeSizes.get(attribute);
  if (known !== undefined) return known;
  const size = ATTRIBUTE_BYTES + jsonBytes(attribute.value);
  attributeSizes.set(attribute, size);
  return size;
}

function jsonBytes(value: Json): number {
  if (typeof value === 'string') return 2 * value.length + 16;
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + jsonBytes(item), 16);
  return 16;
}
