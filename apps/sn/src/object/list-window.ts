import { parseGlob } from '#hdf5';
import type { ListWindow } from '#dn-client';
import { queryFlag, queryLimit } from '#server';
import { compareKeys } from '#storage';

/**
 * `CreateOrder`, `pattern`, `Marker` and `Limit` of a listing of links or attributes.
 *
 * @throws HdfError `invalid` for a bad pattern or limit
 */
export function parseListWindow(query: ReadonlyMap<string, string>): ListWindow {
  const pattern = query.get('pattern') ?? '';
  const marker = query.get('Marker') ?? '';
  const limit = queryLimit(query);
  if (pattern !== '') parseGlob(pattern);
  return {
    order: queryFlag(query, 'CreateOrder') ? 'created' : 'name',
    ...(pattern === '' ? {} : { pattern }),
    ...(marker === '' ? {} : { marker }),
    ...(limit === undefined ? {} : { limit }),
  };
}

/**
 * The part of one object's links or attributes that a listing over many objects shows. A marker
 * that is not among them is passed by where it would stand; in creation order it counts for
 * nothing.
 */
export function cutEntries<T extends { readonly created: number }>(
  entries: ReadonlyMap<string, T>,
  { order, pattern, marker, limit }: ListWindow,
): (readonly [name: string, entry: T])[] {
  const matches = pattern === undefined ? undefined : parseGlob(pattern);
  const list = [...entries].filter(([name]) => matches?.(name) ?? true);
  if (order === 'name') {
    list.sort(([a], [b]) => compareKeys(a, b));
    const after = list.filter(([name]) => marker === undefined || compareKeys(name, marker) > 0);
    return after.slice(0, limit);
  }
  list.sort(([, a], [, b]) => a.created - b.created);
  const first = list.findIndex(([name]) => name === marker) + 1;
  return list.slice(first).slice(0, limit);
}
