import { Injectable } from '@nestjs/common';
import type { JsonOut } from '#hdf5';
import { DataNodes } from '#dn-client';
import { ServerRuntime } from '#server';
import { objectMembers } from '../object/object-json.js';
import { reachableObjects } from '../object/reachable.js';
import type { ObjectScope } from '../object-scope.js';

/** Objects by id, as `domain_objs` shows them. */
export type DomainObjectsJson = ReadonlyMap<string, JsonOut>;

/**
 * Collects `domain_objs`: all that hard links lead to from the root. Clients answer questions from
 * it without asking the server again, so it is complete or not there at all.
 */
@Injectable()
export class DomainObjects {
  constructor(
    private readonly nodes: DataNodes,
    private readonly runtime: ServerRuntime,
  ) {}

  /**
   * @param includeAttributes as asked for: 0.9 clients do, 1.0 clients do not and get them anyway
   * @returns undefined when the domain has too many objects, or, for 1.0 clients, when it has
   *   changed of late: they never look again, so a domain under change must not be shown
   */
  async collect(
    scope: ObjectScope,
    includeAttributes: boolean,
  ): Promise<DomainObjectsJson | undefined> {
    const dialect = this.runtime.config.api_dialect;
    const live = dialect === '0.9' || (dialect === 'both' && includeAttributes);
    const attributes = dialect !== '0.9' || includeAttributes;
    if (live) return this.gather(scope, attributes);
    const before = await this.lastChange(scope);
    const quietS = this.runtime.clock.now() / 1000 - before;
    if (quietS < this.runtime.config.scan_wait_time) return undefined;
    const objects = await this.gather(scope, attributes);
    return (await this.lastChange(scope)) === before ? objects : undefined;
  }

  private async gather(
    scope: ObjectScope,
    attributes: boolean,
  ): Promise<DomainObjectsJson | undefined> {
    const { domain_req_max_objects_limit: limit, api_dialect: dialect } = this.runtime.config;
    const objects = new Map<string, JsonOut>();
    const request = { from: [scope.root], kinds: 'all', attributes } as const;
    for await (const page of reachableObjects(this.nodes, scope, request)) {
      if (objects.size + page.length >= limit) return undefined;
      for (const record of page) {
        const view = { dialect, links: true, attributes };
        objects.set(record.document.id, objectMembers(record, view));
      }
    }
    return objects;
  }

  /** Unix seconds of the newest change that any node has seen; 0 for none since their start. */
  private async lastChange({ domain, root, call }: ObjectScope): Promise<number> {
    const request = { bucket: domain.bucket, root };
    const replies = await this.nodes.callEvery('root.lastChange', request, call);
    return Math.max(0, ...replies.map((reply) => reply.at));
  }
}
