/**
 * Objects as replies show them. The order of members matters to the C REST VOL, which searches the
 * text: an object's own `type` comes before anything that may hold another, and `links` and
 * `attributes` come last.
 */
import {
  JsonFloat,
  type DatasetDocument,
  type Json,
  type JsonMap,
  type JsonOut,
  type ObjectDocument,
} from '#hdf5';
import type { ObjectRecord } from '#dn-client';
import { attributesObject } from '../attribute/attribute-json.js';
import type { Dialect } from '../dialect.js';
import { linksObject } from '../link/link-json.js';
import type { ObjectParts } from '../object-lookup.js';

/** Members of a reply, in order; undefined ones are left out. */
export type ReplyMembers = Record<string, JsonOut | undefined>;

/** What a reply shows of an object beside its own members. */
export interface ObjectView extends ObjectParts {
  readonly dialect: Dialect;
  /** Members right after `root`. */
  readonly head?: ReplyMembers;
  /** Members after the object's own, before `links` and `attributes`. */
  readonly more?: ReplyMembers;
  /** A NaN fill value is shown as the text `nan`. */
  readonly ignoreNan?: boolean;
}

/** The public form of an object: a copy, which later changes of the document do not touch. */
export function objectMembers(record: ObjectRecord, view: ObjectView): ReplyMembers {
  const { document } = record;
  const { id, root, created, lastModified } = document;
  const links = document.kind === 'group' && view.links ? document.links : undefined;
  return {
    id,
    root,
    ...view.head,
    ...ownMembers(document, view),
    linkCount: document.kind === 'group' ? record.linkCount : undefined,
    attributeCount: record.attributeCount,
    created,
    lastModified,
    ...view.more,
    links: links && linksObject(links, view.dialect),
    attributes: view.attributes ? attributesObject(document.attributes) : undefined,
  };
}

/** The reply to a creation: own members and counts. */
export function createdMembers(document: ObjectDocument, dialect: Dialect): ReplyMembers {
  const { id, root, created, lastModified } = document;
  const times = { id, root, created, lastModified };
  const counts = { attributeCount: document.attributes.size };
  switch (document.kind) {
    case 'group':
      return { ...times, linkCount: document.links.size, ...counts };
    case 'datatype':
      return { ...times, type: document.type, ...counts };
    case 'dataset':
      return {
        ...times,
        type: document.type,
        shape: shapeJson(document.shape, dialect),
        ...counts,
        creationProperties:
          dialect === '0.9' ? undefined : creationProperties(document, { dialect }),
      };
  }
}

/** A dataspace as the dialect shows it: unlimited extents are 0 or, in 1.0, `H5S_UNLIMITED`. */
export function shapeJson(shape: JsonMap, dialect: Dialect): JsonMap {
  const maxdims = shape.get('maxdims');
  if (!Array.isArray(maxdims)) return shape;
  const shown = maxdims.map((extent) => {
    const unlimited = extent === 0 || extent === 'H5S_UNLIMITED';
    if (!unlimited) return extent;
    return dialect === '1.0' ? 'H5S_UNLIMITED' : 0;
  });
  return new Map(shape).set('maxdims', shown);
}

function ownMembers(document: ObjectDocument, view: ObjectView): ReplyMembers {
  switch (document.kind) {
    case 'group':
      return { creationProperties: nonEmpty(document.creationProperties) };
    case 'datatype':
      return { type: document.type, creationProperties: nonEmpty(document.creationProperties) };
    case 'dataset':
      return {
        type: document.type,
        shape: shapeJson(document.shape, view.dialect),
        creationProperties: creationProperties(document, view),
        layout: view.dialect === '1.0' ? undefined : document.layout,
      };
  }
}

/** As given; 1.0 clients read the layout there, so it is added when none was given. */
function creationProperties(
  { creationProperties: given, layout }: DatasetDocument,
  view: { dialect: Dialect; ignoreNan?: boolean },
): JsonMap {
  const shown = new Map(given);
  if (view.dialect !== '0.9' && layout !== undefined && !shown.has('layout')) {
    shown.set('layout', layout);
  }
  if (view.ignoreNan === true && isNan(shown.get('fillValue'))) shown.set('fillValue', 'nan');
  return shown;
}

function isNan(value: Json | undefined): boolean {
  return Number.isNaN(value instanceof JsonFloat ? value.value : value);
}

function nonEmpty(value: Json | undefined): Json | undefined {
  const isEmpty = value === null || (value instanceof Map && value.size === 0);
  return isEmpty ? undefined : value;
}

/** `[0:10,0:10]`: the part of a large dataset that viewers may load first. */
export function previewSelect(dims: readonly number[]): string {
  const rank = dims.length;
  let columns = Math.min(dims[rank - 1] ?? 1, PREVIEW_ELEMENTS);
  let rows = rank > 1 ? Math.min(dims[rank - 2] ?? 1, PREVIEW_ELEMENTS) : 1;
  if (rows * columns > PREVIEW_ELEMENTS) {
    if (rows > columns) rows = Math.floor(PREVIEW_ELEMENTS / columns);
    else columns = Math.floor(PREVIEW_ELEMENTS / rows);
  }
  const outer = Array.from({ length: Math.max(0, rank - 2) }, () => '0:1');
  const inner = rank > 1 ? [`0:${rows}`, `0:${columns}`] : [`0:${columns}`];
  return `[${[...outer, ...inner].join(',')}]`;
}

/** Elements that replies offer to load at once. */
export const PREVIEW_ELEMENTS = 100;
