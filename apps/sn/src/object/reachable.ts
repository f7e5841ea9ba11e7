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
  const frontier = new Frontier(request);
  while (frontier.hasMore) {
    const ids = frontier.take(PAGE_OBJECTS);
    const records = await nodes.readObjects(scope.domain.bucket, ids, parts, scope.call);
    const page = [...records.values()].filter(isRecord);
    const found = page.filter(({ document }) => document.root === scope.root);
    for (const record of found) frontier.add(hardTargets(record));
    yield found;
  }
}

/** Ids that were found and not yet read, in the order in which they were found. */
class Frontier {
  private readonly seen: Set<string>;
  private waiting: string[];
  private at = 0;

  constructor(private readonly request: ReachableRequest) {
    this.seen = new Set(request.from);
    this.waiting = [...this.seen];
  }

  get hasMore(): boolean {
    return this.at < this.waiting.length;
  }

  take(count: number): string[] {
    const ids = this.waiting.slice(this.at, this.at + count);
    this.at += ids.length;
    if (!this.hasMore) {
      this.waiting = [];
      this.at = 0;
    }
    return ids;
  }

  add(ids: Iterable<string>): void {
    for (const id of ids) {
      if (this.seen.has(id) || (this.request.kinds === 'groups' && !isGroupId(id))) continue;
      this.seen.add(id);
      this.waiting.push(id);
    }
  }
}

function* hardTargets({ document }: ObjectRecord): Generator<string> {
  if (document.kind !== 'group') return;
  for (const link of document.links.values()) {
    if (link.class === 'H5L_TYPE_HARD') yield link.id;
  }
}
