import {
  HdfError,
  parseLinkItem,
  parseLinkTitle,
  type CreatedWindow,
  type Json,
  type JsonMap,
  type Link,
} from '#hdf5';
import { queryFlag } from '#server';
import { requireMap } from '../body-fields.js';
import { inSentOrder, sentTime } from '../object/created-window.js';
import { splitNames } from '../object/delete-names.params.js';
import { parseMultiRead, type MultiRead } from '../object/multi-read.params.js';

/** A link of a request under its title, with the time that the client gave it, if any. */
export interface TitledLink {
  readonly title: string;
  readonly link: Link;
  /** Unix seconds */
  readonly sent: number | undefined;
}

/** When `created` of an item counts. */
export interface ItemTimes {
  /** Unix seconds */
  readonly now: number;
  readonly window: CreatedWindow;
}

/** The body of `PUT …/links/{title}`; its `class` does not count. @throws HdfError `invalid` */
export function parseLinkBody(body: Json | undefined, { now, window }: ItemTimes): Link {
  const members = new Map(requireMap(body, 'body'));
  members.delete('class');
  return parseLinkItem(members, now, window);
}

/** Links by title, in the order in which their client made them. @throws HdfError `invalid` */
export function parseLinks(items: JsonMap, { now, window }: ItemTimes): TitledLink[] {
  return inSentOrder(items).map(([title, item]) => ({
    title: parseLinkTitle(title),
    link: parseLinkItem(item, now, window),
    sent: sentTime(item),
  }));
}

/** The body of `POST …/links`. @throws HdfError `invalid` */
export function parseLinkRead(
  body: Json | undefined,
  pathId: string,
  query: ReadonlyMap<string, string>,
): MultiRead {
  const read = parseMultiRead(body, pathId, { ids: 'grp_ids', names: 'titles', kind: 'group' });
  for (const { names } of read.reads) names?.forEach(parseLinkTitle);
  const hasTitles = read.namesForAll && read.reads[0]?.names !== undefined;
  const windowed = ['follow_links', 'Limit', 'CreateOrder'].find((name) => queryFlag(query, name));
  if (hasTitles && windowed !== undefined) {
    throw new HdfError('invalid', `${windowed} can not be used with titles`);
  }
  return read;
}

/** The titles of `DELETE …/links`. @throws HdfError `invalid` */
export function parseDeletedTitles(query: ReadonlyMap<string, string>): string[] {
  return splitNames(query.get('titles'), query, 'titles').map(checkPathTitle);
}

/** The title in a path. @throws HdfError `invalid` for one that no link can have */
export function checkPathTitle(title: string): string {
  if (!title.includes('/')) return title;
  throw new HdfError('invalid', `invalid link name: ${title.slice(0, 80)}`);
}
