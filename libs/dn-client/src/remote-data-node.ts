import type { Clock } from '#storage';
import type { CallContext, DataNode, OperationName, ReplyOf, RequestOf } from './operations.js';
import { encodeCallHead } from './wire/call-head.js';
import { CallLink, type CallAnswer } from './wire/call-link.js';
import { operationCodecs } from './wire/codecs.js';
import { NodeUnreachable, decodeError } from './wire/error.js';
import { decodeFrame, encodeFrame } from './wire/frame.js';

/** How a service node talks to one data node. */
export interface RemoteDataNodeOptions {
  readonly host: string;
  readonly port: number;
  /** Connections for elements; documents have one of their own, so that they need not wait. */
  readonly connections: number;
  /** No answer for so long fails the try, milliseconds. */
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/** A data node of another process, over a few kept connections. */
export class RemoteDataNode implements DataNode {
  private documents: CallLink | undefined;
  private readonly elements: CallLink[] = [];

  constructor(private readonly options: RemoteDataNodeOptions) {}

  async call<K extends OperationName>(
    operation: K,
    request: RequestOf<K>,
    context: CallContext,
  ): Promise<ReplyOf<K>> {
    const codec = operationCodecs[operation];
    const { parts, byteLength } = encodeFrame(codec.request.encode(request));
    context.signal?.throwIfAborted();
    const link = operation.startsWith('chunk.') ? this.elementsLink() : this.documentsLink();
    const head = encodeCallHead(operation, context);
    const answer = await link.call(head, parts, byteLength).catch(this.unreachable);
    if (answer.status !== 200) throw decodeError(answer.status, answer.body);
    return codec.reply(request).decode(decodeFrame(answer.body));
  }

  /** Lets running calls finish and closes the connections. */
  close(): void {
    this.documents?.close();
    for (const link of this.elements) link.close();
  }

  private readonly unreachable = (error: Error): CallAnswer => {
    const { host, port } = this.options;
    throw new NodeUnreachable(`data node ${host}:${port}: ${error.message}`, error);
  };

  private documentsLink(): CallLink {
    if (this.documents?.open !== true) this.documents = new CallLink(this.options);
    return this.documents;
  }

  /** One that is idle, else a new one, else the least busy. */
  private elementsLink(): CallLink {
    const { elements, options } = this;
    const open = elements.filter((link) => link.open);
    if (open.length < elements.length) elements.splice(0, elements.length, ...open);
    const [first, ...others] = elements;
    const least = others.reduce((a, b) => (b.busy < (a?.busy ?? Infinity) ? b : a), first);
    if (least !== undefined && (least.busy === 0 || elements.length >= options.connections)) {
      return least;
    }
    const link = new CallLink(options);
    elements.push(link);
    return link;
  }
}
