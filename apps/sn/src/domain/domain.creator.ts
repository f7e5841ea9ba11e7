import { Injectable } from '@nestjs/common';
import {
  defined,
  HdfError,
  ID_RANDOM_BYTES,
  newRootId,
  type DomainDocument,
  type GroupDocument,
  type Json,
} from '#hdf5';
import { DataNodes, type DomainAddress } from '#dn-client';
import {
  checkBucketPolicy,
  domainSettings,
  parentPath,
  parseDomain,
  requirePermission,
  ServerRuntime,
  type RequestContext,
} from '#server';
import { newGroup } from '../object/placement-plan.js';
import { aclsObject } from './domain-json.js';
import type { PutDomainParams } from './domain.params.js';
import { newAcls } from './new-acls.js';
import { serviceFacts } from './service-facts.js';

/** A checked domain, and the root group that comes with it unless it is a folder or linked. */
interface NewDomain {
  readonly document: DomainDocument;
  readonly newRoot: GroupDocument | undefined;
  /** The client chose the root's id. */
  readonly isChosen: boolean;
}

/** Creates domains, folders, and second names of domains. */
@Injectable()
export class DomainCreator {
  constructor(
    private readonly nodes: DataNodes,
    private readonly runtime: ServerRuntime,
  ) {}

  /**
   * @returns the new domain's public form, without `class` and `hrefs`
   * @throws HdfError `conflict` when the path or the root id is taken, `forbidden`, `not-found` or
   *   `gone` for the parent or the linked domain, `invalid` when these are of the wrong kind
   */
  async create(context: RequestContext, params: PutDomainParams) {
    const address = defined(context.domain, 'domain of the request');
    const { user } = context;
    const owner = params.owner ?? user.name;
    if (owner !== user.name && !user.admin) {
      throw new HdfError('forbidden', `only admins may create domains of ${owner}`);
    }
    const parentAcls = await this.parentAcls(context, address);
    const linkedRoot = await this.linkedRoot(context, params);
    const [taken] = await this.nodes.readDomains([address], context.call);
    if ((taken ?? null) !== null) throw new HdfError('conflict', `${address.path} exists`);
    const { config, clock } = this.runtime;
    const now = clock.now() / 1000;
    const root = params.folder ? undefined : (linkedRoot ?? this.newRoot(params, now));
    const isPublic = params.folder || config.default_public;
    const document: DomainDocument = {
      ...(root === undefined ? {} : { root: typeof root === 'string' ? root : root.id }),
      owner,
      acls: newAcls(parentAcls, { owner, adminUser: config.admin_user, isPublic }),
      created: now,
      lastModified: now,
      extra: new Map(),
    };
    const reply = this.reply(document);
    await this.store(context, {
      document,
      newRoot: typeof root === 'object' ? root : undefined,
      isChosen: params.rootId !== undefined,
    });
    return reply;
  }

  /** The entries to inherit. @throws HdfError when the user may not create there */
  private async parentAcls(
    context: RequestContext,
    { bucket, path }: DomainAddress,
  ): Promise<DomainDocument['acls'] | undefined> {
    const parent = parentPath(path);
    if (parent === '/') {
      if (context.user.admin) return undefined;
      throw new HdfError('forbidden', 'only admins may create top-level domains');
    }
    const { document } = await this.nodes.call(
      'domain.read',
      { bucket, path: parent },
      context.call,
    );
    if (document.root !== undefined) {
      throw new HdfError('invalid', 'Parent domain must be a folder');
    }
    requirePermission(document, context.user, 'create');
    return new Map(document.acls);
  }

  private async linkedRoot(
    context: RequestContext,
    { linkedDomain, linkedBucket }: PutDomainParams,
  ): Promise<string | undefined> {
    if (linkedDomain === undefined) return undefined;
    const { config } = this.runtime;
    const bucket = linkedBucket ?? context.bucket ?? config.bucket_name;
    if (!linkedDomain.startsWith('/') || bucket === '') {
      throw new HdfError('invalid', 'linked_domain: expected an absolute path without a bucket');
    }
    const text = `${bucket}${linkedDomain}`;
    const address = parseDomain(text, () => undefined, domainSettings(config));
    checkBucketPolicy(address.bucket, 'read', config);
    const { document } = await this.nodes.call('domain.read', address, context.call);
    if (document.root === undefined) {
      throw new HdfError('invalid', 'Folder domains cannot be used as link target');
    }
    requirePermission(document, context.user, 'read');
    requirePermission(document, context.user, 'delete');
    return document.root;
  }

  private newRoot({ rootId, rootProperties }: PutDomainParams, now: number): GroupDocument {
    const { config, random } = this.runtime;
    const given = config.api_dialect === '0.9' ? undefined : rootId;
    const id = given ?? newRootId(random.bytes(ID_RANDOM_BYTES));
    const properties: { creationProperties?: Json } =
      rootProperties === undefined ? {} : { creationProperties: rootProperties };
    return { ...newGroup({ id, root: id, now }), ...properties };
  }

  /** The root group first, so that a domain that can be found is whole. */
  private async store(
    context: RequestContext,
    { document, newRoot, isChosen }: NewDomain,
  ): Promise<void> {
    const address = defined(context.domain, 'domain of the request');
    const { bucket } = address;
    const { nodes } = this;
    if (newRoot !== undefined) {
      // A root id that a client chose may be that of a domain whose objects are being removed.
      const revived = { bucket, root: newRoot.id };
      if (isChosen) await nodes.callEvery('root.revive', revived, context.call);
      await nodes.createObjects(bucket, [newRoot], context.call);
    }
    try {
      await nodes.call('domain.create', { ...address, document }, context.call);
    } catch (error) {
      if (newRoot !== undefined) {
        // Best effort: the first error is the answer.
        const undo = { bucket, id: newRoot.id };
        await Promise.allSettled([nodes.call('object.delete', undo, context.call)]);
      }
      throw error;
    }
  }

  private reply(document: DomainDocument) {
    const { root, owner, acls, created, lastModified } = document;
    const facts = serviceFacts(this.runtime);
    return { root, owner, acls: aclsObject(acls), created, lastModified, ...facts };
  }
}
