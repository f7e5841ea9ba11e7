import { HdfError, parseLinkTitle, parseObjectId, type JsonMap } from '#hdf5';
import { optionalMap, optionalText } from '../body-fields.js';

/** Where a new object is to be linked: titles below a group, the last one its own. */
export interface Placement {
  readonly groupId: string;
  /** At least one; none empty, none with a slash. */
  readonly titles: readonly string[];
}

/**
 * The `link`, or `h5path` and `parent_id`, of a creation body.
 *
 * @param root where a path starts without `parent_id`
 * @returns undefined for an anonymous object
 * @throws HdfError `invalid`
 */
export function parsePlacement(body: JsonMap, root: string): Placement | undefined {
  const link = body.get('link') === null ? undefined : optionalMap(body, 'link');
  const path = optionalText(body, 'h5path');
  if (link !== undefined && path !== undefined) {
    throw new HdfError('invalid', 'expected link or h5path, found both');
  }
  if (link !== undefined) return parseLinkPlacement(link);
  if (path !== undefined) return parsePathPlacement(path, optionalText(body, 'parent_id'), root);
  return undefined;
}

function parseLinkPlacement(link: JsonMap): Placement {
  const title = parseLinkTitle(link.get('name'));
  return { groupId: parseObjectId(link.get('id'), 'group'), titles: [title] };
}

function parsePathPlacement(path: string, parentId: string | undefined, root: string): Placement {
  const groupId = parentId ? parseObjectId(parentId, 'group') : root;
  if (path.startsWith('/') && groupId !== root) {
    throw new HdfError('invalid', 'h5path: absolute paths start at the root group only');
  }
  const titles = path.split('/').filter((title) => title !== '');
  if (titles.length === 0) throw new HdfError('invalid', 'h5path: expected at least one name');
  if (titles.length > PATH_TITLES_MAX) {
    throw new HdfError('invalid', `h5path: more than ${PATH_TITLES_MAX} names`);
  }
  return { groupId, titles };
}

/** Bound on the groups that one path may create. */
const PATH_TITLES_MAX = 1000;
