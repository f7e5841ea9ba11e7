/**
 * What a service node may ask of a data node. One table of operations: each has a request and a
 * reply, and names the objects it touches, so that routing, the ownership test, retries and the
 * wire are written once for all of them. In one process the objects are handed over as they are;
 * documents in replies are then the data node's live ones: read them before the next `await`,
 * never change them.
 */
import type {
  AclEntry,
  Attribute,
  ChunkSpec,
  DomainDocument,
  Elements,
  ErrorKind,
  Hyperslab,
  Json,
  Link,
  ObjectDocument,
  Permission,
  ShapeChange,
} from '#hdf5';
import type { CallContext } from './call-context.js';
import type { Cut } from './resize-turn.js';

export type * from './call-context.js';

export interface DomainAddress {
  readonly bucket: string;
  /** Absolute path without the bucket. */
  readonly path: string;
}

/** A refusal that stands for one item of a list request. */
export interface ItemError {
  readonly kind: ErrorKind;
  readonly message: string;
}

/** How a listing of links or attributes is ordered and cut; the order of these steps is fixed. */
export interface ListWindow {
  readonly order: 'name' | 'created';
  /** Glob over the whole name. */
  readonly pattern?: string;
  /** Start after this name; an unknown one is `not-found`. */
  readonly marker?: string;
  readonly limit?: number;
}

/** What to select of a list: certain names (in their order, missing is `not-found` or `gone`), or a window. */
export type ListChoice = { readonly names: readonly string[] } | ListWindow;

/** Counts beside a document, so that links and attributes need not travel. */
export interface ObjectRecord {
  /** Without `links`/`attributes` on the wire unless asked for; in one process always whole. */
  readonly document: ObjectDocument;
  readonly linkCount: number;
  readonly attributeCount: number;
}

/** One chunk's share of a read. */
export interface ReadPart {
  readonly chunk: readonly number[];
  readonly inChunk: Hyperslab;
  /** Byte ranges in an HDF5 file that make up the chunk, for reference layouts. */
  readonly source?: ChunkSource;
}

/** Where the bytes of a referenced chunk lie; `pieces` tile the chunk in row-major order of `grid`. */
export interface ChunkSource {
  /** Shape of one piece in elements. */
  readonly pieceDims: readonly number[];
  /** null: not allocated, fill value. */
  readonly pieces: readonly ({
    readonly fileUri: string;
    readonly offset: number;
    readonly size: number;
  } | null)[];
}

/** Elements as an array with a selection in it: what to take of `elements` of shape `dims`. */
export interface ElementBlock {
  readonly elements: Elements;
  readonly dims: readonly number[];
  readonly slab: Hyperslab;
}

export interface WritePart {
  readonly chunk: readonly number[];
  readonly inChunk: Hyperslab;
  /** The new elements; in one process a window on the request's page. */
  readonly data: ElementBlock;
}

export interface PointPart {
  readonly chunk: readonly number[];
  /** Element offsets inside the chunk, row-major. */
  readonly offsets: Uint32Array;
  readonly source?: ChunkSource;
}

/** Elements to search, already inside the extent. */
export type QueryPart = ReadPart;

/** Chunk data of one dataset. `chunkKey` of each part decides the owner. */
interface ChunkRequest<P> {
  readonly bucket: string;
  readonly spec: ChunkSpec;
  readonly parts: readonly P[];
}

/** The scan document of a domain (HSDS: `.info.json`), or null when none was made. */
export type ScanInfo = Json;

