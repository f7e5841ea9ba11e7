import { HdfError, type GroupDocument, type Link, type ObjectDocument } from '#hdf5';
import type { RequestOf } from '#dn-client';
import type { Handlers } from '../handlers.js';
import { COUNT_REPEATS, REMOVED_REPEATS, type Documents, type Removed } from './documents.js';
import { chooseEntries } from './list-window.js';

type LinkOperation = 'link.list' | 'link.put' | 'link.delete';

/** The operations on the links of a group. */
export function linkHandlers(documents: Documents, nowS: () => number): Handlers<LinkOperation> {
  const { tombstones } = documents;
  return {
    'link.list': async ({ bucket, id, choice }) => {
      const group = asGroup(await documents.object(bucket, id));
      const absent = (title: string) =>
        tombstones.absent(linkTomb(id, title), `link '${title}' of ${id}`);
      return { links: chooseEntries(group.links, choice, absent) };
    },

    'link.put': async (request, context) => {
      const now = nowS();
      const changed = await documents.changeObject(
        request,
        {
          apply: (document) => putLinks(asGroup(document), request, now),
          changed: (count) => count > 0,
          repeats: COUNT_REPEATS,
        },
        context,
      );
      for (const [title] of request.links) tombstones.clear(linkTomb(request.id, title));
      return { changed };
    },

    'link.delete': async (request, context) => {
      const now = nowS();
      const { names, count } = await documents.changeObject(
        request,
        {
          apply: (document) =>
            deleteLinks(asGroup(document), request, now, (title) =>
              tombstones.has(linkTomb(request.id, title)),
            ),
          changed: (removed) => removed.count > 0,
          repeats: REMOVED_REPEATS,
        },
        context,
      );
      for (const title of names) tombstones.add(linkTomb(request.id, title));
      return { deleted: count };
    },
  };
}

function putLinks(group: GroupDocument, request: RequestOf<'link.put'>, now: number): number {
  const fresh: (readonly [string, Link])[] = [];
  for (const [title, link] of request.links) {
    const old = group.links.get(title);
    if (old !== undefined && sameLink(old, link)) continue;
    if (old !== undefined && !(request.replaceOlder && link.created > old.created)) {
      throw new HdfError('conflict', `link '${title}' of ${group.id} exists with another target`);
    }
    fresh.push([title, link]);
  }
  for (const [title, link] of fresh) {
    group.links.delete(title);
    group.links.set(title, link);
  }
  if (fresh.length > 0) group.lastModified = latest(fresh, now);
  return fresh.length;
}

/** Adding a link makes the group as new as the link (part 2, 6.5), but never older than before. */
function latest(fresh: readonly (readonly [string, Link])[], now: number): number {
  const created = Math.max(...fresh.map(([, link]) => link.created));
  return Math.abs(created - now) < 1 ? created : now;
}

function deleteLinks(
  group: GroupDocument,
  { titles, missing }: RequestOf<'link.delete'>,
  now: number,
  wasDeleted: (title: string) => boolean,
): Removed {
  const present = [...new Set(titles)].filter((title) => group.links.has(title));
  if (missing === 'refuse') {
    const never = titles.find((title) => !group.links.has(title) && !wasDeleted(title));
    if (never !== undefined) throw new HdfError('not-found', `link '${never}' does not exist`);
  }
  for (const title of present) group.links.delete(title);
  if (present.length > 0) group.lastModified = now;
  return { names: present, count: present.length };
}

function sameLink(a: Link, b: Link): boolean {
  if (a.class === 'H5L_TYPE_HARD') return b.class === a.class && b.id === a.id;
  if (a.class === 'H5L_TYPE_SOFT') return b.class === a.class && b.h5path === a.h5path;
  return b.class === a.class && b.h5path === a.h5path && b.h5domain === a.h5domain;
}

/** The name under which a deleted link is remembered. */
export function linkTomb(id: string, title: string): string {
  return `${id}\0link\0${title}`;
}

function asGroup(document: ObjectDocument): GroupDocument {
  if (document.kind !== 'group') throw new HdfError('invalid', `${document.id} is not a group`);
  return document;
}
