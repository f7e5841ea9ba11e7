import { HdfError } from '../errors.js';
import { findFilter, type FilterInfo } from '../filter/registry.js';
import { isJsonMap, jsonNumber, type Json, type JsonMap } from '../json/json.js';
import { toJsonMap } from '../json/literal.js';
import type { FilterEntry } from './chunk-spec.js';

export interface FilterOptions {
  /** `creatable` (HSDS 0.9's list) or `known`: every filter of the registry (HSDS 1.0's and more). */
  readonly accept?: 'creatable' | 'known';
  /** Level that deflate filters without one get; none unless given. The C REST VOL needs one. */
  readonly deflateLevel?: number;
  /**
   * Whether `H5Z_FILTER_USER` becomes the filter's own class, as HSDS 1.0 stores it: it looks for
   * compressors by class alone, HSDS 0.9 by either. Not beside `parameters`, which only the C REST
   * VOL sends, and only with this class understands again.
   */
  readonly ownClasses?: boolean;
}

/** The HDF5 library's limit (H5Z_MAX_NFILTERS). */
const MAX_FILTERS = 32;
const USER_CLASS = 'H5Z_FILTER_USER';

/**
 * The stored form of `creationProperties.filters`: names and numbers become objects, `id` and `name`
 * are filled in; the class (but see `ownClasses`) and all other members stay as given. Whether the dataset has chunks is
 * checked by `effectiveLayout`.
 *
 * @throws HdfError `invalid`
 * @see HDF REST API, filters
 */
export function normaliseFilters(json: Json | undefined, options: FilterOptions = {}): JsonMap[] {
  if (json === undefined || json === null) return [];
  if (!Array.isArray(json)) throw new HdfError('invalid', 'expected filters to be a list');
  if (json.length > MAX_FILTERS) {
    throw new HdfError('invalid', `${json.length} filters, expected at most ${MAX_FILTERS}`);
  }
  return json.map((item) => withLevel(normalise(item, options), options));
}

/**
 * A dataset's filters as the pipeline takes them, from a stored document of any version.
 *
 * @throws HdfError `corrupt`
 */
export function parseFilterEntries(json: Json | undefined): FilterEntry[] {
  if (json === undefined || json === null) return [];
  if (!Array.isArray(json)) throw new HdfError('corrupt', 'stored filters are not a list');
  return json.map((item) => {
    const members = isJsonMap(item) ? item : new Map<string, Json>([['class', item]]);
    const given = members.get('class');
    const known =
      typeof given === 'string' || typeof given === 'number' ? findFilter(given) : undefined;
    const filterClass = known?.class ?? given;
    if (typeof filterClass !== 'string') throw new HdfError('corrupt', 'stored filter: no class');
    const [id, level, scaleOffset] = ['id', 'level', 'scaleOffset'].map((member) =>
      jsonNumber(members.get(member)),
    );
    const name = members.get('name');
    return {
      class: filterClass,
      ...(id === undefined ? {} : { id }),
      ...(typeof name === 'string' ? { name } : {}),
      ...(level === undefined ? {} : { level }),
      ...(scaleOffset === undefined ? {} : { scaleOffset }),
    };
  });
}

function normalise(item: Json, options: FilterOptions): JsonMap {
  if (!isJsonMap(item)) return normaliseKey(item, options);
  const given = item.get('class');
  if (given === undefined) throw new HdfError('invalid', 'filter without class');
  const filter = lookUp(given === USER_CLASS ? (item.get('id') ?? item.get('name')) : given);
  const complete: JsonMap = new Map(item);
  const takesOwn = options.ownClasses === true && given === USER_CLASS && !item.has('parameters');
  if (typeof given === 'number' || takesOwn) complete.set('class', filter.class);
  const id = item.get('id') ?? filter.id;
  if (id !== filter.id) throw new HdfError('invalid', `filter ${filter.class} has id ${filter.id}`);
  complete.set('id', id);
  const name = item.get('name') ?? filter.name;
  checkAccepted(lookUp(name), options);
  checkAccepted(filter, options);
  return complete.set('name', name);
}

function normaliseKey(key: Json, options: FilterOptions): JsonMap {
  const filter = lookUp(key);
  checkAccepted(filter, options);
  // As an object's name it is tolerated; alone HSDS does not know it.
  if (key === 'zlib') throw new HdfError('invalid', 'filter zlib not recognized');
  return toJsonMap({ class: filter.class, id: filter.id, name: filter.name });
}

function lookUp(key: Json | undefined): FilterInfo {
  const filter = typeof key === 'string' || typeof key === 'number' ? findFilter(key) : undefined;
  if (filter !== undefined) return filter;
  const found = typeof key === 'string' || typeof key === 'number' ? String(key) : typeof key;
  throw new HdfError('invalid', `filter ${found.slice(0, 60)} not recognized`);
}

function checkAccepted(filter: FilterInfo, { accept = 'known' }: FilterOptions): void {
  if (filter.accepted || (accept === 'known' && filter.id !== 0)) return;
  throw new HdfError('invalid', `filter ${filter.name} is not supported`);
}

function withLevel(filter: JsonMap, { deflateLevel }: FilterOptions): JsonMap {
  const isDeflate = filter.get('class') === 'H5Z_FILTER_DEFLATE';
  if (deflateLevel === undefined || !isDeflate || filter.has('level')) return filter;
  return filter.set('level', deflateLevel);
}
