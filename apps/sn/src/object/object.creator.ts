import { Injectable } from '@nestjs/common';
import {
  HdfError,
  ID_RANDOM_BYTES,
  newObjectId,
  type ObjectDocument,
  type ObjectKind,
} from '#hdf5';
import { DataNodes } from '#dn-client';
import { ServerRuntime } from '#server';
import { inParallel, REQUEST_WIDTH } from '../in-parallel.js';
import { ObjectLookup } from '../object-lookup.js';
import type { ObjectScope } from '../object-scope.js';
import type { Placement } from './placement.params.js';
import { PlacementPlan } from './placement-plan.js';

/** A new object, checked, with all that comes with it. */
export interface NewObject {
  readonly document: ObjectDocument;
  /** Undefined for an anonymous object. */
  readonly placement?: Placement | undefined;
  /** Stores initial content, once the object exists and before it is linked. */
  readonly fill?: (() => Promise<void>) | undefined;
  /** Removes that content, when the object is not to stay. */
  readonly unfill?: (() => Promise<void>) | undefined;
}

export interface CreateOptions {
  /** Whether missing groups of paths are made. */
  readonly implicit: boolean;
  /** Unix seconds. */
  readonly now: number;
}

/** How often a lost race for an implicit group is tried anew. */
const RACES_MAX = 3;

/** Creates objects, fills and links them: all that one request asks for, or nothing. */
@Injectable()
export class ObjectCreator {
  constructor(
    private readonly nodes: DataNodes,
    private readonly lookup: ObjectLookup,
    private readonly runtime: ServerRuntime,
  ) {}

  /** A new id in the domain. */
  newId(kind: ObjectKind, root: string): string {
    return newObjectId(kind, root, this.runtime.random.bytes(ID_RANDOM_BYTES));
  }

  /**
   * @throws HdfError `invalid` for ids that exist and paths through other things than groups;
   *   `conflict` for taken titles; `not-found` or `gone` for parents. Nothing stays then.
   */
  async create(
    scope: ObjectScope,
    items: readonly NewObject[],
    options: CreateOptions,
  ): Promise<void> {
    refuseTwins(items);
    for (let race = 1; ; race++) {
      const plan = await this.plan(scope, items, options);
      try {
        await this.apply(scope, items, plan);
        return;
      } catch (error) {
        // Another request may have made the same implicit group first: now it is there to use.
        const lostRace = error instanceof HdfError && error.kind === 'conflict';
        if (!lostRace || plan.newGroups.length === 0 || race === RACES_MAX) throw error;
      }
    }
  }

  private async plan(
    scope: ObjectScope,
    items: readonly NewObject[],
    options: CreateOptions,
  ): Promise<PlacementPlan> {
    const { root } = scope;
    const parents = new Set(items.flatMap(({ placement }) => placement?.groupId ?? []));
    await this.lookup.readMembers(scope, [...parents], { links: false, attributes: false });
    const plan = new PlacementPlan({
      ...options,
      root,
      newGroupId: () => this.newId('group', root),
      findLink: (groupId, title) => this.lookup.findLink(scope, groupId, title),
    });
    for (const { placement, document } of items) {
      if (placement !== undefined) await plan.place(placement, document.id);
    }
    return plan;
  }

  private async apply(
    scope: ObjectScope,
    items: readonly NewObject[],
    plan: PlacementPlan,
  ): Promise<void> {
    const documents = [...plan.newGroups, ...items.map((item) => item.document)];
    const { bucket } = scope.domain;
    await this.createDocuments(scope, documents);
    const linked: (readonly [id: string, titles: readonly string[]])[] = [];
    try {
      await inParallel(items, REQUEST_WIDTH, async (item) => item.fill?.());
      for (const [id, links] of plan.newLinks) {
        const request = { bucket, id, links: [...links], replaceOlder: false };
        await this.nodes.call('link.put', request, scope.call);
        linked.push([id, [...links.keys()]]);
      }
    } catch (error) {
      await this.undo(scope, items, { documents, linked });
      throw error;
    }
  }

  private async createDocuments(
    scope: ObjectScope,
    documents: readonly ObjectDocument[],
  ): Promise<void> {
    try {
      await this.nodes.createObjects(scope.domain.bucket, documents, scope.call);
    } catch (error) {
      if (!(error instanceof HdfError) || error.kind !== 'conflict') throw error;
      // HSDS answers 400, not 409, to an id that exists (1.0 suite).
      throw new HdfError('invalid', error.message, { cause: error });
    }
  }

  /** Takes back what `apply` did. What fails here is left behind: the first error is the answer. */
  private async undo(
    scope: ObjectScope,
    items: readonly NewObject[],
    done: {
      documents: readonly ObjectDocument[];
      linked: readonly (readonly [id: string, titles: readonly string[]])[];
    },
  ): Promise<void> {
    const { bucket } = scope.domain;
    const { nodes } = this;
    await Promise.allSettled(
      done.linked.map(([id, titles]) =>
        nodes.call('link.delete', { bucket, id, titles, missing: 'ignore' }, scope.call),
      ),
    );
    await inParallel(items, REQUEST_WIDTH, (item) =>
      Promise.allSettled(item.unfill === undefined ? [] : [item.unfill()]),
    );
    await inParallel(done.documents, REQUEST_WIDTH, ({ id }) =>
      Promise.allSettled([nodes.call('object.delete', { bucket, id }, scope.call)]),
    );
  }
}

function refuseTwins(items: readonly NewObject[]): void {
  const seen = new Set<string>();
  for (const { document } of items) {
    if (seen.has(document.id)) throw new HdfError('invalid', `id ${document.id} is given twice`);
    seen.add(document.id);
  }
}
