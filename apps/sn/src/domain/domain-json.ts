import {
  formatJson,
  isJsonMap,
  jsonNumber,
  type AclEntry,
  type DomainDocument,
  type Json,
  type JsonOut,
} from '#hdf5';
import type { ReplyMembers } from '../object/object-json.js';

/** `class` of a domain (it has a root group) or folder. */
export function domainClass(document: DomainDocument): 'domain' | 'folder' {
  return document.root === undefined ? 'folder' : 'domain';
}

/** Members that every reply about a domain shares. */
export function domainMembers(document: DomainDocument): ReplyMembers {
  return {
    root: document.root,
    class: domainClass(document),
    owner: document.owner,
    created: document.created,
    lastModified: document.lastModified,
  };
}

/** The permissions of an entry, then `domain` when it was ever put (as the HSDS suite counts). */
export function aclMembers(entry: AclEntry): ReplyMembers {
  return { ...entry.permissions, domain: entry.domain };
}

/** All ACL entries by principal, sorted. */
export function aclsObject(acls: DomainDocument['acls']): ReadonlyMap<string, JsonOut> {
  return new Map([...acls].map(([name, entry]) => [name, aclMembers(entry)]));
}

/**
 * The members that `verbose` adds, out of the last scan: zeros before there was one.
 *
 * @param info scan document, or null
 */
export function verboseMembers(document: DomainDocument, info: Json): ReplyMembers {
  const scan = isJsonMap(info) ? info : new Map<string, Json>();
  const count = (key: string) => jsonNumber(scan.get(key)) ?? 0;
  const datasets = scan.get('datasets');
  const numDatasets = isJsonMap(datasets) ? datasets.size : 0;
  const objects = count('num_groups') + numDatasets + count('num_datatypes');
  const storedBytes = count('allocated_bytes') + count('linked_bytes') + count('metadata_bytes');
  return {
    lastModified: Math.max(document.lastModified, count('lastModified')),
    ...(scan.size === 0 ? {} : { scan_info: scan }),
    num_groups: count('num_groups'),
    num_datasets: numDatasets,
    num_datatypes: count('num_datatypes'),
    num_objects: objects + count('num_chunks'),
    total_size: scan.size === 0 ? 0 : storedBytes + documentBytes(document),
    allocated_bytes: count('allocated_bytes'),
    metadata_bytes: count('metadata_bytes'),
    linked_bytes: count('linked_bytes'),
    num_chunks: count('num_chunks'),
    num_linked_chunks: count('num_linked_chunks'),
    md5_sum: scan.get('md5_sum') ?? '',
  };
}

/** Length of the stored document's JSON text. */
function documentBytes(document: DomainDocument): number {
  const { root, owner, acls, created, lastModified } = document;
  return formatJson({ root, owner, acls: aclsObject(acls), created, lastModified }).length;
}
