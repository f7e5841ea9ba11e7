/** Routes of every kind, that answer with what the guard found. */
import { Controller, Delete, Get, Post, Put, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { HdfError, JsonFloat, type JsonOut } from '#hdf5';
import { Access, Ctx } from '../access.js';
import { bodyStream } from '../body.js';
import { BY_PATH_SEGMENT } from '../route-table.js';
import type { AccessRule, RequestContext } from '../request-context.js';

const READ: AccessRule = { action: 'read', credentials: 'optional', domain: 'file', body: 'none' };
const OPEN: AccessRule = { action: null, credentials: 'ignored', domain: 'none', body: 'none' };

@Controller()
export class TestController {
  @Get()
  @Access({ ...READ, domain: 'optional-any' })
  root(@Ctx() { domain, bucket, domainParam }: RequestContext): JsonOut {
    return { domain: domain?.path, bucket, domainParam };
  }

  @Get('domains')
  @Access({ ...READ, action: null, domain: 'folder-path' })
  list(@Ctx() { domain }: RequestContext): JsonOut {
    return { path: domain?.path };
  }

  @Get(`groups/${BY_PATH_SEGMENT}`)
  @Access(READ)
  byPath(@Ctx() { query }: RequestContext): JsonOut {
    return { h5path: query.get('h5path') };
  }

  @Get('groups/:id')
  @Access({ ...READ, object: 'groups' })
  group(@Ctx() { object, query, user }: RequestContext): JsonOut {
    return { id: object?.document.id, user: user.name, attrs: query.get('include_attrs') };
  }

  @Put('groups/:id/links')
  @Access({
    action: 'create',
    credentials: 'required',
    domain: 'file',
    object: 'groups',
    body: 'json',
  })
  put(@Ctx() { body, call }: RequestContext): JsonOut {
    return { body: body ?? null, durability: call.durability ?? null };
  }

  @Delete('groups/:id')
  @Access({ ...READ, action: 'delete', body: 'json-optional' })
  remove(@Ctx() { body }: RequestContext): JsonOut {
    return { body: body ?? 'none' };
  }

  @Post('stream')
  @Access({ ...OPEN, body: 'stream' })
  async stream(@Req() request: FastifyRequest): Promise<JsonOut> {
    let bytes = 0;
    for await (const chunk of bodyStream(request)) bytes += (chunk as Buffer).length;
    return { bytes };
  }

  @Get('numbers')
  @Access(OPEN)
  numbers(): JsonOut {
    return { big: 2n ** 63n, nan: NaN, one: new JsonFloat(1), text: 'é' };
  }

  @Get('bytes')
  @Access(OPEN)
  bytes(): Uint8Array {
    return Buffer.from([1, 2, 3]);
  }

  @Get('fail')
  @Access(OPEN)
  fail(@Req() request: FastifyRequest): never {
    if (request.originalUrl.includes('bug')) throw new Error('secret detail');
    throw new HdfError('unavailable', 'data node\r\nX: 数', { retryAfterS: 2.5 });
  }
}
