import { Injectable } from '@nestjs/common';
import { defined, HdfError, kindOf, parseObjectId, unreachable, type Link } from '#hdf5';
import { DataNodes, type DomainAddress, type ItemError, type ObjectRecord } from '#dn-client';
import { parentPath, requirePermission } from '#server';
import type { ObjectScope } from './object-scope.js';

/** Soft and external links that one path may lead through: what is longer is a cycle. */
export const LINK_HOPS_MAX = 100;

/** Which parts of a group or object a reader wants beside its own members. */
export interface ObjectParts {
  readonly links: boolean;
  readonly attributes: boolean;
}

/** A path to resolve. */
export interface PathRequest extends ObjectParts {
  readonly path: string;
  /** Where a path starts that is not the root's; an unchecked id from the request. */
  readonly startId?: string | undefined;
  /** Links that may be followed; others on the way are `invalid`. */
  readonly follow: { readonly soft: boolean; readonly external: boolean };
}

/** Where a path led: perhaps another domain, through an external link. */
export interface ResolvedPath {
  readonly scope: ObjectScope;
  readonly record: ObjectRecord;
}

/** A walk's position: the object reached and what is left of the path, last segment first. */
interface Walk {
  scope: ObjectScope;
  id: string;
  readonly left: string[];
  hops: number;
}

/** Finds objects by id and by path, and holds them to the domain of the request. */
@Injectable()
export class ObjectLookup {
  constructor(private readonly nodes: DataNodes) {}

  /**
   * The records of objects that a request names, in its order; duplicates are read once.
   *
   * @throws HdfError of the first id that fails: `not-found`, `gone`, or `invalid` for an object of
   *   another domain
   */
  async readMembers(
    scope: ObjectScope,
    ids: readonly string[],
    parts: ObjectParts,
  ): Promise<ObjectRecord[]> {
    const { domain, root, call } = scope;
    const records = await this.nodes.readObjects(domain.bucket, ids, parts, call);
    return ids.map((id) => memberOf(root, defined(records.get(id), id)));
  }

  /** As `readMembers`, for one object. */
  async readMember(scope: ObjectScope, id: string, parts: ObjectParts): Promise<ObjectRecord> {
    const [record] = await this.readMembers(scope, [id], parts);
    return defined(record, id);
  }

  /**
   * The object at a path: `/` is the root group, `.` and the empty path are the start, a leading
   * `/` does not leave a given start.
   *
   * @throws HdfError `not-found` or `gone` where the path breaks off, `invalid` for links that may
   *   not be followed and cycles, `forbidden` for domains that the user may not read
   */
  async resolve(scope: ObjectScope, request: PathRequest): Promise<ResolvedPath> {
    const id = await this.startOf(scope, request);
    const walk: Walk = { scope, id, left: pathSegments(request.path).reverse(), hops: 0 };
    for (let title = walk.left.pop(); title !== undefined; title = walk.left.pop()) {
      await this.step(walk, title, request.follow);
    }
    const parts = { links: request.links, attributes: request.attributes };
    return { scope: walk.scope, record: await this.readMember(walk.scope, walk.id, parts) };
  }

  /**
   * One link of a group, null when there is none of this title (perhaps any more).
   *
   * @throws HdfError when the group itself is `not-found` or `gone`
   */
  async findLink(scope: ObjectScope, groupId: string, title: string): Promise<Link | null> {
    const { bucket } = scope.domain;
    try {
      const request = { bucket, id: groupId, choice: { names: [title] } };
      const { links } = await this.nodes.call('link.list', request, scope.call);
      return defined(links[0], 'link')[1];
    } catch (error) {
      if (!(error instanceof HdfError) || !['not-found', 'gone'].includes(error.kind)) throw error;
      // The kind stands for the link or for the group: a group that can be read lacks the link.
      await this.readMember(scope, groupId, { links: false, attributes: false });
      return null;
    }
  }

