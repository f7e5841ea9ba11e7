import { HdfError, isJsonMap, isRootId, parseObjectId, type Json, type JsonMap } from '#hdf5';
import { bodyFlag, queryFlag } from '#server';
import { optionalMap, optionalText, requireMap, requireTexts } from '../body-fields.js';
import type { ObjectParts, PathRequest } from '../object-lookup.js';

type Query = ReadonlyMap<string, string>;

/** What object lookups by path take from the query. */
export interface PathParams extends ObjectParts {
  readonly startId: string | undefined;
  readonly follow: PathRequest['follow'];
  readonly ignoreNan: boolean;
}

/** `GET /`. */
export interface ReadDomainParams extends PathParams {
  readonly h5path: string | undefined;
  readonly verbose: boolean;
  readonly getDnIds: boolean;
  readonly getObjects: boolean;
}

/** `PUT /`: what to do, and what to create. */
export interface PutDomainParams {
  readonly flush: boolean;
  readonly rescan: boolean;
  readonly getDnIds: boolean;
  readonly folder: boolean;
  readonly owner: string | undefined;
  /** Creation properties of the root group, as given. */
  readonly rootProperties: Json | undefined;
  readonly linkedDomain: string | undefined;
  readonly linkedBucket: string | undefined;
  readonly rootId: string | undefined;
}

/** `DELETE /`. */
export interface DeleteDomainParams {
  readonly keepRoot: boolean;
  readonly metaOnly: boolean;
}

export function parsePathParams(query: Query): PathParams {
  return {
    links: queryFlag(query, 'include_links'),
    attributes: queryFlag(query, 'include_attrs'),
    startId: query.get('parent_id'),
    follow: {
      soft: queryFlag(query, 'follow_soft_links'),
      external: queryFlag(query, 'follow_external_links'),
    },
    ignoreNan: queryFlag(query, 'ignore_nan'),
  };
}

export function parseReadDomain(query: Query): ReadDomainParams {
  return {
    ...parsePathParams(query),
    h5path: query.get('h5path'),
    verbose: queryFlag(query, 'verbose'),
    getDnIds: queryFlag(query, 'getdnids'),
    getObjects: queryFlag(query, 'getobjs'),
  };
}

/** The paths of `POST /`, each once. @throws HdfError `invalid` */
export function parsePaths(body: Json | undefined): string[] {
  const paths = requireMap(body, 'body').get('h5paths');
  if (paths === undefined) throw new HdfError('invalid', 'expected h5paths key in body');
  return [...new Set(requireTexts(paths, 'h5paths'))];
}

/** @throws HdfError `invalid` */
export function parsePutDomain(query: Query, body: Json | undefined): PutDomainParams {
  const map = optionalBody(body);
  const flag = (name: string) => queryFlag(query, name) || bodyFlag(map, name);
  const params: PutDomainParams = {
    flush: flag('flush'),
    rescan: flag('rescan'),
    getDnIds: flag('getdnids'),
    folder: bodyFlag(map, 'folder'),
    owner: optionalText(map, 'owner'),
    rootProperties: parseRootProperties(map),
    linkedDomain: optionalText(map, 'linked_domain'),
    linkedBucket: optionalText(map, 'linked_bucket'),
    rootId: parseRootId(map),
  };
  const { linkedDomain, rootId } = params;
  const roots = [params.folder, linkedDomain !== undefined, rootId !== undefined];
  if (roots.filter(Boolean).length > 1) {
    throw new HdfError('invalid', 'expected at most one of folder, linked_domain and root_id');
  }
  return params;
}

/** The body decides when there is one, else the query. @throws HdfError `invalid` */
export function parseDeleteDomain(query: Query, body: Json | undefined): DeleteDomainParams {
  const map = optionalBody(body);
  const hasBody = (body ?? null) !== null;
  const flag = (name: string) => (hasBody ? bodyFlag(map, name) : queryFlag(query, name));
  return { keepRoot: flag('keep_root'), metaOnly: flag('meta_only') };
}

function optionalBody(body: Json | undefined): JsonMap {
  return (body ?? null) === null ? new Map<string, Json>() : requireMap(body, 'body');
}

function parseRootProperties(body: JsonMap): Json | undefined {
  const group = body.get('group') === null ? undefined : optionalMap(body, 'group');
  const given = group?.get('creationProperties') ?? undefined;
  return isJsonMap(given) && given.size === 0 ? undefined : given;
}

function parseRootId(body: JsonMap): string | undefined {
  const given = optionalText(body, 'root_id');
  if (given === undefined) return undefined;
  const id = parseObjectId(given, 'group');
  if (!isRootId(id)) throw new HdfError('invalid', `root_id: ${id} is not the id of a root group`);
  return id;
}
