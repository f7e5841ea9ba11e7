import { HdfError } from '../errors.js';
import { isJsonMap, jsonNumber, type Json, type JsonOut } from '../json/json.js';
import { PERMISSIONS, type AclEntry, type DomainDocument, type Permission } from './document.js';
import { formatTime } from './link.js';
import { extraOf, textMember } from './object-document.js';

const KNOWN: ReadonlySet<string> = new Set(['root', 'owner', 'acls', 'created', 'lastModified']);

/**
 * A stored domain or folder.
 *
 * @throws HdfError `corrupt` when owner or acls are missing or of another kind
 * @see HDF REST API, the domain object
 */
export function parseDomainDocument(json: Json): DomainDocument {
  if (!isJsonMap(json)) throw new HdfError('corrupt', 'stored domain is no object');
  const acls = json.get('acls');
  if (!isJsonMap(acls)) throw new HdfError('corrupt', 'stored domain without acls');
  const created = jsonNumber(json.get('created')) ?? 0;
  return {
    ...(json.has('root') ? { root: textMember(json, 'root', 'domain') } : {}),
    owner: textMember(json, 'owner', 'domain'),
    acls: new Map([...acls].map(([principal, entry]) => [principal, parseStoredAcl(entry)])),
    created,
    lastModified: jsonNumber(json.get('lastModified')) ?? created,
    extra: extraOf(json, KNOWN),
  };
}

/** The stored form of a domain or folder, its members in HSDS's order. */
export function formatDomainDocument(domain: DomainDocument): JsonOut {
  const acls = new Map<string, JsonOut>();
  for (const [principal, entry] of domain.acls) acls.set(principal, formatAcl(entry));
  return {
    root: domain.root,
    owner: domain.owner,
    acls,
    created: formatTime(domain.created),
    lastModified: formatTime(domain.lastModified),
    ...Object.fromEntries(domain.extra),
  };
}

/** The permissions of an entry, in HSDS's order, and the domain of its last change. */
export function formatAcl(entry: AclEntry): Readonly<Record<string, JsonOut | undefined>> {
  return { ...permissionsOf((name) => entry.permissions[name]), domain: entry.domain };
}

/** A permission that is absent is not granted. */
function parseStoredAcl(json: Json): AclEntry {
  if (!isJsonMap(json)) throw new HdfError('corrupt', 'stored acl is no object');
  const domain = json.get('domain');
  const permissions = permissionsOf((name) => json.get(name) === true);
  return { permissions, ...(typeof domain === 'string' ? { domain } : {}) };
}

function permissionsOf(isGranted: (name: Permission) => boolean): AclEntry['permissions'] {
  const granted = PERMISSIONS.map((name) => [name, isGranted(name)] as const);
  return Object.fromEntries(granted) as Record<Permission, boolean>;
}