  private async startOf(scope: ObjectScope, { path, startId }: PathRequest): Promise<string> {
    if (startId === undefined || startId === '') return scope.root;
    const id = parseObjectId(startId);
    await this.readMember(scope, id, { links: false, attributes: false });
    if (path === '/') return scope.root;
    if (!isGroupId(id)) throw new HdfError('not-found', `${id} is no group`);
    return id;
  }

  private async step(walk: Walk, title: string, follow: PathRequest['follow']): Promise<void> {
    const link = isGroupId(walk.id) ? await this.findLink(walk.scope, walk.id, title) : null;
    if (link === null) throw new HdfError('not-found', `no object ${title} in ${walk.id}`);
    switch (link.class) {
      case 'H5L_TYPE_HARD':
        walk.id = link.id;
        return;
      case 'H5L_TYPE_SOFT':
        if (!follow.soft) throw new HdfError('invalid', 'Query found unexpected soft link');
        redirect(walk, link.h5path);
        return;
      case 'H5L_TYPE_EXTERNAL':
        if (!follow.external) throw new HdfError('invalid', 'Query found unexpected external link');
        if (!link.h5path.startsWith('/')) {
          throw new HdfError('invalid', `external link ${title}: expected an absolute path`);
        }
        walk.scope = await this.enterDomain(walk.scope, link.h5domain);
        redirect(walk, link.h5path);
        return;
      default:
        unreachable(link);
    }
  }

  /** The scope of the domain that an external link names, which its user must be let read. */
  private async enterDomain(scope: ObjectScope, h5domain: string): Promise<ObjectScope> {
    const domain = linkedDomain(scope.domain, h5domain);
    const { document } = await this.nodes.call('domain.read', domain, scope.call);
    if (document.root === undefined) {
      throw new HdfError('invalid', `external link to the folder ${domain.path}`);
    }
    requirePermission(document, scope.user, 'read');
    return { ...scope, domain, root: document.root };
  }
}

/** The segments of a path: empty ones do not count, nor do leading `.` segments. */
export function pathSegments(path: string): string[] {
  const segments = path.split('/').filter((segment) => segment !== '');
  const first = path.startsWith('/') ? 0 : segments.findIndex((segment) => segment !== '.');
  return first < 0 ? [] : segments.slice(first);
}

/** True for a record, false for the refusal of one item. */
export function isRecord(item: ObjectRecord | ItemError): item is ObjectRecord {
  return 'document' in item;
}

/**
 * The record, if it is one of an object in the domain.
 *
 * @throws HdfError the item's own error, or `invalid` for an object of another domain
 */
export function memberOf(root: string, item: ObjectRecord | ItemError): ObjectRecord {
  if (!isRecord(item)) throw new HdfError(item.kind, item.message);
  if (item.document.root !== root) {
    throw new HdfError('invalid', 'Object id is not a member of the given domain');
  }
  return item;
}

/** True for the id of a group; others have no links. */
export function isGroupId(id: string): boolean {
  return kindOf(id) === 'group';
}

function redirect(walk: Walk, path: string): void {
  walk.hops += 1;
  if (walk.hops > LINK_HOPS_MAX) {
    throw new HdfError('invalid', `path leads through more than ${LINK_HOPS_MAX} links`);
  }
  if (path.startsWith('/')) walk.id = walk.scope.root;
  for (const segment of pathSegments(path).reverse()) walk.left.push(segment);
}

/** Same bucket; a relative name is one beside the current domain, as h5pyd has it. */
function linkedDomain(from: DomainAddress, h5domain: string): DomainAddress {
  const name = h5domain.startsWith('hdf5:/') ? h5domain.slice(6) : h5domain;
  const text = name.startsWith('/') ? name : `${parentPath(from.path)}/${name}`;
  return { bucket: from.bucket, path: normalPath(text) };
}

/** Resolves `.` and `..`, so that what is left names a domain or nothing. */
function normalPath(text: string): string {
  const kept: string[] = [];
  for (const segment of text.split('/')) {
    if (segment === '..') kept.pop();
    else if (segment !== '' && segment !== '.') kept.push(segment);
  }
  if (kept.length === 0) throw new HdfError('invalid', `external link to no domain: ${text}`);
  return `/${kept.join('/')}`;
}
