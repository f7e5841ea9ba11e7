import { Controller, Delete, Get, HttpCode, Post } from '@nestjs/common';
import type { JsonOut } from '#hdf5';
import { Access, BY_PATH_SEGMENT, Ctx, type RequestContext } from '#server';
import { ObjectReader } from '../object/object.reader.js';
import { parseReadObject } from '../object/object.params.js';
import { GroupService } from './group.service.js';

/** `/groups`: creation, and one group by id or path. */
@Controller('groups')
export class GroupController {
  constructor(
    private readonly groups: GroupService,
    private readonly reader: ObjectReader,
  ) {}

  @Post()
  @HttpCode(201)
  @Access({ action: 'create', credentials: 'required', domain: 'file', body: 'json-optional' })
  create(@Ctx() context: RequestContext): Promise<JsonOut> {
    return this.groups.create(context);
  }

  @Get(BY_PATH_SEGMENT)
  @Access({ action: 'read', credentials: 'optional', domain: 'file', body: 'none' })
  readByPath(@Ctx() context: RequestContext): Promise<JsonOut> {
    return this.reader.readByPath(context, 'groups', parseReadObject(context.query));
  }

  @Get(':id')
  @Access({
    action: 'read',
    credentials: 'optional',
    domain: 'file',
    object: 'groups',
    body: 'none',
  })
  read(@Ctx() context: RequestContext): Promise<JsonOut> {
    return this.reader.read(context, parseReadObject(context.query));
  }

  @Delete(':id')
  @Access({
    action: 'delete',
    credentials: 'required',
    domain: 'file',
    object: 'groups',
    body: 'none',
  })
  async remove(@Ctx() context: RequestContext): Promise<JsonOut> {
    await this.groups.remove(context);
    return {};
  }
}
