import { Injectable } from '@nestjs/common';
import { collectionOf, type Collection, type JsonOut } from '#hdf5';
import { DataNodes } from '#dn-client';
import { Hrefs, ServerRuntime, type RequestContext } from '#server';
import { reachableObjects } from '../object/reachable.js';
import { scopeOf } from '../object-scope.js';
import type { IdWindow } from './collection.params.js';

/** Lists the ids of a domain's objects of one kind. */
@Injectable()
export class CollectionService {
  constructor(
    private readonly nodes: DataNodes,
    private readonly runtime: ServerRuntime,
  ) {}

  /** Ids of the objects that hard links lead to from the root, but the root, ascending. */
  async list(context: RequestContext, collection: Collection, window: IdWindow): Promise<JsonOut> {
    const scope = scopeOf(context);
    const { root } = scope;
    const kinds = collection === 'groups' ? 'groups' : 'all';
    const request = { from: [root], kinds, attributes: false } as const;
    const ids: string[] = [];
    for await (const page of reachableObjects(this.nodes, scope, request)) {
      for (const { document } of page) {
        if (document.id !== root && collectionOf(document.id) === collection) ids.push(document.id);
      }
    }
    const hrefs = new Hrefs(this.runtime.config.hsds_endpoint, context);
    return {
      [collection]: cutIds(ids.sort(), window),
      hrefs: hrefs.collection(collection, root),
    };
  }
}

function cutIds(sorted: readonly string[], { marker, limit }: IdWindow): string[] {
  const after = marker === undefined ? sorted : sorted.filter((id) => id > marker);
  return after.slice(0, limit);
}
