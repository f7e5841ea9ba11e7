import { HdfError } from '../errors.js';
import { storedTypeJson } from '../datatype/json.js';
import type { ObjectKind } from '../id/object-id.js';
import { isJsonMap, jsonNumber, type Json, type JsonMap, type JsonOut } from '../json/json.js';
import { formatStoredAttribute, parseStoredAttribute } from './attribute.js';
import type { Attribute, DatasetDocument, Link, ObjectDocument } from './document.js';
import { formatStoredLink, formatTime, parseStoredLink } from './link.js';

const COMMON = ['id', 'root', 'created', 'lastModified', 'attributes'];
/** Members that each kind of document has; others are kept as `extra`. */
const KNOWN: Readonly<Record<ObjectKind, ReadonlySet<string>>> = {
  group: new Set([...COMMON, 'links', 'creationProperties']),
  dataset: new Set([...COMMON, 'type', 'shape', 'creationProperties', 'layout', 'cutting']),
  datatype: new Set([...COMMON, 'type', 'creationProperties']),
};

/**
 * A stored group, dataset or committed datatype, as any version of HSDS wrote it.
 *
 * @throws HdfError `corrupt` when a member is missing or of another kind
 * @see HSDS storage schema, JSON objects
 */
export function parseObjectDocument(kind: ObjectKind, json: Json): ObjectDocument {
  if (!isJsonMap(json)) throw new HdfError('corrupt', `stored ${kind} is no object`);
  const created = jsonNumber(json.get('created')) ?? 0;
  const common = {
    id: textMember(json, 'id', kind),
    root: textMember(json, 'root', kind),
    created,
    lastModified: jsonNumber(json.get('lastModified')) ?? created,
    attributes: parseEntries(json.get('attributes'), (item) => parseStoredAttribute(item, created)),
    extra: extraOf(json, KNOWN[kind]),
  };
  const properties = json.get('creationProperties');
  const creationProperties = properties === undefined ? {} : { creationProperties: properties };
  switch (kind) {
    case 'group': {
      const links = parseEntries<Link>(json.get('links'), (item) => parseStoredLink(item, created));
      return { kind, ...common, links, ...creationProperties };
    }
    case 'datatype':
      return { kind, ...common, type: typeMember(json, kind), ...creationProperties };
    case 'dataset':
      return { kind, ...common, type: typeMember(json, kind), ...datasetMembers(json) };
  }
}

/** The stored form of an object, its members in HSDS's order. */
export function formatObjectDocument(document: ObjectDocument): JsonOut {
  const { id, root, extra } = document;
  const times = {
    created: formatTime(document.created),
    lastModified: formatTime(document.lastModified),
  };
  const attributes = formatEntries(document.attributes, formatStoredAttribute);
  const rest = Object.fromEntries(extra);
  switch (document.kind) {
    case 'group': {
      const links = formatEntries(document.links, formatStoredLink);
      const { creationProperties } = document;
      return { id, root, ...times, links, attributes, creationProperties, ...rest };
    }
    case 'dataset': {
      const { type, shape, layout, cutting } = document;
      // As HSDS 0.9: nothing rather than an empty object.
      const given = document.creationProperties;
      const creationProperties = given.size === 0 ? undefined : given;
      const members = { type, shape, attributes, creationProperties, layout, cutting };
      return { id, root, ...times, ...members, ...rest };
    }
    case 'datatype': {
      const { type, creationProperties } = document;
      return { id, root, ...times, type, attributes, creationProperties, ...rest };
    }
  }
}

/** What of a stored document this program does not know, in its order. */
export function extraOf(json: JsonMap, known: ReadonlySet<string>): JsonMap {
  return new Map([...json].filter(([name]) => !known.has(name)));
}

/** A member that must be text. @throws HdfError `corrupt` */
export function textMember(json: JsonMap, name: string, what: string): string {
  const value = json.get(name);
  if (typeof value === 'string') return value;
  throw new HdfError('corrupt', `stored ${what}: expected text as ${name}`);
}

function typeMember(json: JsonMap, kind: ObjectKind): Json {
  const type = json.get('type');
  if (type === undefined) throw new HdfError('corrupt', `stored ${kind} without type`);
  return storedTypeJson(type);
}

function datasetMembers(
  json: JsonMap,
): Pick<DatasetDocument, 'shape' | 'creationProperties' | 'layout' | 'cutting'> {
  const shape = json.get('shape');
  if (!isJsonMap(shape)) throw new HdfError('corrupt', 'stored dataset without shape');
  const given = json.get('creationProperties');
  const creationProperties = isJsonMap(given) ? given : new Map<string, Json>();
  const layout = json.get('layout');
  const cutting = jsonNumber(json.get('cutting'));
  return {
    shape,
    creationProperties,
    ...(isJsonMap(layout) ? { layout } : {}),
    ...(cutting === undefined ? {} : { cutting }),
  };
}

function parseEntries<T extends Attribute | Link>(
  json: Json | undefined,
  parse: (item: Json) => T,
): Map<string, T> {
  const entries = new Map<string, T>();
  if (isJsonMap(json)) for (const [name, item] of json) entries.set(name, parse(item));
  return entries;
}

function formatEntries<T>(
  entries: ReadonlyMap<string, T>,
  format: (item: T) => JsonOut,
): ReadonlyMap<string, JsonOut> {
  const formatted = new Map<string, JsonOut>();
  for (const [name, item] of entries) formatted.set(name, format(item));
  return formatted;
}
