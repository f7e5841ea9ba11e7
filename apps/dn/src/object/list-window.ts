import { HdfError, parseGlob } from '#hdf5';
import type { ListChoice, ListWindow } from '#dn-client';

/** What the entries of a list share. */
interface Dated {
  readonly created: number;
}

/**
 * The entries that a request chose: by name in the order of the names, or a window of the ordered,
 * filtered list.
 *
 * @param entries in insertion order, which breaks ties of `created`
 * @param absent the error for a name that is not there
 */
export function chooseEntries<E extends Dated>(
  entries: ReadonlyMap<string, E>,
  choice: ListChoice,
  absent: (name: string) => HdfError,
): (readonly [string, E])[] {
  if ('names' in choice) {
    return choice.names.map((name) => {
      const entry = entries.get(name);
      if (entry === undefined) throw absent(name);
      return [name, entry] as const;
    });
  }
  return cutWindow(matching(entries, choice), choice);
}

function matching<E extends Dated>(
  entries: ReadonlyMap<string, E>,
  { order, pattern }: ListWindow,
): (readonly [string, E])[] {
  const matches = pattern === undefined ? () => true : parseGlob(pattern);
  const list = [...entries].filter(([name]) => matches(name));
  return order === 'created'
    ? list.sort(([, a], [, b]) => a.created - b.created)
    : list.sort(([a], [b]) => compareCodePoints(a, b));
}

function cutWindow<E>(
  list: (readonly [string, E])[],
  { marker, limit }: ListWindow,
): (readonly [string, E])[] {
  let first = 0;
  if (marker !== undefined) {
    first = list.findIndex(([name]) => name === marker) + 1;
    if (first === 0) throw new HdfError('not-found', `marker '${marker}' is not in the list`);
  }
  return list.slice(first, limit === undefined ? undefined : first + limit);
}

/** Order by Unicode code point, which UTF-16 order is not beyond the BMP. */
export function compareCodePoints(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  for (let index = 0; index < shorter; index += 1) {
    const [x, y] = [a.charCodeAt(index), b.charCodeAt(index)];
    if (x === y) continue;
    const [highX, highY] = [isSurrogate(x), isSurrogate(y)];
    return highX === highY ? x - y : Number(highX) - Number(highY);
  }
  return a.length - b.length;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}
