import type { DataNodes, ObjectRecord } from '#dn-client';
import { isGroupId, isRecord, type ObjectParts } from '../object-lookup.js';
import type { ObjectScope } from '../object-scope.js';

/** Objects read at a time: bounds the documents in memory and in one reply. */
const PAGE_OBJECTS = 500;

export interface ReachableRequest {
  /** Groups to start from; they are part of the result. */
  readonly from: readonly string[];
  /** Only groups, or objects of every kind. */
  readonly kinds: 'groups' | 'all';
  readonly attributes: boolean;
}

/**
 * The objects that hard links lead to, nearest first, each once, a page at a time. Soft and
 * external links are not followed; links to deleted objects and to objects of other domains are
 * passed over. Pages hold live documents: read them before the next `await`.
 */
export async function* reachableObjects(
  nodes: DataNodes,
  scope: ObjectScope,
  request: ReachableRequest,
): AsyncGenerator<readonly ObjectRecord[]> {
  const parts: ObjectParts = { links: true, attributes: request.attributes };
  const seen = new Set(request.from);
  let waiting = [...seen];
  while (waiting.length > 0) {
    const next: string[] = [];
    for (let at = 0; at < waiting.length; at += PAGE_OBJECTS) {
      const ids = waiting.slice(at, at + PAGE_OBJECTS);
      const records = await nodes.readObjects(scope.domain.bucket, ids, parts, scope.call);
      const page = [...records.values()].filter(isRecord);
      const found = page.filter(({ document }) => document.root === scope.root);
      for (const record of found) {
        for (const id of hardTargets(record)) {
          if (seen.has(id) || (request.kinds === 'groups' && !isGroupId(id))) continue;
          seen.add(id);
          next.push(id);
        }
      }
      yield found;
    }
    waiting = next;
  }
}

function* hardTargets({ document }: ObjectRecord): Generator<string> {
  if (document.kind !== 'group') return;
  for (const link of document.links.values()) {
    if (link.class === 'H5L_TYPE_HARD') yield link.id;
  }
}
