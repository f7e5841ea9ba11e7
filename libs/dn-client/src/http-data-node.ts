import { Pool, type Dispatcher } from 'undici';
import type { CallContext, DataNode, OperationName, ReplyOf, RequestOf } from './operations.js';
import { encodeContext } from './wire/call-headers.js';
import { operationCodecs } from './wire/codecs.js';
import { NodeUnreachable, decodeError } from './wire/error.js';
import { decodeFrame, encodeFrame } from './wire/frame.js';

/** How long and over how many connections a service node talks to one data node. */
export interface HttpDataNodeOptions {
  readonly connections: number;
  /** No answer for so long fails the try, milliseconds. */
  readonly timeoutMs: number;
}

interface Answer {
  readonly status: number;
  readonly body: Uint8Array;
}

/** A data node over HTTP: `POST /dn/<operation>` with a frame both ways. */
export class HttpDataNode implements DataNode {
  private readonly pool: Pool;

  constructor(
    private readonly origin: string,
    options: HttpDataNodeOptions,
  ) {
    this.pool = new Pool(origin, {
      connections: options.connections,
      // The node closes idle connections after 65 s; this side must be the first (protocol E14).
      keepAliveTimeout: 55_000,
      headersTimeout: options.timeoutMs,
      bodyTimeout: options.timeoutMs,
      connect: { timeout: Math.min(options.timeoutMs, 3_000) },
    });
  }

  async call<K extends OperationName>(
    operation: K,
    request: RequestOf<K>,
    context: CallContext,
  ): Promise<ReplyOf<K>> {
    const codec = operationCodecs[operation];
    const frame = encodeFrame(codec.request.encode(request));
    const answer = await this.post(`/dn/${operation}`, frame, context);
    if (answer.status !== 200) throw decodeError(answer.status, answer.body);
    return codec.reply(request).decode(decodeFrame(answer.body));
  }

  /** Lets running calls finish and closes the connections. */
  async close(): Promise<void> {
    await this.pool.close();
  }

  private post(
    path: string,
    frame: { parts: Uint8Array[]; byteLength: number },
    context: CallContext,
  ): Promise<Answer> {
    const body = frame.parts.length === 1 ? frame.parts[0] : Buffer.concat(frame.parts);
    return new Promise((resolve, reject) => {
      const options: Dispatcher.DispatchOptions = {
        path,
        method: 'POST',
        headers: {
          ...encodeContext(context),
          'content-type': 'application/octet-stream',
          'content-length': String(frame.byteLength),
        },
        body: body ?? null,
      };
      const fail = (error: Error) => {
        reject(new NodeUnreachable(`data node ${this.origin}: ${error.message}`, error));
      };
      this.pool.dispatch(options, new AnswerCollector(resolve, fail, context.signal));
    });
  }
}

/** Collects an answer into one buffer of the announced length. */
class AnswerCollector implements Dispatcher.DispatchHandler {
  private status = 0;
  private body: Uint8Array = new Uint8Array(0);
  private received = 0;

  constructor(
    private readonly done: (answer: Answer) => void,
    private readonly failed: (error: Error) => void,
    private readonly signal: AbortSignal | undefined,
  ) {}

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.signal?.aborted === true) controller.abort(new Error('the request was cancelled'));
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    statusCode: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    this.status = statusCode;
    this.body = Buffer.allocUnsafeSlow(Number(headers['content-length'] ?? 0));
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.received + chunk.length > this.body.length) {
      controller.abort(new Error('the answer is longer than announced'));
      return;
    }
    this.body.set(chunk, this.received);
    this.received += chunk.length;
  }

  onResponseEnd(): void {
    if (this.received === this.body.length) {
      this.done({ status: this.status, body: this.body });
    } else {
      this.failed(new Error(`${this.received} of ${this.body.length} bytes arrived`));
    }
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.failed(error);
  }
}
