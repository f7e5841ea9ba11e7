import { Injectable } from '@nestjs/common';
import {
  defined,
  HdfError,
  kindOfCollection,
  parseObjectId,
  parseStoredShape,
  spaceElementCount,
  dimsOf,
  type Collection,
  type DatasetDocument,
  type JsonOut,
} from '#hdf5';
import type { ObjectRecord } from '#dn-client';
import { Hrefs, ServerRuntime, type RequestContext, type ValueHref } from '#server';
import { datasetFigures, DomainScan } from '../domain/domain-scan.js';
import { ObjectLookup, type ObjectParts } from '../object-lookup.js';
import { scopeOf, type ObjectScope } from '../object-scope.js';
import { AliasFinder } from './alias.finder.js';
import {
  objectMembers,
  PREVIEW_ELEMENTS,
  previewSelect,
  type ReplyMembers,
} from './object-json.js';
import type { ReadObjectParams } from './object.params.js';

const NO_FOLLOW = { soft: false, external: false } as const;

/** Describes one object of any kind, found by id or by path. */
@Injectable()
export class ObjectReader {
  constructor(
    private readonly lookup: ObjectLookup,
    private readonly aliases: AliasFinder,
    private readonly scan: DomainScan,
    private readonly runtime: ServerRuntime,
  ) {}

  /** `GET /{collection}/{id}`; a group with `h5path` is where a relative path starts. */
  async read(context: RequestContext, params: ReadObjectParams): Promise<JsonOut> {
    const scope = scopeOf(context);
    const given = defined(context.object, 'object of the request');
    const { id, kind } = given.document;
    const parts = partsOf(given, params);
    if (kind === 'group' && params.h5path !== undefined) {
      const found = await this.atPath(scope, { ...params, startId: id }, 'groups');
      return this.describe(context, found, params);
    }
    const record = isWhole(given, parts) ? given : await this.lookup.readMember(scope, id, parts);
    return this.describe(context, record, params);
  }

  /** `GET /{collection}/?h5path=`. @throws HdfError `not-found` for an object of another kind */
  async readByPath(
    context: RequestContext,
    collection: Collection,
    params: ReadObjectParams,
  ): Promise<JsonOut> {
    // Groups know no `grpid`: only absolute paths lead there.
    const startId = collection === 'groups' ? undefined : params.startId;
    const own = { ...params, startId };
    const record = await this.atPath(scopeOf(context), own, collection);
    return this.describe(context, record, own);
  }

  private async atPath(
    scope: ObjectScope,
    params: ReadObjectParams,
    collection: Collection,
  ): Promise<ObjectRecord> {
    const { h5path: path = '', links, attributes } = params;
    if (path === '') throw new HdfError('invalid', 'expected parameter h5path');
    const isAbsolute = path.startsWith('/');
    if (params.startId !== undefined) parseObjectId(params.startId, 'group');
    else if (!isAbsolute) throw new HdfError('invalid', 'h5path: expected an absolute path');
    const startId = isAbsolute ? undefined : params.startId;
    const parts = { links, attributes, follow: NO_FOLLOW };
    const { record } = await this.lookup.resolve(scope, { path, startId, ...parts });
    if (record.document.kind === kindOfCollection(collection)) return record;
    throw new HdfError('not-found', `${path} is a ${record.document.kind}`);
  }

  private async describe(
    context: RequestContext,
    record: ObjectRecord,
    params: ReadObjectParams,
  ): Promise<JsonOut> {
    const scope = scopeOf(context);
    const { id, root, kind } = record.document;
    const hrefs = new Hrefs(this.runtime.config.hsds_endpoint, context);
    const own = objectHrefs(hrefs, record);
    const view = {
      dialect: this.runtime.config.api_dialect,
      links: params.links,
      attributes: params.attributes,
      ignoreNan: params.ignoreNan,
      head: {
        domain: scope.domain.path,
        bucket: kind === 'group' ? scope.domain.bucket : undefined,
      },
    };
    const members = objectMembers(record, view);
    const verbose = params.verbose && kind === 'dataset';
    const extra = verbose ? await this.figures(scope, id, members) : {};
    const alias = params.getAlias ? await this.aliases.find({ ...scope, root }, id) : undefined;
    const { links, attributes, ...head } = members;
    return { ...head, ...extra, alias, links, attributes, hrefs: own };
  }

  /** Zeros before the first scan: the C REST VOL needs the members. */
  private async figures(
    scope: ObjectScope,
    id: string,
    { lastModified }: ReplyMembers,
  ): Promise<ReplyMembers> {
    const info = await this.scan.read(scope.domain.bucket, scope.root, scope.call);
    const figures = datasetFigures(info, id);
    return {
      num_chunks: figures.numChunks,
      allocated_size: figures.allocatedBytes,
      lastModified: Math.max(Number(lastModified), figures.lastModified),
    };
  }
}

function partsOf({ document }: ObjectRecord, { links, attributes }: ReadObjectParams): ObjectParts {
  return { links: links && document.kind === 'group', attributes };
}

/** Over the wire a record comes without links and attributes, in one process always with them. */
function isWhole({ document, linkCount, attributeCount }: ObjectRecord, parts: ObjectParts) {
  const hasLinks = document.kind !== 'group' || document.links.size === linkCount;
  const hasAttributes = document.attributes.size === attributeCount;
  return (hasLinks || !parts.links) && (hasAttributes || !parts.attributes);
}

function objectHrefs(hrefs: Hrefs, { document }: ObjectRecord) {
  const { id, root } = document;
  switch (document.kind) {
    case 'group':
      return hrefs.group(id, root);
    case 'datatype':
      return hrefs.datatype(id, root);
    case 'dataset':
      return hrefs.dataset(id, root, valueHref(document));
  }
}

function valueHref(document: DatasetDocument): ValueHref {
  const space = parseStoredShape(document.shape);
  if (space.class === 'null') return 'none';
  if (spaceElementCount(space) <= PREVIEW_ELEMENTS) return 'data';
  return { preview: previewSelect(dimsOf(space)) };
}
