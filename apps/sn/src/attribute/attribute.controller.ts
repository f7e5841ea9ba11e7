import {
  Controller,
  Delete,
  Get,
  Headers,
  HttpCode,
  Param,
  Post,
  Put,
  Req,
  Res,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { defined, type JsonOut } from '#hdf5';
import {
  Access,
  Ctx,
  queryFlag,
  ServerRuntime,
  type AccessRule,
  type RequestContext,
} from '#server';
import { parseListWindow } from '../object/list-window.js';
import { parseMultiRead } from '../object/multi-read.params.js';
import { AttributeReader } from './attribute.reader.js';
import { parseAttributeView, parseDeletedNames, parseEncoding } from './attribute.params.js';
import { AttributeValueService } from './attribute-value.service.js';
import { readNewValue, requireGroup } from './attribute-requests.js';
import { AttributeWriter } from './attribute.writer.js';

const OBJECT = { domain: 'file', object: 'any' } as const;
const READ: AccessRule = { ...OBJECT, action: 'read', credentials: 'optional', body: 'none' };
const WRITE: AccessRule = { ...OBJECT, action: 'create', credentials: 'required', body: 'json' };
const REMOVE: AccessRule = { ...OBJECT, action: 'delete', credentials: 'required', body: 'none' };
const BYTES = 'application/octet-stream';
const OWNERS = ['groups', 'datasets', 'datatypes'].map((owner) => `${owner}/:id/attributes`);

/** `…/attributes` of groups, datasets and committed datatypes. */
@Controller(OWNERS)
export class AttributeController {
  constructor(
    private readonly reader: AttributeReader,
    private readonly writer: AttributeWriter,
    private readonly values: AttributeValueService,
    private readonly runtime: ServerRuntime,
  ) {}

  @Get()
  @Access(READ)
  list(@Ctx() context: RequestContext): Promise<JsonOut> {
    const { query } = context;
    const window = parseListWindow(query);
    const view = parseAttributeView(query);
    if (!queryFlag(query, 'follow_links')) return this.reader.list(context, window, view);
    requireGroup(context);
    return this.reader.follow(context, window, view);
  }

  /** Reads several attributes, perhaps of several objects. */
  @Post()
  @HttpCode(200)
  @Access({ ...READ, body: 'json' })
  readMany(@Ctx() context: RequestContext): Promise<JsonOut> {
    const { id } = defined(context.object, 'object of the request').document;
    const keys = { ids: 'obj_ids', names: 'attr_names' };
    const read = parseMultiRead(context.body, id, keys);
    return this.reader.readMany(context, read, parseAttributeView(context.query));
  }

  @Put()
  @Access(WRITE)
  async putMany(
    @Ctx() context: RequestContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JsonOut> {
    const changed = await this.writer.putMany(context, queryFlag(context.query, 'replace'));
    reply.code(changed ? 201 : 200);
    return {};
  }

  @Delete()
  @Access(REMOVE)
  async removeMany(@Ctx() context: RequestContext): Promise<JsonOut> {
    await this.writer.remove(context, parseDeletedNames(context.query), true);
    return { hrefs: [] };
  }

  @Get(':name')
  @Access(READ)
  read(@Ctx() context: RequestContext, @Param('name') name: string): Promise<JsonOut> {
    return this.reader.read(context, name, parseAttributeView(context.query, true));
  }

  @Put(':name')
  @Access(WRITE)
  async put(
    @Ctx() context: RequestContext,
    @Param('name') name: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JsonOut> {
    const replace = queryFlag(context.query, 'replace');
    reply.code((await this.writer.put(context, { name, replace })) ? 201 : 200);
    return {};
  }

  @Delete(':name')
  @Access(REMOVE)
  async remove(@Ctx() context: RequestContext, @Param('name') name: string): Promise<JsonOut> {
    await this.writer.remove(context, [name], false);
    return {};
  }

  /** The value alone: packed bytes for exactly that `Accept`, else JSON. */
  @Get(':name/value')
  @Access(READ)
  async readValue(
    @Ctx() context: RequestContext,
    @Param('name') name: string,
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JsonOut | Buffer> {
    const base64 = parseEncoding(context.query);
    const form = {
      bytes: accept === BYTES,
      base64,
      ignoreNan: queryFlag(context.query, 'ignore_nan'),
    };
    const value = await this.values.read(context, name, form);
    if (!(value instanceof Uint8Array)) return value;
    reply.header('content-type', BYTES);
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  }

  @Put(':name/value')
  @Access({ ...OBJECT, action: 'update', credentials: 'required', body: 'stream' })
  async writeValue(
    @Ctx() context: RequestContext,
    @Param('name') name: string,
    @Req() request: FastifyRequest,
  ): Promise<JsonOut> {
    const { max_request_size: bytesMax } = this.runtime.config;
    await this.values.write(context, name, await readNewValue(request, bytesMax));
    return {};
  }
}
