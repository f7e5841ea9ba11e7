import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { defined, HdfError, isJsonMap, parseJson, type JsonMap } from '#hdf5';
import {
  announcedBytes,
  bodyStream,
  hasBody,
  Hrefs,
  readBody,
  ServerRuntime,
  type RequestContext,
} from '#server';
import { replyBytes, type ReplyMembers } from './value-text.js';
import { ValueTurns } from './value-turns.js';
import type { BinaryBody } from './value.writer.js';
import type { PostBody } from './value.reader.js';

/** Bodies of value requests in (JSON whole, bytes as the writer wants them), JSON replies out, and when. */
@Injectable()
export class ValueExchange {
  constructor(
    private readonly runtime: ServerRuntime,
    readonly turns: ValueTurns,
  ) {}

  /** @throws HdfError `invalid`, `too-large` */
  async readPost(request: FastifyRequest): Promise<PostBody> {
    const binary = isBinary(request);
    const bytes = await readBody(request, this.bytesMax);
    if (bytes === undefined) throw new HdfError('invalid', 'POST Value with no body');
    return binary
      ? { json: undefined, bytes }
      : { json: jsonObject(bytes, 'POST Value'), bytes: undefined };
  }

  /** @throws HdfError `invalid`, `too-large` */
  async readPut(
    request: FastifyRequest,
  ): Promise<{ json: JsonMap | undefined; binary: BinaryBody | undefined }> {
    if (!hasBody(request)) throw new HdfError('invalid', 'PUT Value with no body');
    if (isBinary(request)) return { json: undefined, binary: this.binary(request) };
    const bytes = await readBody(request, this.bytesMax);
    if (bytes === undefined) throw new HdfError('invalid', 'PUT Value with no body');
    return { json: jsonObject(bytes, 'PUT Value'), binary: undefined };
  }

  /** Sends the members of a reply and its `hrefs`; only changes name a charset (HSDS). */
  async sendJson(reply: FastifyReply, ctx: RequestContext, members: ReplyMembers): Promise<void> {
    const { document } = defined(ctx.object, 'dataset of the request');
    const hrefs = new Hrefs(this.runtime.config.hsds_endpoint, ctx);
    const bytes = replyBytes({ ...members, hrefs: hrefs.value(document.id, document.root) });
    const charset = reply.request.method === 'PUT' ? '; charset=utf-8' : '';
    await reply.header('content-type', `application/json${charset}`).send(bytes);
  }

  private binary(request: FastifyRequest): BinaryBody {
    const compressed = request.headers['content-encoding'] !== undefined;
    return {
      announced: compressed ? undefined : announcedBytes(request),
      stream: () => bodyStream(request),
      read: async () => (await readBody(request, this.bytesMax)) ?? new Uint8Array(0),
    };
  }

  private get bytesMax(): number {
    return this.runtime.config.max_request_size;
  }
}

/** @throws HdfError `invalid` for a type that is neither bytes nor JSON */
function isBinary(request: FastifyRequest): boolean {
  const type = request.raw.headers['content-type'];
  if (type === undefined || type.includes('application/json')) return false;
  if (type.includes('application/octet-stream')) return true;
  throw new HdfError('invalid', `Unknown content_type: ${type}`);
}

function jsonObject(bytes: Uint8Array, what: string): JsonMap {
  const json = parseJson(bytes);
  if (!isJsonMap(json)) throw new HdfError('invalid', `${what}: expected a JSON object`);
  return json;
}
