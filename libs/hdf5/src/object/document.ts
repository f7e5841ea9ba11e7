/**
 * The stored JSON documents (schema v2; v1 has the same content) as the program holds them. What
 * clients gave verbatim (types, shapes, attribute values, creation properties) stays `Json`, so
 * that it is returned and stored as given. Times are Unix seconds.
 *
 * @see HSDS storage schema, JSON objects
 */
import type { Json, JsonMap } from '../json/json.js';

export interface HardLink {
  readonly class: 'H5L_TYPE_HARD';
  readonly id: string;
  readonly created: number;
}

export interface SoftLink {
  readonly class: 'H5L_TYPE_SOFT';
  readonly h5path: string;
  readonly created: number;
}

export interface ExternalLink {
  readonly class: 'H5L_TYPE_EXTERNAL';
  readonly h5path: string;
  /** Domain of the target, as given (may start with `hdf5:/`). */
  readonly h5domain: string;
  readonly created: number;
}

export type Link = HardLink | SoftLink | ExternalLink;

export interface Attribute {
  /** Normalised type JSON. */
  readonly type: Json;
  /** `{"class": …}` */
  readonly shape: JsonMap;
  /** As given; base64 text when `encoding` says so; null when there is none. */
  readonly value: Json;
  readonly encoding?: 'base64';
  readonly created: number;
}

interface CommonDocument {
  readonly id: string;
  readonly root: string;
  readonly created: number;
  lastModified: number;
  /** By name, in creation order (insertion order). */
  readonly attributes: Map<string, Attribute>;
  /** Members this version does not know: kept when the document is rewritten. */
  readonly extra: JsonMap;
}

export interface GroupDocument extends CommonDocument {
  readonly kind: 'group';
  /** By title, in creation order (insertion order). */
  readonly links: Map<string, Link>;
  /** As given at creation: an object, or text (the C REST VOL). */
  readonly creationProperties?: Json;
}

export interface DatasetDocument extends CommonDocument {
  readonly kind: 'dataset';
  readonly type: Json;
  /** `class`, for simple spaces `dims` and perhaps `maxdims`; replaced by a resize. */
  shape: JsonMap;
  readonly creationProperties: JsonMap;
  /** Chunk layout in storage; absent for a null space. */
  readonly layout?: JsonMap;
  /** Number of the resize whose chunks are still being cut to a smaller extent; HSDS keeps it. */
  cutting?: number;
}

export interface DatatypeDocument extends CommonDocument {
  readonly kind: 'datatype';
  readonly type: Json;
  readonly creationProperties?: Json;
}

export type ObjectDocument = GroupDocument | DatasetDocument | DatatypeDocument;

/** The six permissions of an ACL entry. */
export const PERMISSIONS = ['create', 'read', 'update', 'delete', 'readACL', 'updateACL'] as const;
export type Permission = (typeof PERMISSIONS)[number];

export interface AclEntry {
  readonly permissions: Readonly<Record<Permission, boolean>>;
  /** Bucket and path of the domain on which the entry was last put; absent when made at creation. */
  readonly domain?: string;
}

export interface DomainDocument {
  /** Root group id; absent for a folder. */
  readonly root?: string;
  readonly owner: string;
  /** By principal: user name, `default`, or `g:<group>`. */
  readonly acls: Map<string, AclEntry>;
  readonly created: number;
  lastModified: number;
  readonly extra: JsonMap;
}
