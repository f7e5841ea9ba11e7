import {
  HdfError,
  type ChunkSpec,
  type DomainDocument,
  type Elements,
  type ObjectDocument,
} from '#hdf5';
import type { ClusterNode, MembershipView } from '#cluster';
import {
  allOrFirstError,
  doubtsMap,
  groupByOwner,
  isHeld,
  mayHaveRun,
  missing,
  nothing,
  tagged,
  timed,
  type Division,
} from './fan-out.js';
import { HoldQueue, type HeldRequest } from './hold-queue.js';
import { NodeUnreachable } from './wire/error.js';
import { domainKey, operationKeys, partKey } from './keys.js';
import type {
  CallContext,
  DataNode,
  DomainAddress,
  ElementBlock,
  ItemError,
  ObjectRecord,
  OperationName,
  ReplyOf,
  RequestOf,
} from './operations.js';

/** Gives the connection to a node; the same node gives the same connection. */
export type NodeConnector = (node: ClusterNode) => DataNode;

type ChunkOperation =
  'chunk.read' | 'chunk.write' | 'chunk.readPoints' | 'chunk.writePoints' | 'chunk.query';

/**
 * The cluster's data nodes as one: finds the owner of every name, sends each node one request for
 * all that it owns, and asks again on the newest node map when ownership moved meanwhile. A logical
 * call keeps its request id over all tries, so that it is applied once.
 */
export class DataNodes {
  private sequence = 0;

  constructor(
    private readonly membership: MembershipView,
    private readonly connect: NodeConnector,
    readonly hold: HoldQueue,
  ) {
    membership.onChange(() => {
      hold.wake();
    });
  }

  /** Calls the owner of the one name that the request touches. */
  async call<K extends OperationName>(
    operation: K,
    request: RequestOf<K>,
    context: CallContext,
  ): Promise<ReplyOf<K>> {
    const keysOf = operationKeys[operation];
    const key = keysOf === 'every-node' ? '' : keysOf(request)[0];
    if (key === undefined) throw new HdfError('internal', `${operation} names nothing`);
    const held = this.hold.open(0, context.holdUntil);
    const own = this.numbered(context);
    for (;;) {
      const map = this.membership.current();
      try {
        const node = map.nodes[map.ownerOf(key)];
        if (node === undefined) throw new NodeUnreachable('no data node');
        const call = this.connect(node).call(operation, request, tagged(own, map, held));
        const reply = await timed(call, own);
        this.hold.end(held, own.timer);
        return reply;
      } catch (error) {
        await this.waitAfter(error, held, context);
      }
    }
  }

  /** Calls every node of the map; the replies are in node order. */
  async callEvery<K extends OperationName>(
    operation: K,
    request: RequestOf<K>,
    context: CallContext,
  ): Promise<ReplyOf<K>[]> {
    const held = this.hold.open(0, context.holdUntil);
    const own = this.numbered(context);
    for (;;) {
      const map = this.membership.current();
      try {
        if (map.size === 0) throw new NodeUnreachable('no data node');
        const calls = map.nodes.map((node) =>
          timed(this.connect(node).call(operation, request, tagged(own, map, held)), own),
        );
        const replies = await allOrFirstError(calls);
        this.hold.end(held, own.timer);
        return replies;
      } catch (error) {
        await this.waitAfter(error, held, context);
      }
    }
  }

  /** Reads documents of many objects, one request a node. Missing ones are item errors. */
  async readObjects(
    bucket: string,
    ids: readonly string[],
    parts: { links: boolean; attributes: boolean },
    context: CallContext,
  ): Promise<Map<string, ObjectRecord | ItemError>> {
    const unique = [...new Set(ids)];
    const records = await this.divide<'object.read', string, ObjectRecord | ItemError>(
      {
        operation: 'object.read',
        items: unique,
        keyOf: (id) => id,
        request: (some) => ({ bucket, ids: some, ...parts }),
        results: (reply) => reply.objects,
      },
      context,
    );
    return new Map(unique.map((id, index) => [id, records[index] ?? missing(id)]));
  }

  /**
   * Creates all documents or none: what other nodes created is deleted again when one refuses.
   *
   * @throws HdfError `conflict` when an id exists
   */
  async createObjects(
    bucket: string,
    documents: readonly ObjectDocument[],
    context: CallContext,
  ): Promise<void> {
    const created: string[] = [];
    try {
      await this.divide<'object.create', ObjectDocument, null>(
        {
          operation: 'object.create',
          items: documents,
          keyOf: (document) => document.id,
          request: (some) => ({ bucket, documents: some }),
          results: (_reply, count) => new Array<null>(count).fill(null),
        },
        context,
        (done) => created.push(...done.map((document) => document.id)),
      );
    } catch (error) {
      for (const id of created) await this.call('object.delete', { bucket, id }, context);
      throw error;
    }
  }

