import { Injectable } from '@nestjs/common';
import { defined, HdfError, type JsonOut, type Permission } from '#hdf5';
import { DataNodes } from '#dn-client';
import { Hrefs, requirePermission, ServerRuntime, type RequestContext } from '#server';
import { compareKeys } from '#storage';
import { aclMembers } from '../domain/domain-json.js';

/** Shows and changes the ACL of a domain or folder. */
@Injectable()
export class AclService {
  constructor(
    private readonly nodes: DataNodes,
    private readonly runtime: ServerRuntime,
  ) {}

  /** All entries, by principal. */
  list(context: RequestContext): JsonOut {
    const { acls } = defined(context.document, 'domain document');
    const sorted = [...acls].sort(([a], [b]) => compareKeys(a, b));
    const entries = sorted.map(([userName, entry]) => ({ userName, ...aclMembers(entry) }));
    return { acls: entries, hrefs: this.hrefs(context) };
  }

  /**
   * One entry. Callers who may read the domain may see their own and `default`; others take
   * `readACL`.
   *
   * @throws HdfError `forbidden`, then `not-found`
   */
  read(context: RequestContext, userName: string): JsonOut {
    const document = defined(context.document, 'domain document');
    const isOpen = userName === context.user.name || userName === 'default';
    requirePermission(document, context.user, isOpen ? 'read' : 'readACL');
    const entry = document.acls.get(userName);
    if (entry === undefined) throw new HdfError('not-found', `no ACL entry for ${userName}`);
    return { acl: { ...aclMembers(entry), userName }, hrefs: this.hrefs(context) };
  }

  /** Makes or changes an entry; stored before this resolves. */
  async put(
    context: RequestContext,
    userName: string,
    permissions: Partial<Record<Permission, boolean>>,
  ): Promise<void> {
    const address = defined(context.domain, 'domain of the request');
    const request = { ...address, userName, permissions };
    await this.nodes.call('domain.putAcl', request, context.call);
  }

  private hrefs(context: RequestContext) {
    return new Hrefs(this.runtime.config.hsds_endpoint, context).acls(context.root);
  }
}
