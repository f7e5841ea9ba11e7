import { collectionOf, type JsonOut, type Link } from '#hdf5';
import type { Dialect } from '../dialect.js';

/** The members of a link that name its target, without title and time. */
export function linkTarget(link: Link, dialect: Dialect): Record<string, JsonOut> {
  switch (link.class) {
    case 'H5L_TYPE_HARD':
      return { class: link.class, id: link.id };
    case 'H5L_TYPE_SOFT':
      return { class: link.class, h5path: link.h5path };
    case 'H5L_TYPE_EXTERNAL':
      return {
        class: link.class,
        h5path: link.h5path,
        ...(dialect === '1.0' ? {} : { h5domain: link.h5domain }),
        ...(dialect === '0.9' ? {} : { file: link.h5domain }),
      };
  }
}

/** A link as objects with `links` hold it: `class`, target, `created`. */
export function linkMembers(link: Link, dialect: Dialect): Record<string, JsonOut> {
  return { ...linkTarget(link, dialect), created: link.created };
}

/** An entry of a list of links. */
export function linkEntry(title: string, link: Link, dialect: Dialect): Record<string, JsonOut> {
  return { title, ...linkMembers(link, dialect) };
}

/** `collection` of a hard link's target; nothing for other links. */
export function linkCollection(link: Link): Record<string, JsonOut> {
  return link.class === 'H5L_TYPE_HARD' ? { collection: collectionOf(link.id) } : {};
}

/** Links by title, in creation order: a copy that later changes do not touch. */
export function linksObject(
  links: ReadonlyMap<string, Link>,
  dialect: Dialect,
): ReadonlyMap<string, JsonOut> {
  return new Map([...links].map(([title, link]) => [title, linkMembers(link, dialect)]));
}