  /** Reads many domain documents; null for what is not there. */
  async readDomains(
    domains: readonly DomainAddress[],
    context: CallContext,
  ): Promise<readonly (DomainDocument | null)[]> {
    return this.divide<'domain.readMany', DomainAddress, DomainDocument | null>(
      {
        operation: 'domain.readMany',
        items: domains,
        keyOf: domainKey,
        request: (some) => ({ domains: some }),
        results: (reply) => reply.documents,
      },
      context,
    );
  }

  /** Blocks in the order of the parts; null for chunks that are not allocated. */
  async readChunks(
    request: RequestOf<'chunk.read'>,
    context: CallContext,
  ): Promise<readonly (ElementBlock | null)[]> {
    return this.chunks('chunk.read', request, (reply) => reply.blocks, context);
  }

  /** Writes all parts; each chunk must occur once. */
  async writeChunks(request: RequestOf<'chunk.write'>, context: CallContext): Promise<void> {
    await this.chunks('chunk.write', request, nothing, context);
  }

  /** Elements of the points, in the order of the parts and their offsets. */
  async readPoints(
    request: RequestOf<'chunk.readPoints'>,
    context: CallContext,
  ): Promise<readonly (Elements | null)[]> {
    return this.chunks('chunk.readPoints', request, (reply) => reply.elements, context);
  }

  /** Writes points; of equal offsets the last wins. */
  async writePoints(request: RequestOf<'chunk.writePoints'>, context: CallContext): Promise<void> {
    await this.chunks('chunk.writePoints', request, nothing, context);
  }

  /** Matches in the order of the parts. With `limit`, each node stops there: cut the sum. */
  async queryChunks(
    request: RequestOf<'chunk.query'>,
    context: CallContext,
  ): Promise<ReplyOf<'chunk.query'>['matches']> {
    return this.chunks('chunk.query', request, (reply) => reply.matches, context);
  }

  private async chunks<K extends ChunkOperation, O>(
    operation: K,
    request: RequestOf<K>,
    results: (reply: ReplyOf<K>, count: number) => readonly O[],
    context: CallContext,
  ): Promise<readonly O[]> {
    type Part = RequestOf<K>['parts'][number];
    const spec: ChunkSpec = request.spec;
    return this.divide<K, Part, O>(
      {
        operation,
        items: request.parts,
        keyOf: (part) => partKey(spec, part),
        request: (parts) => ({ ...request, parts }),
        results,
      },
      context,
    );
  }

  private async divide<K extends OperationName, I, O>(
    division: Division<K, I, O>,
    context: CallContext,
    onDone?: (items: readonly I[]) => void,
  ): Promise<readonly O[]> {
    const { items } = division;
    if (items.length === 0) return [];
    const results = new Array<O>(items.length);
    const held = this.hold.open(division.bytes ?? 0, context.holdUntil);
    const own = this.numbered(context);
    let pending = items.map((_item, index) => index);
    for (;;) {
      const map = this.membership.current();
      const groups = groupByOwner(pending, (index) => division.keyOf(items[index] as I), map);
      const left: number[] = [];
      const calls = [...groups].map(async ([owner, indices]) => {
        const some = indices.map((index) => items[index] as I);
        try {
          const node = map.nodes[owner];
          if (node === undefined) throw new NodeUnreachable('no data node');
          const request = division.request(some);
          const call = this.connect(node).call(division.operation, request, tagged(own, map, held));
          const partial = division.results(await timed(call, own), some.length);
          indices.forEach((index, at) => (results[index] = partial[at] as O));
          onDone?.(some);
        } catch (error) {
          if (!isHeld(error)) throw error;
          left.push(...indices);
          held.mayHaveRun ||= mayHaveRun(error);
          return error;
        }
        return undefined;
      });
      const failures = await allOrFirstError(calls);
      if (left.length === 0) {
        this.hold.end(held, own.timer);
        return results;
      }
      pending = left.sort((a, b) => a - b);
      const failure = failures.find((error) => error !== undefined);
      await this.waitAfter(failure, held, context);
    }
  }

  private numbered(context: CallContext): CallContext {
    this.sequence += 1;
    return { ...context, requestId: `${context.requestId}.${this.sequence}` };
  }

  private async waitAfter(error: unknown, held: HeldRequest, context: CallContext): Promise<void> {
    if (!isHeld(error) || context.signal?.aborted === true) throw error;
    held.mayHaveRun ||= mayHaveRun(error);
    const before = this.membership.current();
    if (doubtsMap(error)) await this.membership.refresh(error.message);
    if (this.membership.current() !== before && held.attempt === 0) {
      held.attempt += 1;
      return;
    }
    try {
      await this.hold.park(held, error, context.signal);
    } catch (failure) {
      this.hold.end(held, context.timer);
      throw failure;
    }
  }
}
