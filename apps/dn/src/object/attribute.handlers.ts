import { HdfError, jsonEqual, type Attribute, type ObjectDocument } from '#hdf5';
import type { RequestOf } from '#dn-client';
import type { Handlers } from '../handlers.js';
import { COUNT_REPEATS, REMOVED_REPEATS, type Documents, type Removed } from './documents.js';
import { chooseEntries } from './list-window.js';

type AttributeOperation =
  'attribute.list' | 'attribute.put' | 'attribute.putValue' | 'attribute.delete';

/** The operations on the attributes of any object. */
export function attributeHandlers(
  documents: Documents,
  nowS: () => number,
): Handlers<AttributeOperation> {
  const { tombstones } = documents;
  return {
    'attribute.list': async ({ bucket, id, choice }) => {
      const { attributes } = await documents.object(bucket, id);
      const absent = (name: string) =>
        tombstones.absent(attributeTomb(id, name), `attribute '${name}' of ${id}`);
      return { attributes: chooseEntries(attributes, choice, absent) };
    },

    'attribute.put': async (request, context) => {
      const now = nowS();
      const changed = await documents.changeObject(
        request,
        {
          apply: (document) => putAttributes(document, request, now),
          changed: (count) => count > 0,
          repeats: COUNT_REPEATS,
        },
        context,
      );
      for (const [name] of request.attributes) tombstones.clear(attributeTomb(request.id, name));
      return { changed };
    },

    'attribute.putValue': putValueHandler(documents, nowS),

    'attribute.delete': async (request, context) => {
      const now = nowS();
      const { names, count } = await documents.changeObject(
        request,
        {
          apply: (document) =>
            deleteAttributes(document, request, now, (name) =>
              tombstones.has(attributeTomb(request.id, name)),
            ),
          changed: (removed) => removed.count > 0,
          repeats: REMOVED_REPEATS,
        },
        context,
      );
      for (const name of names) tombstones.add(attributeTomb(request.id, name));
      return { deleted: count };
    },
  };
}

/** Replaces the value of one attribute. */
function putValueHandler(
  documents: Documents,
  nowS: () => number,
): Handlers<'attribute.putValue'>['attribute.putValue'] {
  const { tombstones } = documents;
  return async (request, context) => {
    const now = nowS();
    const absent = () =>
      tombstones.absent(attributeTomb(request.id, request.name), `attribute '${request.name}'`);
    await documents.changeObject(
      request,
      {
        apply: (document) => {
          const old = document.attributes.get(request.name);
          if (old === undefined) throw absent();
          document.attributes.set(request.name, withValue(old, request));
          document.lastModified = now;
          return 1;
        },
        changed: () => true,
        repeats: COUNT_REPEATS,
      },
      context,
    );
    return {};
  };
}

function putAttributes(
  document: ObjectDocument,
  request: RequestOf<'attribute.put'>,
  now: number,
): number {
  const fresh: (readonly [string, Attribute])[] = [];
  for (const [name, attribute] of request.attributes) {
    const old = document.attributes.get(name);
    if (old === undefined) fresh.push([name, attribute]);
    else if (!sameAttribute(old, attribute)) {
      fresh.push([name, replacement(name, old, attribute, request.replace)]);
    }
  }
  for (const [name, attribute] of fresh) document.attributes.set(name, attribute);
  if (fresh.length > 0) document.lastModified = now;
  return fresh.length;
}

function replacement(
  name: string,
  old: Attribute,
  attribute: Attribute,
  replace: RequestOf<'attribute.put'>['replace'],
): Attribute {
  if (replace === 'always') return { ...attribute, created: old.created };
  if (replace === 'newer' && attribute.created > old.created) return attribute;
  throw new HdfError('conflict', `attribute '${name}' exists with another content`);
}

function sameAttribute(a: Attribute, b: Attribute): boolean {
  return (
    a.encoding === b.encoding &&
    jsonEqual(a.type, b.type) &&
    jsonEqual(a.shape, b.shape) &&
    jsonEqual(a.value, b.value)
  );
}

function withValue(old: Attribute, request: RequestOf<'attribute.putValue'>): Attribute {
  const { type, shape, created } = old;
  const encoding = request.encoding === undefined ? {} : { encoding: request.encoding };
  return { type, shape, created, value: request.value, ...encoding };
}

function deleteAttributes(
  document: ObjectDocument,
  { names, missing }: RequestOf<'attribute.delete'>,
  now: number,
  wasDeleted: (name: string) => boolean,
): Removed {
  const { attributes } = document;
  if (missing === 'refuse') {
    const never = names.find((name) => !attributes.has(name) && !wasDeleted(name));
    if (never !== undefined) throw new HdfError('not-found', `attribute '${never}' does not exist`);
  }
  const present = [...new Set(names)].filter((name) => attributes.delete(name));
  if (present.length > 0) document.lastModified = now;
  return { names: present, count: present.length };
}

/** The name under which a deleted attribute is remembered. */
export function attributeTomb(id: string, name: string): string {
  return `${id}\0attribute\0${name}`;
}
