import { Injectable } from '@nestjs/common';
import { collectionOf, defined, type JsonOut, type Link } from '#hdf5';
import { DataNodes, type ListChoice, type ListWindow } from '#dn-client';
import { Hrefs, ServerRuntime, type RequestContext } from '#server';
import { inParallel, REQUEST_WIDTH } from '../in-parallel.js';
import { ObjectLookup } from '../object-lookup.js';
import { cutEntries } from '../object/list-window.js';
import type { MultiRead } from '../object/multi-read.params.js';
import { TotalLimit } from '../object/total-limit.js';
import { reachableObjects } from '../object/reachable.js';
import { scopeOf, type ObjectScope } from '../object-scope.js';
import { linkCollection, linkEntry, linkTarget } from './link-json.js';

/** Reads links: one, those of a group, or those of many groups. */
@Injectable()
export class LinkReader {
  constructor(
    private readonly nodes: DataNodes,
    private readonly lookup: ObjectLookup,
    private readonly runtime: ServerRuntime,
  ) {}

  /** `GET …/links/{title}`. @throws HdfError `not-found` or `gone` */
  async read(context: RequestContext, title: string): Promise<JsonOut> {
    const groupId = groupOf(context);
    const [entry] = await this.choose(scopeOf(context), groupId, { names: [title] });
    const [, link] = defined(entry, 'link');
    const target =
      link.class === 'H5L_TYPE_HARD'
        ? { collection: collectionOf(link.id), id: link.id }
        : undefined;
    return {
      link: { title, ...linkTarget(link, this.dialect), ...linkCollection(link) },
      created: link.created,
      lastModified: link.created,
      hrefs: this.hrefs(context).link(groupId, title, target),
    };
  }

  /** `GET …/links`. @throws HdfError `not-found` for an unknown marker */
  async list(context: RequestContext, window: ListWindow): Promise<JsonOut> {
    const groupId = groupOf(context);
    const hrefs = this.hrefs(context);
    const entries = await this.choose(scopeOf(context), groupId, window);
    const links = entries.map(([title, link]) => ({
      ...linkEntry(title, link, this.dialect),
      ...linkCollection(link),
      ...(link.class === 'H5L_TYPE_HARD'
        ? { target: hrefs.url(`/${collectionOf(link.id)}/${link.id}`) }
        : {}),
      href: hrefs.url(`/groups/${groupId}/links/${title}`),
    }));
    return { links, hrefs: hrefs.links(groupId) };
  }

  /** `GET …/links?follow_links=1`: of every group that hard links lead to. */
  async follow(context: RequestContext, window: ListWindow): Promise<JsonOut> {
    const groupId = groupOf(context);
    const links = await this.reachable(scopeOf(context), [groupId], window);
    return { links, hrefs: this.hrefs(context).links(groupId) };
  }

  /** `POST …/links`. */
  async readMany(
    context: RequestContext,
    { reads }: MultiRead,
    options: { readonly window: ListWindow; readonly follow: boolean },
  ): Promise<JsonOut> {
    const scope = scopeOf(context);
    const { window } = options;
    const ids = reads.map(({ id }) => id);
    await this.lookup.readMembers(scope, ids, { links: false, attributes: false });
    if (options.follow) return { links: await this.reachable(scope, ids, window) };
    const lists = await inParallel(reads, REQUEST_WIDTH, async ({ id, names }) => {
      const choice = names === undefined ? window : { names };
      return [id, this.entries(await this.choose(scope, id, choice))] as const;
    });
    const [only] = lists;
    if (lists.length === 1 && only !== undefined) return { links: only[1] };
    const limit = new TotalLimit(window.limit);
    return { links: new Map(lists.map(([id, list]) => [id, limit.cut(list)])) };
  }

  private async reachable(
    scope: ObjectScope,
    from: readonly string[],
    window: ListWindow,
  ): Promise<ReadonlyMap<string, JsonOut>> {
    const limit = new TotalLimit(window.limit);
    const links = new Map<string, JsonOut>();
    const request = { from, kinds: 'groups', attributes: false } as const;
    for await (const page of reachableObjects(this.nodes, scope, request)) {
      for (const { document } of page) {
        if (document.kind !== 'group') continue;
        const entries = limit.cut(cutEntries(document.links, window));
        links.set(document.id, this.entries(entries));
      }
    }
    return links;
  }

  private async choose(scope: ObjectScope, id: string, choice: ListChoice) {
    const request = { bucket: scope.domain.bucket, id, choice };
    const { links } = await this.nodes.call('link.list', request, scope.call);
    return links;
  }

  private entries(links: readonly (readonly [string, Link])[]) {
    return links.map(([title, link]) => linkEntry(title, link, this.dialect));
  }

  private get dialect() {
    return this.runtime.config.api_dialect;
  }

  private hrefs(context: RequestContext): Hrefs {
    return new Hrefs(this.runtime.config.hsds_endpoint, context);
  }
}

function groupOf(context: RequestContext): string {
  return defined(context.object, 'group of the request').document.id;
}
