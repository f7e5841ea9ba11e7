import { Controller, HttpCode, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from '#cluster';
import { errorKind, HdfError } from '#hdf5';
import {
  decodeContext,
  decodeFrame,
  encodeError,
  encodeFrame,
  isOperationName,
  operationCodecs,
  type CallContext,
  type DataNode,
  type OperationName,
} from '#dn-client';
import { Access, loggedId, readBody, ServerRuntime } from '#server';
import { DATA_NODE } from './data-node.module.js';

/**
 * Longest frame that a data node takes. A page of elements is 8 MiB; elements of variable length,
 * whose size is only guessed when pages are cut, may make it longer.
 */
const FRAME_BYTES_MAX = 512 * 1024 * 1024;

/** The data node's own door: `POST /dn/<operation>`, frames both ways. */
@Controller('dn')
export class DnController {
  constructor(
    @Inject(DATA_NODE) private readonly node: DataNode,
    private readonly runtime: ServerRuntime,
  ) {}

  @Post(':operation')
  @HttpCode(200)
  @Access({
    action: null,
    credentials: 'ignored',
    domain: 'none',
    body: 'stream',
    always: true,
  })
  async call(
    @Param('operation') operation: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    try {
      if (!isOperationName(operation)) {
        throw new HdfError('invalid', `unknown operation '${operation.slice(0, 64)}'`);
      }
      const context = decodeContext(request.headers);
      const body = await readBody(request, FRAME_BYTES_MAX);
      const answer = await this.run(operation, body ?? new Uint8Array(0), context);
      await reply.header('content-type', 'application/octet-stream').send(answer);
    } catch (error) {
      this.note(error, request);
      const { status, body } = encodeError(error);
      await reply.code(status).header('content-type', 'application/octet-stream').send(body);
    }
  }

  /** Counts refusals and logs faults; all else is the service node's to report. */
  private note(error: unknown, request: FastifyRequest): void {
    const { log, metrics } = this.runtime;
    if (error instanceof Refusal) metrics.cluster.refused(error.code);
    const kind = errorKind(error);
    if (kind !== 'internal' && kind !== 'corrupt') return;
    const message = error instanceof Error ? error.message : String(error);
    log.error(message, { req_id: loggedId(request), ...(error instanceof Error ? { error } : {}) });
  }

  private async run<K extends OperationName>(
    operation: K,
    body: Uint8Array,
    context: CallContext,
  ): Promise<Uint8Array> {
    const codec = operationCodecs[operation];
    const request = codec.request.decode(decodeFrame(body));
    const reply = await this.node.call(operation, request, context);
    return Buffer.concat(encodeFrame(codec.reply(request).encode(reply)).parts);
  }
}
