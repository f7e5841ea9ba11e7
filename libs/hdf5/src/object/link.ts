import { HdfError } from '../errors.js';
import { parseObjectId } from '../id/object-id.js';
import {
  isJsonMap,
  JsonFloat,
  jsonNumber,
  type Json,
  type JsonMap,
  type JsonOut,
} from '../json/json.js';
import { createdTime, type CreatedWindow } from './created.js';
import type { Link } from './document.js';

const CLASSES = ['H5L_TYPE_HARD', 'H5L_TYPE_SOFT', 'H5L_TYPE_EXTERNAL'];

/**
 * A link title of a request.
 *
 * @throws HdfError `invalid` when it is no text, empty, or has a slash
 */
export function parseLinkTitle(title: Json | undefined): string {
  if (typeof title !== 'string' || title === '' || title.includes('/')) {
    throw new HdfError('invalid', 'expected a link title without slash');
  }
  return title;
}

/**
 * A link of a request: `{id}`, `{h5path}`, or `{h5path}` with `h5domain` or `file`; an empty domain
 * makes it soft. Whether a target exists is for the caller to see.
 *
 * @param now Unix seconds, for `created`
 * @param window when a client's own `created` counts; never unless given
 * @throws HdfError `invalid`, also when `class` says otherwise
 * @see HDF REST API, PUT link; HSDS 1.0 dialect, links
 */
export function parseLinkItem(json: Json, now: number, window?: CreatedWindow): Link {
  if (!isJsonMap(json)) throw new HdfError('invalid', 'expected a link object');
  const link = readLink(json, createdTime(json.get('created'), now, window));
  const given = json.get('class');
  if (given !== undefined && given !== link.class && !isEmptyDomain(json, given)) {
    throw new HdfError('invalid', `link class disagrees with its members: expected ${link.class}`);
  }
  if (link.class === 'H5L_TYPE_HARD') parseObjectId(link.id);
  return link;
}

/**
 * A link of a stored group, of any version.
 *
 * @param fallback `created` for links without, Unix seconds
 * @throws HdfError `corrupt`
 */
export function parseStoredLink(json: Json, fallback: number): Link {
  if (!isJsonMap(json)) throw new HdfError('corrupt', 'stored link is no object');
  const given = json.get('class');
  if (given !== undefined && !CLASSES.some((name) => name === given)) {
    throw new HdfError('corrupt', 'stored link of an unknown class');
  }
  try {
    return readLink(json, jsonNumber(json.get('created')) ?? fallback);
  } catch (cause) {
    throw new HdfError('corrupt', 'stored link without target', { cause });
  }
}

/** The stored form of a link. */
export function formatStoredLink(link: Link): JsonOut {
  const { class: linkClass } = link;
  const created = formatTime(link.created);
  if (link.class === 'H5L_TYPE_HARD') return { id: link.id, class: linkClass, created };
  if (link.class === 'H5L_TYPE_SOFT') return { h5path: link.h5path, class: linkClass, created };
  return { h5path: link.h5path, h5domain: link.h5domain, class: linkClass, created };
}

/** True when two links have the same class and target; when they were made does not matter. */
export function sameLink(a: Link, b: Link): boolean {
  if (a.class === 'H5L_TYPE_HARD') return b.class === a.class && b.id === a.id;
  if (a.class === 'H5L_TYPE_SOFT') return b.class === a.class && b.h5path === a.h5path;
  return b.class === a.class && b.h5path === a.h5path && b.h5domain === a.h5domain;
}

/** A time as Python writes it: a float also when it is whole. */
export function formatTime(seconds: number): number | JsonFloat {
  return Number.isInteger(seconds) ? new JsonFloat(seconds) : seconds;
}

function readLink(json: JsonMap, created: number): Link {
  const [id, h5path] = [present(json, 'id'), present(json, 'h5path')];
  const h5domain = present(json, 'h5domain') ?? present(json, 'file');
  if (id !== undefined) {
    if (h5path !== undefined) throw new HdfError('invalid', 'link with both id and h5path');
    return { class: 'H5L_TYPE_HARD', id: text(id), created };
  }
  if (h5path === undefined) throw new HdfError('invalid', 'link without id and h5path');
  if (h5domain === undefined) return { class: 'H5L_TYPE_SOFT', h5path: text(h5path), created };
  return { class: 'H5L_TYPE_EXTERNAL', h5path: text(h5path), h5domain: text(h5domain), created };
}

/** A member that is there and not null or empty. */
function present(json: JsonMap, name: string): Json | undefined {
  const value = json.get(name);
  return value === null || value === '' ? undefined : value;
}

function text(value: Json): string {
  if (typeof value === 'string') return value;
  throw new HdfError('invalid', 'expected text for id, h5path and h5domain of a link');
}

/** An external link whose domain is empty counts as soft, so its class may be either. */
function isEmptyDomain(json: JsonMap, given: Json): boolean {
  const isExternal = given === 'H5L_TYPE_EXTERNAL' && (json.has('h5domain') || json.has('file'));
  return isExternal && present(json, 'id') === undefined;
}
