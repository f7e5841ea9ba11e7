import { Injectable } from '@nestjs/common';
import { defined, type Json, type Link } from '#hdf5';
import { DataNodes, type ObjectRecord } from '#dn-client';
import { ServerRuntime, type RequestContext } from '#server';
import { inParallel, REQUEST_WIDTH } from '../in-parallel.js';
import { ObjectLookup } from '../object-lookup.js';
import { comparableTime, createdWindow } from '../object/created-window.js';
import { parseMultiWrite } from '../object/multi-read.params.js';
import { scopeOf, type ObjectScope } from '../object-scope.js';
import { parseLinkBody, parseLinks, type TitledLink } from './link.params.js';

/** Puts and deletes links. */
@Injectable()
export class LinkWriter {
  constructor(
    private readonly nodes: DataNodes,
    private readonly lookup: ObjectLookup,
    private readonly runtime: ServerRuntime,
  ) {}

  /**
   * One link.
   *
   * @returns whether there was none of the title before
   * @throws HdfError `conflict` when the title has another target; `not-found` or `gone` for the
   *   target of a hard link
   */
  async put(context: RequestContext, title: string, body: Json | undefined): Promise<boolean> {
    const scope = scopeOf(context);
    const link = parseLinkBody(body, this.times('single'));
    await this.checkTargets(scope, [link]);
    const group = defined(context.object, 'group of the request').document;
    return this.store(scope, group.id, { links: [[title, link]], replaceOlder: false });
  }

  /**
   * Several links, into one or several groups. Everything is checked first; what conflicts is found
   * while writing, group by group.
   *
   * @returns whether any was new
   */
  async putMany(context: RequestContext, body: Json | undefined): Promise<boolean> {
    const scope = scopeOf(context);
    const { config } = this.runtime;
    const pathId = defined(context.object, 'group of the request').document.id;
    const keys = { ids: 'grp_ids', names: 'links', kind: 'group' } as const;
    const { writes, byObject } = parseMultiWrite(body, pathId, keys);
    const times = this.times('bulk');
    const links = new Map([...writes].map(([id, items]) => [id, parseLinks(items, times)]));
    const replaceOlder = byObject && config.api_dialect === 'both';
    const parts = { links: replaceOlder, attributes: false };
    const groups = await this.lookup.readMembers(scope, [...links.keys()], parts);
    const existing = new Map(groups.map((group) => [group.document.id, group]));
    const requests = [...links].map(([id, list]) => ({
      id,
      request: putRequest(list, replaceOlder ? existing.get(id) : undefined),
    }));
    if (config.api_dialect !== '1.0') {
      await this.checkTargets(
        scope,
        [...links.values()].flat().map(({ link }) => link),
      );
    }
    const changed = await inParallel(requests, REQUEST_WIDTH, ({ id, request }) =>
      this.store(scope, id, request),
    );
    return changed.includes(true);
  }

  /**
   * Deletes links; titles that are not there count for nothing.
   *
   * @throws HdfError `not-found` in 1.0 for several titles of which one was never there
   */
  async remove(context: RequestContext, titles: readonly string[], many: boolean): Promise<void> {
    const scope = scopeOf(context);
    const { id } = defined(context.object, 'group of the request').document;
    const refuses = many && this.runtime.config.api_dialect === '1.0';
    const missing = refuses ? 'refuse' : 'ignore';
    const { bucket } = scope.domain;
    await this.nodes.call('link.delete', { bucket, id, titles, missing }, scope.call);
  }

  private async store(
    scope: ObjectScope,
    id: string,
    request: { links: readonly (readonly [string, Link])[]; replaceOlder: boolean },
  ): Promise<boolean> {
    if (request.links.length === 0) return false;
    const { bucket } = scope.domain;
    const { changed } = await this.nodes.call('link.put', { bucket, id, ...request }, scope.call);
    return changed > 0;
  }

  /** Hard links lead to objects of the domain that exist. */
  private async checkTargets(scope: ObjectScope, links: readonly Link[]): Promise<void> {
    const ids = links.flatMap((link) => (link.class === 'H5L_TYPE_HARD' ? [link.id] : []));
    await this.lookup.readMembers(scope, [...new Set(ids)], { links: false, attributes: false });
  }

  private times(route: 'single' | 'bulk') {
    const { clock, config } = this.runtime;
    return { now: clock.now() / 1000, window: createdWindow(config, route) };
  }
}

/**
 * What to put into a group.
 *
 * @param existing the group, when newer links may replace older ones: h5pyd 1.0 sends a link that
 *   was deleted and made again between two flushes as a new one
 */
function putRequest(links: readonly TitledLink[], existing: ObjectRecord | undefined) {
  const replaceOlder = existing !== undefined && links.every(({ sent }) => sent !== undefined);
  const document = existing?.document;
  const stored = document?.kind === 'group' ? document.links : new Map<string, Link>();
  return {
    replaceOlder,
    links: links.map(({ title, link, sent }): readonly [string, Link] => {
      if (!replaceOlder || sent === undefined) return [title, link];
      const { created } = link;
      const time = comparableTime({ sent, stored: stored.get(title)?.created, created });
      return [title, { ...link, created: time }];
    }),
  };
}
