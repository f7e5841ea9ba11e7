import { compareKeys } from '#storage';
import { isGroupId } from '../object-lookup.js';

/** Hard links of one group: title and target, in any order. */
export type HardLinks = readonly (readonly [title: string, id: string])[];

/** A group of the path under search, and which of its links comes next. */
interface Level {
  readonly title: string;
  readonly links: HardLinks;
  at: number;
}

/**
 * The path by which an object is found from the root: depth first, titles by code point, every
 * group visited once. h5pyd takes it for the object's name.
 *
 * @param linksOf hard links of every group that can be reached
 * @returns undefined when no hard links lead there
 */
export function findAlias(
  root: string,
  target: string,
  linksOf: ReadonlyMap<string, HardLinks>,
): string | undefined {
  if (target === root) return '/';
  const visited = new Set([root]);
  const path: Level[] = [levelOf('', root, linksOf)];
  for (let level = path.at(-1); level !== undefined; level = path.at(-1)) {
    const link = level.links[level.at];
    level.at += 1;
    if (link === undefined) {
      path.pop();
      continue;
    }
    const [title, id] = link;
    if (id === target) return [...path.map((one) => one.title), title].join('/');
    if (!isGroupId(id) || visited.has(id)) continue;
    visited.add(id);
    path.push(levelOf(title, id, linksOf));
  }
  return undefined;
}

function levelOf(title: string, id: string, linksOf: ReadonlyMap<string, HardLinks>): Level {
  const links = [...(linksOf.get(id) ?? [])].sort(([a], [b]) => compareKeys(a, b));
  return { title, links, at: 0 };
}