/** Request and reply of every operation. */
export interface DnOperations {
  'domain.read': { request: DomainAddress; reply: { document: DomainDocument } };
  /** `null` for what is not there or cannot be read. */
  'domain.readMany': {
    request: { domains: readonly DomainAddress[] };
    reply: { documents: readonly (DomainDocument | null)[] };
  };
  'domain.create': { request: DomainAddress & { document: DomainDocument }; reply: object };
  'domain.putAcl': {
    request: DomainAddress & {
      userName: string;
      permissions: Partial<Record<Permission, boolean>>;
    };
    reply: { entry: AclEntry };
  };
  'domain.delete': { request: DomainAddress; reply: object };
  /** Names directly below a folder path (`/` for the top), sorted; not all need be domains. */
  'domain.list': {
    request: DomainAddress & { after?: string; limit: number };
    reply: { names: readonly string[]; truncated: boolean };
  };
  'object.read': {
    request: {
      bucket: string;
      ids: readonly string[];
      links: boolean;
      attributes: boolean;
    };
    reply: { objects: readonly (ObjectRecord | ItemError)[] };
  };
  /** All at once or none on this node; an id that exists is a `conflict`. */
  'object.create': {
    request: { bucket: string; documents: readonly ObjectDocument[] };
    reply: object;
  };
  'object.delete': { request: { bucket: string; id: string }; reply: object };
  'link.list': {
    request: { bucket: string; id: string; choice: ListChoice };
    reply: { links: readonly (readonly [title: string, link: Link])[] };
  };
  /** All or none: another link under a title is a `conflict` unless `replaceOlder` and newer. */
  'link.put': {
    request: {
      bucket: string;
      id: string;
      links: readonly (readonly [title: string, link: Link])[];
      replaceOlder: boolean;
    };
    reply: { changed: number };
  };
  'link.delete': {
    request: {
      bucket: string;
      id: string;
      titles: readonly string[];
      missing: 'ignore' | 'refuse';
    };
    reply: { deleted: number };
  };
  'attribute.list': {
    request: { bucket: string; id: string; choice: ListChoice };
    reply: { attributes: readonly (readonly [name: string, attribute: Attribute])[] };
  };
  /** All or none: a different attribute of a name is a `conflict` unless `replace` allows it. */
  'attribute.put': {
    request: {
      bucket: string;
      id: string;
      attributes: readonly (readonly [name: string, attribute: Attribute])[];
      replace: 'never' | 'always' | 'newer';
    };
    reply: { changed: number };
  };
  /** Changes only the value; type, shape and `created` stay. */
  'attribute.putValue': {
    request: { bucket: string; id: string; name: string; value: Json; encoding?: 'base64' };
    reply: object;
  };
  'attribute.delete': {
    request: { bucket: string; id: string; names: readonly string[]; missing: 'ignore' | 'refuse' };
    reply: { deleted: number };
  };
  /**
   * Applied to the extent at that time: appends never overlap. A reply with `cut` asks for a
   * `chunk.trim` and another call, `done` naming the turn. See `resizeDataset`.
   */
  'dataset.resize': {
    request: {
      bucket: string;
      id: string;
      change: ShapeChange;
      done?: number;
    };
    reply: {
      before: readonly number[];
      after: readonly number[];
      cut?: Cut;
    };
  };
  /** In the order of the parts; null for a chunk that is not allocated. */
  'chunk.read': {
    request: ChunkRequest<ReadPart>;
    reply: { blocks: readonly (ElementBlock | null)[] };
  };
  /** With `fields`, data elements hold only these fields, in this order. */
  'chunk.write': {
    request: ChunkRequest<WritePart> & { fields?: readonly string[] };
    reply: object;
  };
  /** In the order of the parts, each its elements in the order of its offsets. */
  'chunk.readPoints': {
    request: ChunkRequest<PointPart>;
    reply: { elements: readonly (Elements | null)[] };
  };
  'chunk.writePoints': {
    request: ChunkRequest<PointPart & { readonly elements: Elements }> & {
      fields?: readonly string[];
    };
    reply: object;
  };
  /** Matches of each part: offsets inside the chunk, ascending, and the whole elements. */
  'chunk.query': {
    request: ChunkRequest<QueryPart> & {
      query: string;
      /** Stop after this many matches over all parts. */
      limit?: number;
      /** Fields to set in every match, one packed element of these fields. */
      update?: { readonly fields: readonly string[]; readonly element: Elements };
    };
    reply: {
      matches: readonly ({ readonly offsets: Uint32Array; readonly elements: Elements } | null)[];
    };
  };
  /**
   * Cuts or removes this node's chunks outside an extent; without `cut` all go. To all nodes.
   * `conflict` when a newer turn has begun.
   */
  'chunk.trim': {
    request: {
      bucket: string;
      spec: ChunkSpec;
      cut: Cut | null;
    };
    reply: object;
  };
  /** Waits until all that this node holds of the domain is stored. To all nodes. */
  'root.flush': { request: { bucket: string; root: string }; reply: object };
  /** Forgets all of a deleted domain without storing it. To all nodes, before `root.collect`. */
  'root.drop': { request: { bucket: string; root: string }; reply: object };
  /** Deletes the stored objects of a deleted domain in the background. To the root's owner. */
  'root.collect': { request: { bucket: string; root: string }; reply: object };
  /** A deleted root id is about to be used again: waits for its collection. To all nodes. */
  'root.revive': { request: { bucket: string; root: string }; reply: object };
  /**
   * The scan document. With `force` a new one: lists what is stored (flush before) and writes it.
   * To the root's owner.
   */
  'root.scan': {
    request: { bucket: string; root: string; force: boolean };
    reply: { info: ScanInfo };
  };
  /** Unix seconds of the last change that this node has seen of a domain; 0 for none. To all nodes. */
  'root.lastChange': { request: { bucket: string; root: string }; reply: { at: number } };
  /** Figures for `/info`. */
  'node.info': { request: object; reply: { info: Json } };
}

export type OperationName = keyof DnOperations;
export type RequestOf<K extends OperationName> = DnOperations[K]['request'];
export type ReplyOf<K extends OperationName> = DnOperations[K]['reply'];

/** A data node as its callers see it: one method, in this process or over the wire. */
export interface DataNode {
  /**
   * @throws HdfError of the operation's kinds; `unavailable` when the node cannot be reached or
   * refuses because of membership (the router asks again)
   */
  call<K extends OperationName>(
    operation: K,
    request: RequestOf<K>,
    context: CallContext,
  ): Promise<ReplyOf<K>>;
}
