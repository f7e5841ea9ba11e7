import { Injectable } from '@nestjs/common';
import { isPermitted, ServerRuntime, type RequestContext } from '#server';
import { parseGlob, type DomainDocument } from '#hdf5';
import { DataNodes, type DomainAddress } from '#dn-client';
import { compareKeys } from '#storage';
import { inParallel, REQUEST_WIDTH } from '../in-parallel.js';
import type { ReplyMembers } from '../object/object-json.js';
import { isRecord } from '../object-lookup.js';
import { domainMembers, verboseMembers } from './domain-json.js';
import { matchesQuery, type DomainQuery } from './domain-query.js';
import { DomainScan } from './domain-scan.js';
import type { ListDomainsParams } from './listing.params.js';

/** Names asked for at a time. */
const PAGE_NAMES = 1000;
/** Nodes leave names out of a page that cannot be domains: one is never empty for that. */
const PAGE_NAMES_MIN = 16;
/** Domain documents read at a time: bounds what a listing that matches little holds. */
const PAGE_DOCUMENTS = 200;

/** A domain or folder of a listing. */
export interface ListedDomain {
  /** Absolute path without the bucket. */
  readonly name: string;
  /** All but `hrefs`. */
  readonly members: ReplyMembers;
}

/** A child with its document as it was when read. */
interface Item {
  readonly address: DomainAddress;
  readonly document: DomainDocument;
}

/** Lists the domains and folders directly below a folder. */
@Injectable()
export class DomainListing {
  constructor(
    private readonly nodes: DataNodes,
    private readonly scan: DomainScan,
    private readonly runtime: ServerRuntime,
  ) {}

  /**
   * The children of a folder in the order of their names, without those that have no readable
   * document; `limit` counts what is returned. A domain has no children.
   *
   * @param folder `/` for the top level
   * @returns each item's members but `hrefs`
   * @throws HdfError `not-found` or `gone` for a path that nothing is at or below
   */
  async list(
    context: RequestContext,
    folder: DomainAddress,
    params: ListDomainsParams,
  ): Promise<readonly ListedDomain[]> {
    const items: Item[] = [];
    let any = false;
    for await (const names of this.candidates(context, folder, params)) {
      any = any || names.length > 0;
      const wanted = this.filterNames(folder, names, params);
      for (let at = 0; at < wanted.length; at += PAGE_DOCUMENTS) {
        const some = wanted.slice(at, at + PAGE_DOCUMENTS);
        items.push(...(await this.read(context, folder.bucket, some, params.query)));
        if (items.length >= (params.limit ?? Infinity)) break;
      }
      if (items.length >= (params.limit ?? Infinity)) break;
    }
    if (!any && folder.path !== '/') await this.needThere(context, folder, params.marker);
    return this.describe(context, items.slice(0, params.limit), params.verbose);
  }

  /** A folder of which nothing is left to list: it is one if it has a document or a child. */
  private async needThere(
    context: RequestContext,
    folder: DomainAddress,
    marker: string | undefined,
  ): Promise<void> {
    if (marker !== undefined) {
      const { names } = await this.nodes.call('domain.list', { ...folder, limit: 1 }, context.call);
      if (names.length > 0) return;
    }
    await this.nodes.call('domain.read', folder, context.call);
  }

  /** Pages of child paths after the marker, ascending. */
  private async *candidates(
    context: RequestContext,
    folder: DomainAddress,
    { marker, limit }: ListDomainsParams,
  ): AsyncGenerator<readonly string[]> {
    const fixed = this.runtime.config.top_level_domains;
    if (folder.path === '/' && fixed.length > 0) {
      yield fixed.map((path) => (path.startsWith('/') ? path : `/${path}`));
      return;
    }
    const prefix = folder.path === '/' ? '/' : `${folder.path}/`;
    const size = Math.max(PAGE_NAMES_MIN, Math.min(PAGE_NAMES, limit ?? PAGE_NAMES));
    let after = marker?.startsWith(prefix) === true ? marker.slice(prefix.length) : '';
    for (;;) {
      const page = after === '' ? { limit: size } : { limit: size, after };
      const request = { ...folder, ...page };
      const { names, truncated } = await this.nodes.call('domain.list', request, context.call);
      yield names.map((name) => prefix + name);
      after = names.at(-1) ?? '';
      if (!truncated || after === '') return;
    }
  }

  private filterNames(
    folder: DomainAddress,
    paths: readonly string[],
    { marker, pattern }: ListDomainsParams,
  ): readonly string[] {
    const glob = pattern === undefined ? undefined : parseGlob(pattern);
    const reserved = folder.path === '/' ? RESERVED_TOPS : NOTHING;
    return paths.filter((path) => {
      if (reserved.has(path)) return false;
      if (marker !== undefined && compareKeys(path, marker) <= 0) return false;
      return glob === undefined || glob(path.slice(path.lastIndexOf('/') + 1));
    });
  }

  private async read(
    context: RequestContext,
    bucket: string,
    paths: readonly string[],
    query: DomainQuery | undefined,
  ): Promise<readonly Item[]> {
    const addresses = paths.map((path) => ({ bucket, path }));
    const documents = await this.nodes.readDomains(addresses, context.call);
    const items = addresses.flatMap((address, index) => {
      const document = documents[index] ?? null;
      return document === null ? [] : [{ address, document: { ...document } }];
    });
    return query === undefined ? items : this.matching(context, items, query);
  }

  /** Domains that the caller may read and whose root group's attributes match. */
  private async matching(
    context: RequestContext,
    items: readonly Item[],
    query: DomainQuery,
  ): Promise<readonly Item[]> {
    const readable = items.filter(
      ({ document }) =>
        document.root !== undefined && isPermitted(document.acls, context.user, 'read'),
    );
    const bucket = readable[0]?.address.bucket ?? '';
    const roots = readable.map(({ document }) => document.root ?? '');
    const parts = { links: false, attributes: true };
    const groups = await this.nodes.readObjects(bucket, roots, parts, context.call);
    return readable.filter(({ document }) => {
      const group = groups.get(document.root ?? '');
      if (group === undefined || !isRecord(group)) return false;
      return matchesQuery(query, group.document.attributes);
    });
  }

  private async describe(context: RequestContext, items: readonly Item[], verbose: boolean) {
    return inParallel(items, REQUEST_WIDTH, async ({ address, document }) => {
      const { bucket, path: name } = address;
      const members = { ...domainMembers(document), name };
      if (!verbose || document.root === undefined) return { name, members };
      const info = await this.scan.read(bucket, document.root, context.call);
      return { name, members: { ...members, ...verboseMembers(document, info) } };
    });
  }
}

/** Top-level folders that hold no domains: HSDS's object data and this service's own records. */
const RESERVED_TOPS: ReadonlySet<string> = new Set(['/db', '/_hsds']);
const NOTHING: ReadonlySet<string> = new Set();
