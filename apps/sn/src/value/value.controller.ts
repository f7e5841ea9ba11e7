import { Controller, Get, HttpCode, Post, Put, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { defined } from '#hdf5';
import { Access, Ctx, type RequestContext } from '#server';
import { datasetFacts, type DatasetFacts } from './dataset-facts.js';
import { BYTES, sendBytes } from './send-bytes.js';
import { QueryAnswers, type QueryAnswer } from './query-answers.js';
import { ValueReader } from './value.reader.js';
import { ValueWriter } from './value.writer.js';
import { ValueExchange } from './value.exchange.js';
import { parseReadParams, type ReadParams } from './value.params.js';
import { parseWriteParams } from './write-params.js';

interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** Reading and writing the elements of a dataset. */
@Controller('datasets/:id/value')
export class ValueController {
  constructor(
    private readonly reader: ValueReader,
    private readonly writer: ValueWriter,
    private readonly queries: QueryAnswers,
    private readonly exchange: ValueExchange,
  ) {}

  /** A selection of elements, or those that satisfy a query. */
  @Get()
  @Access({
    action: 'read',
    credentials: 'optional',
    domain: 'file',
    object: 'datasets',
    body: 'none',
  })
  async read(
    @Ctx() ctx: RequestContext,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const facts = factsOf(ctx);
    const params = parseReadParams(ctx.query);
    const bytes = wantsBytes(request);
    const memory = { bytes: this.exchange.turns.readBytes(facts, params, bytes) };
    await this.exchange.turns.run(ctx, memory, () =>
      this.sendValue(reply, ctx, { facts, params, bytes }),
    );
  }

  /** Points, or a selection too long for a URL. */
  @Post()
  @HttpCode(200)
  @Access({
    action: 'read',
    credentials: 'optional',
    domain: 'file',
    object: 'datasets',
    body: 'stream',
  })
  async readPoints(
    @Ctx() ctx: RequestContext,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const facts = factsOf(ctx);
    const memory = { bytes: this.exchange.turns.postBytes(facts, request), precious: true };
    await this.exchange.turns.run(ctx, memory, () =>
      this.sendPoints(facts, ctx, { request, reply }),
    );
  }

  /** A selection, points, appended rows, or what a query finds. */
  @Put()
  @Access({
    action: 'update',
    credentials: 'required',
    domain: 'file',
    object: 'datasets',
    body: 'stream',
  })
  async write(
    @Ctx() ctx: RequestContext,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const facts = factsOf(ctx);
    const memory = { bytes: this.exchange.turns.writeBytes(facts, request) };
    await this.exchange.turns.run(ctx, memory, () => this.store(facts, ctx, { request, reply }));
  }

  private async sendValue(
    reply: FastifyReply,
    ctx: RequestContext,
    { facts, params, bytes }: { facts: DatasetFacts; params: ReadParams; bytes: boolean },
  ): Promise<void> {
    if (params.query !== undefined) {
      await this.sendQuery(reply, ctx, await this.queries.read(facts, { params, bytes }, ctx.call));
    } else if (bytes) {
      await sendBytes(reply, await this.reader.bytes(facts, params, ctx.call));
    } else {
      const value = await this.reader.json(facts, params, ctx.call);
      await this.exchange.sendJson(reply, ctx, { status: 200, value });
    }
  }

  private async sendPoints(
    facts: DatasetFacts,
    ctx: RequestContext,
    { request, reply }: Exchange,
  ): Promise<void> {
    const body = await this.exchange.readPost(request);
    const query = this.queries.inPostBody(facts, ctx.query, body);
    if (query !== undefined) {
      const wanted = { params: query, bytes: wantsBytes(request) };
      await this.sendQuery(reply, ctx, await this.queries.read(facts, wanted, ctx.call));
      return;
    }
    const params = parseReadParams(ctx.query);
    if (wantsBytes(request)) {
      await sendBytes(reply, await this.reader.postBytes(facts, params, body, ctx.call));
    } else {
      const value = await this.reader.postJson(facts, params, body, ctx.call);
      await this.exchange.sendJson(reply, ctx, { value });
    }
  }

  private async store(
    facts: DatasetFacts,
    ctx: RequestContext,
    { request, reply }: Exchange,
  ): Promise<void> {
    const body = await this.exchange.readPut(request);
    const params = parseWriteParams(ctx.query, body.json);
    if (params.query !== undefined) {
      const wanted = { params, body: body.json, bytes: wantsBytes(request) };
      await this.sendQuery(reply, ctx, await this.queries.update(facts, wanted, ctx.call));
      return;
    }
    if (body.binary === undefined) await this.writer.json(facts, params, ctx.call);
    else await this.writer.binary(facts, params, body.binary, ctx.call);
    await reply.header('content-type', 'application/json; charset=utf-8').send('{}');
  }

  private async sendQuery(
    reply: FastifyReply,
    ctx: RequestContext,
    answer: QueryAnswer,
  ): Promise<void> {
    if (answer.bytes !== undefined) await sendBytes(reply, answer.bytes);
    else await this.exchange.sendJson(reply, ctx, answer.members);
  }
}

function factsOf(ctx: RequestContext): DatasetFacts {
  const { document } = defined(ctx.object, 'dataset of the request');
  return datasetFacts(defined(ctx.domain, 'domain of the request').bucket, document);
}

/** Only this exact header value asks for bytes (HSDS). */
function wantsBytes(request: FastifyRequest): boolean {
  return request.headers.accept === BYTES;
}
