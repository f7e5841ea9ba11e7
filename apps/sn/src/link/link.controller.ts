import { Controller, Delete, Get, HttpCode, Param, Post, Put, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { defined, type JsonOut } from '#hdf5';
import { Access, Ctx, queryFlag, type AccessRule, type RequestContext } from '#server';
import { parseListWindow } from '../object/list-window.js';
import { checkPathTitle, parseDeletedTitles, parseLinkRead } from './link.params.js';
import { LinkReader } from './link.reader.js';
import { LinkWriter } from './link.writer.js';

const GROUP = { domain: 'file', object: 'groups' } as const;
const READ: AccessRule = { ...GROUP, action: 'read', credentials: 'optional', body: 'none' };
const WRITE: AccessRule = { ...GROUP, action: 'create', credentials: 'required', body: 'json' };
const REMOVE: AccessRule = { ...GROUP, action: 'delete', credentials: 'required', body: 'none' };

/** `/groups/{id}/links`: the links of a group. */
@Controller('groups/:id/links')
export class LinkController {
  constructor(
    private readonly reader: LinkReader,
    private readonly writer: LinkWriter,
  ) {}

  @Get()
  @Access(READ)
  list(@Ctx() context: RequestContext): Promise<JsonOut> {
    const window = parseListWindow(context.query);
    return queryFlag(context.query, 'follow_links')
      ? this.reader.follow(context, window)
      : this.reader.list(context, window);
  }

  /** Reads several links, perhaps of several groups. */
  @Post()
  @HttpCode(200)
  @Access({ ...READ, body: 'json' })
  readMany(@Ctx() context: RequestContext): Promise<JsonOut> {
    const { query, body } = context;
    const { id } = defined(context.object, 'group of the request').document;
    const options = { window: parseListWindow(query), follow: queryFlag(query, 'follow_links') };
    return this.reader.readMany(context, parseLinkRead(body, id, query), options);
  }

  @Put()
  @Access(WRITE)
  async putMany(
    @Ctx() context: RequestContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JsonOut> {
    reply.code((await this.writer.putMany(context, context.body)) ? 201 : 200);
    return {};
  }

  @Delete()
  @Access(REMOVE)
  async removeMany(@Ctx() context: RequestContext): Promise<JsonOut> {
    await this.writer.remove(context, parseDeletedTitles(context.query), true);
    return {};
  }

  @Get(':title')
  @Access(READ)
  read(@Ctx() context: RequestContext, @Param('title') title: string): Promise<JsonOut> {
    return this.reader.read(context, checkPathTitle(title));
  }

  @Put(':title')
  @Access(WRITE)
  async put(
    @Ctx() context: RequestContext,
    @Param('title') title: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JsonOut> {
    const isNew = await this.writer.put(context, checkPathTitle(title), context.body);
    reply.code(isNew ? 201 : 200);
    return { hrefs: [] };
  }

  @Delete(':title')
  @Access(REMOVE)
  async remove(@Ctx() context: RequestContext, @Param('title') title: string): Promise<JsonOut> {
    await this.writer.remove(context, [checkPathTitle(title)], false);
    return {};
  }
}
