import type { RouteTag, ServeGate } from '#cluster';
import { chunkId, type Json } from '#hdf5';
import {
  isWrite,
  operationKeys,
  type CallContext,
  type DataNode,
  type OperationName,
  type ReplyOf,
  type RequestOf,
} from '#dn-client';
import type { Clock, ObjectStore } from '#storage';
import { Collector } from './background/collector.js';
import { RootChanges } from './background/root-changes.js';
import { rootHandlers, rootOfId, type FlushTimer } from './background/root.handlers.js';
import { chunkHandlers } from './chunk/chunk.handlers.js';
import { Chunks, type ChunkCache } from './chunk/chunks.js';
import { TrimTurns } from './chunk/trim-turns.js';
import { LinkedFiles, type LinkedFileRules } from './chunk/linked-files.js';
import type { Handlers } from './handlers.js';
import { attributeHandlers } from './object/attribute.handlers.js';
import { Documents, type DocumentCache } from './object/documents.js';
import { domainHandlers } from './object/domain.handlers.js';
import { linkHandlers } from './object/link.handlers.js';
import { objectHandlers } from './object/object.handlers.js';
import { ResizeTurns } from './object/resize-turns.js';
import { Tombstones } from './tombstones.js';

export interface DnParts {
  readonly gate: ServeGate;
  readonly store: ObjectStore;
  readonly documents: DocumentCache;
  readonly chunks: ChunkCache;
  readonly clock: Clock;
  /** True when this node owns a name now. */
  readonly owns: (name: string) => boolean;
  /** Runs a flush and takes its time. */
  readonly timed: FlushTimer;
  /** Store chunks that hold only the fill value. */
  readonly writeEmptyChunks: boolean;
  readonly linkedFiles: LinkedFileRules;
  /** Something failed behind an answered request. */
  readonly onBackgroundError: (what: string, error: unknown) => void;
  /** Figures for `/info`. */
  readonly info: () => Json;
}

const MS_PER_S = 1000;

/**
 * A data node: runs every operation between the gate's admission and its confirmation, so that
 * only the one owner of an object ever serves it. The same object answers calls from this process
 * and, behind the controller, from others.
 */
export class DnService implements DataNode {
  readonly collector: Collector;
  private readonly handlers: Handlers;
  private readonly gate: ServeGate;
  private readonly tombstones = new Tombstones();
  private readonly resizeTurns: ResizeTurns;
  private readonly trimTurns = new TrimTurns();
  private inFlight = 0;

  constructor(private readonly parts: DnParts) {
    const { store, clock } = parts;
    const nowS = () => clock.now() / MS_PER_S;
    const changes = new RootChanges(nowS, nowS());
    const noteChange = (id: string) => {
      changes.note(rootOfId(id));
    };
    this.gate = parts.gate;
    this.resizeTurns = new ResizeTurns(clock);
    this.collector = new Collector(store, (root, error) => {
      parts.onBackgroundError(`collecting ${root}`, error);
    });
    const documents = new Documents(parts.documents, this.tombstones, noteChange);
    const chunks = new Chunks(
      parts.chunks,
      new LinkedFiles(store, parts.linkedFiles),
      parts.writeEmptyChunks,
    );
    this.handlers = {
      ...domainHandlers(documents, store, nowS),
      ...objectHandlers(documents, nowS, this.resizeTurns),
      ...linkHandlers(documents, nowS),
      ...attributeHandlers(documents, nowS),
      ...chunkHandlers(chunks, {
        store,
        noteChange,
        turns: this.trimTurns,
        owns: (spec, chunk) => parts.owns(chunkId(spec.datasetId, chunk, spec.partitionCount)),
      }),
      ...rootHandlers({
        documents,
        chunks,
        store,
        collector: this.collector,
        changes,
        nowS,
        info: parts.info,
        timed: parts.timed,
      }),
    };
  }

  /** Operations that run now. */
  get running(): number {
    return this.inFlight;
  }

  async call<K extends OperationName>(
    operation: K,
    request: RequestOf<K>,
    context: CallContext,
  ): Promise<ReplyOf<K>> {
    const keysOf = operationKeys[operation];
    const keys = keysOf === 'every-node' ? [] : keysOf(request);
    const tag: RouteTag | null = context.tag ?? null;
    const ticket = this.gate.admit(tag, keys, isWrite(operation, request) ? 'write' : 'read');
    this.inFlight += 1;
    try {
      const handler = this.handlers[operation] as Handlers<K>[K];
      const reply = await handler(request, context);
      this.gate.confirm(ticket);
      return reply;
    } finally {
      this.inFlight -= 1;
      this.gate.release(ticket);
    }
  }

  /** Ownership changed: what was remembered as deleted may exist again. */
  forget(): void {
    this.tombstones.forgetAll();
    this.resizeTurns.forgetAll();
    this.trimTurns.forgetAll();
  }
}
