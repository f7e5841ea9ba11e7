import { Refusal } from '#cluster';
import { errorKind } from '#hdf5';
import {
  decodeCallHead,
  decodeFrame,
  encodeError,
  encodeFrame,
  operationCodecs,
  requestIdOfCall,
  type CallContext,
  type CallHead,
  type DataNode,
  type EncodedFrame,
  type OperationName,
} from '#dn-client';
import { rounded, traceFields, type ServerRuntime } from '#server';
import type { Answer, ServesCalls } from './call-stream.js';

/** A call that has been answered. */
interface Done {
  readonly head: CallHead | undefined;
  readonly status: number;
  readonly durationMs: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

const ID_CHARS_MAX = 64;

/** Runs the calls of service nodes on a data node, and counts, logs and traces each. */
export class ServedCalls implements ServesCalls {
  constructor(
    private readonly node: DataNode,
    private readonly runtime: ServerRuntime,
  ) {}

  async serve(headBytes: Uint8Array, frame: Uint8Array): Promise<Answer> {
    const { clock, load } = this.runtime;
    const begun = clock.monotonic();
    load.begin();
    let head: CallHead | undefined;
    let answer: Answer;
    try {
      head = decodeCallHead(headBytes);
      answer = { status: 200, ...(await this.inSpan(head, frame)) };
    } catch (error) {
      this.note(error, head);
      const { status, body } = encodeError(error);
      answer = { status, parts: [body], byteLength: body.length };
    }
    load.end('POST', true);
    this.record({
      head,
      status: answer.status,
      durationMs: clock.monotonic() - begun,
      bytesIn: headBytes.length + frame.length,
      bytesOut: answer.byteLength,
    });
    return answer;
  }

  private inSpan({ operation, context }: CallHead, frame: Uint8Array): Promise<EncodedFrame> {
    const { tracer } = this.runtime;
    if (tracer === undefined) return this.run(operation, frame, context);
    const { clientId, parent } = context.trace ?? {};
    const attributes = {
      'hsds.operation': operation,
      'hsds.request_id': context.requestId,
      ...(clientId === undefined ? {} : { 'hsds.client_request_id': clientId }),
    };
    return tracer.within({ name: `dn ${operation}`, kind: 'server', attributes, parent }, () =>
      this.run(operation, frame, context),
    );
  }

  private async run<K extends OperationName>(
    operation: K,
    frame: Uint8Array,
    context: CallContext,
  ): Promise<EncodedFrame> {
    const codec = operationCodecs[operation];
    const request = codec.request.decode(decodeFrame(frame));
    const reply = await this.node.call(operation, request, context);
    // What it shows of the cache is lent, or a copy: it does not change before it is sent.
    return encodeFrame(codec.reply(request).encode(reply));
  }

  /** Counts refusals and logs faults; all else is the service node's to report. */
  private note(error: unknown, head: CallHead | undefined): void {
    const { log, metrics } = this.runtime;
    if (error instanceof Refusal) metrics.cluster.refused(error.code);
    const kind = errorKind(error);
    if (kind !== 'internal' && kind !== 'corrupt') return;
    const message = error instanceof Error ? error.message : String(error);
    log.error(message, { req_id: idOf(head), ...(error instanceof Error ? { error } : {}) });
  }

  private record({ head, status, durationMs, bytesIn, bytesOut }: Done): void {
    const { log, metrics } = this.runtime;
    const route = `/dn/${head?.operation ?? 'unknown'}`;
    const method = 'POST';
    metrics.observe('internal', { method, route, status, durationMs, bytesIn, bytesOut });
    if (!log.isEnabled('INFO')) return;
    log.record('INFO', 'request', {
      req_id: idOf(head),
      ...traceFields(head?.context.trace ?? {}),
      route,
      obj_class: head?.operation.split('.', 1)[0],
      status,
      dur_ms: rounded(durationMs),
    });
  }
}

/** The id under which the service node logs the request whose call this is. */
function idOf(head: CallHead | undefined): string {
  return requestIdOfCall(head?.context.requestId.slice(0, ID_CHARS_MAX) ?? '');
}
