import { Injectable } from '@nestjs/common';
import { defined, HdfError, type JsonOut } from '#hdf5';
import type { DomainAddress } from '#dn-client';
import { LOGICAL_DN_IDS, Hrefs, parentPath, ServerRuntime, type RequestContext } from '#server';
import { inParallel, REQUEST_WIDTH } from '../in-parallel.js';
import { ObjectLookup, type ResolvedPath } from '../object-lookup.js';
import { objectMembers, type ReplyMembers } from '../object/object-json.js';
import { scopeOf } from '../object-scope.js';
import { domainMembers, verboseMembers } from './domain-json.js';
import { DomainObjects } from './domain-objects.js';
import { DomainScan } from './domain-scan.js';
import type { PathParams, ReadDomainParams } from './domain.params.js';
import { serviceFacts } from './service-facts.js';

/** Describes a domain or folder, or objects in a domain by their paths. */
@Injectable()
export class DomainReader {
  constructor(
    private readonly lookup: ObjectLookup,
    private readonly objects: DomainObjects,
    private readonly scan: DomainScan,
    private readonly runtime: ServerRuntime,
  ) {}

  /** `GET /` with a domain; with `h5path` the object there. */
  async read(context: RequestContext, params: ReadDomainParams): Promise<JsonOut> {
    if (params.h5path !== undefined) return this.readObject(context, params.h5path, params);
    const document = defined(context.document, 'domain document');
    const address = defined(context.domain, 'domain of the request');
    const own = domainMembers(document);
    const { root } = document;
    const facts = this.showsFacts(root) ? serviceFacts(this.runtime) : {};
    const snapshot = { ...document };
    const info =
      params.verbose && root !== undefined
        ? verboseMembers(snapshot, await this.scan.read(address.bucket, root, context.call))
        : {};
    const objects =
      params.getObjects && root !== undefined
        ? await this.objects.collect(scopeOf(context), params.attributes)
        : undefined;
    return {
      ...own,
      ...facts,
      dn_ids: params.getDnIds ? LOGICAL_DN_IDS : undefined,
      ...info,
      domain_objs: objects,
      hrefs: this.domainHrefs(context, address, root),
    };
  }

  /** `POST /`: the objects at many paths, each resolved on its own. */
  async readPaths(
    context: RequestContext,
    paths: readonly string[],
    params: PathParams,
  ): Promise<JsonOut> {
    const scope = scopeOf(context);
    const found = await inParallel(paths, REQUEST_WIDTH, async (path) => {
      const resolved = await this.lookup.resolve(scope, { ...params, path });
      return [path, this.describe(resolved, params)] as const;
    });
    return { h5paths: new Map<string, JsonOut>(found) };
  }

  private async readObject(
    context: RequestContext,
    path: string,
    params: PathParams,
  ): Promise<JsonOut> {
    if (context.root === undefined) {
      throw new HdfError('invalid', 'h5path: expected a domain, found a folder');
    }
    const resolved = await this.lookup.resolve(scopeOf(context), { ...params, path });
    const { domain, root } = resolved.scope;
    const hrefs = this.hrefs(context).byPath(root, parentName(domain));
    return { ...this.describe(resolved, params), hrefs };
  }

  private describe({ record, scope }: ResolvedPath, params: PathParams): ReplyMembers {
    return objectMembers(record, {
      dialect: this.runtime.config.api_dialect,
      links: params.links,
      attributes: params.attributes,
      ignoreNan: params.ignoreNan,
      head: { class: record.document.kind, domain: scope.domain.path },
    });
  }

  /** HSDS 0.9 leaves `limits`, `compressors` and `version` out of folders. */
  private showsFacts(root: string | undefined): boolean {
    return root !== undefined || this.runtime.config.api_dialect !== '0.9';
  }

  private domainHrefs(context: RequestContext, address: DomainAddress, root: string | undefined) {
    const hrefs = this.hrefs(context);
    const parent = parentName(address);
    if (root !== undefined) return hrefs.domain(root, parent);
    const all = hrefs.folder(parent);
    // The 1.0 suite counts three for a folder below the top.
    return this.runtime.config.api_dialect === '1.0'
      ? all.filter(({ rel }) => rel !== 'domains')
      : all;
  }

  private hrefs(context: RequestContext): Hrefs {
    return new Hrefs(this.runtime.config.hsds_endpoint, context);
  }
}

/** Bucket and path of a domain's folder; undefined at the top of the bucket. */
function parentName({ bucket, path }: DomainAddress): string | undefined {
  const parent = parentPath(path);
  return parent === '/' ? undefined : bucket + parent;
}
