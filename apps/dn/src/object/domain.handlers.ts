import {
  domainFolderPrefix,
  errorKind,
  HdfError,
  PERMISSIONS,
  type AclEntry,
  type DomainDocument,
  type Permission,
} from '#hdf5';
import { domainKey, type CallContext, type RequestOf } from '#dn-client';
import { compareKeys, requestedAtMs, type ObjectStore } from '#storage';
import type { Handlers } from '../handlers.js';
import { isObject, type StoredDocument } from './document-codec.js';
import { domainAddress, isDeleted, writeOptions, type Documents } from './documents.js';

type DomainOperation =
  | 'domain.read'
  | 'domain.readMany'
  | 'domain.create'
  | 'domain.putAcl'
  | 'domain.delete'
  | 'domain.list';

/** The name space at the top of a bucket that holds object data, never domains. */
const DATA_FOLDER = 'db';
/** Where the service keeps its own records (`_hsds/cluster/…`). */
const PRIVATE_FOLDER = '_hsds';
/** Entries of one listing of the store. */
const LIST_PAGE = 1000;

/** The operations on domains and folders. Their documents are stored before the answer. */
export function domainHandlers(
  documents: Documents,
  store: ObjectStore,
  nowS: () => number,
): Handlers<DomainOperation> {
  const { cache, tombstones } = documents;
  return {
    'domain.read': async (address) => ({ document: await documents.domain(address) }),
    'domain.readMany': async ({ domains }) => ({
      documents: await Promise.all(
        domains.map((address) => documents.domain(address).catch(absentToNull)),
      ),
    }),

    'domain.create': async ({ document, ...address }, context) => {
      try {
        const options = writeOptions(context);
        await cache.create(domainAddress(address), 'domain', document, options);
      } catch (error) {
        if (errorKind(error) !== 'conflict') throw error;
        throw new HdfError('conflict', `domain ${address.path} exists already`, { cause: error });
      }
      tombstones.clear(domainKey(address));
      return {};
    },

    'domain.putAcl': async (request, context) => {
      const now = nowS();
      const options = { ...writeOptions(context), durability: 'D3' as const };
      const operation = {
        apply: (document: StoredDocument) => ({
          value: document,
          result: putAcl(document, request, now),
        }),
      };
      await documents.domain(request);
      const entry = await cache.update(domainAddress(request), 'domain', operation, options);
      return { entry };
    },

    'domain.delete': deleteHandler(documents),

    'domain.list': listHandler(store),
  };
}

function deleteHandler(documents: Documents): Handlers<'domain.delete'>['domain.delete'] {
  return async (address, context) => {
    const reading = documents.domain(address);
    if (await isDeleted(reading, context)) return {};
    refuseLater(await reading, context, address.path);
    await documents.cache.delete(domainAddress(address));
    documents.tombstones.add(domainKey(address));
    return {};
  };
}

/**
 * A repeated deletion must not take a domain that was made after it was asked for, perhaps by
 * somebody else under the same name, after its first try had been carried out.
 *
 * @throws HdfError `unavailable` in that case
 */
function refuseLater({ created }: DomainDocument, context: CallContext, path: string): void {
  if (context.repeated !== true || !(created * 1000 > requestedAtMs(context.requestId) + 1)) return;
  const message = `whether this ${path} was to be deleted cannot be told any more`;
  throw new HdfError('unavailable', message, { retryAfterS: 1 });
}

/** Lists what is directly below a folder, from the store. */
function listHandler(store: ObjectStore): Handlers<'domain.list'>['domain.list'] {
  return async ({ bucket, path, after, limit }) => {
    const prefix = domainFolderPrefix(path);
    const names: string[] = [];
    let from = after === undefined ? undefined : `${prefix}${after}/`;
    for (;;) {
      const start = from === undefined ? {} : { after: from };
      const page = await store.list(bucket, { prefix, folders: true, limit: LIST_PAGE, ...start });
      const found = page.prefixes.map((folder) => folder.slice(prefix.length, -1));
      names.push(...found.filter((name) => isDomainName(name, prefix)));
      if (names.length > limit) return { names: names.slice(0, limit), truncated: true };
      if (!page.truncated) return { names, truncated: false };
      // The folder's own document, and objects of the old schema, take places on a page, too.
      const last = [page.objects.at(-1)?.key ?? '', page.prefixes.at(-1) ?? ''];
      from = last.sort(compareKeys).at(-1);
    }
  };
}

/** At the top of a bucket not every folder belongs to domains. */
function isDomainName(name: string, prefix: string): boolean {
  return name !== '' && (prefix !== '' || (name !== DATA_FOLDER && name !== PRIVATE_FOLDER));
}

function absentToNull(error: unknown): null {
  const kind = errorKind(error);
  if (kind === 'not-found' || kind === 'gone' || kind === 'corrupt') return null;
  throw error;
}

function putAcl(
  document: StoredDocument,
  { bucket, path, userName, permissions }: RequestOf<'domain.putAcl'>,
  now: number,
): AclEntry {
  const domain = asDomain(document);
  const old = domain.acls.get(userName)?.permissions;
  const entry: AclEntry = {
    permissions: Object.fromEntries(
      PERMISSIONS.map((name) => [name, permissions[name] ?? old?.[name] ?? false]),
    ) as Record<Permission, boolean>,
    domain: domainKey({ bucket, path }),
  };
  domain.acls.set(userName, entry);
  domain.lastModified = now;
  return entry;
}

function asDomain(document: StoredDocument): DomainDocument {
  if (isObject(document)) throw new HdfError('corrupt', 'an object where a domain should be');
  return document;
}
