import { Controller, Delete, Get, HttpCode, Post } from '@nestjs/common';
import type { JsonOut } from '#hdf5';
import { Access, BY_PATH_SEGMENT, Ctx, type RequestContext } from '#server';
import { ObjectReader } from '../object/object.reader.js';
import { parseReadObject } from '../object/object.params.js';
import { DatatypeService } from './datatype.service.js';

/** `/datatypes`: committed datatypes, by id or path. */
@Controller('datatypes')
export class DatatypeController {
  constructor(
    private readonly datatypes: DatatypeService,
    private readonly reader: ObjectReader,
  ) {}

  @Post()
  @HttpCode(201)
  @Access({ action: 'create', credentials: 'required', domain: 'file', body: 'json' })
  create(@Ctx() context: RequestContext): Promise<JsonOut> {
    return this.datatypes.create(context);
  }

  @Get(BY_PATH_SEGMENT)
  @Access({ action: 'read', credentials: 'optional', domain: 'file', body: 'none' })
  readByPath(@Ctx() context: RequestContext): Promise<JsonOut> {
    return this.reader.readByPath(context, 'datatypes', parseReadObject(context.query));
  }

  @Get(':id')
  @Access({
    action: 'read',
    credentials: 'optional',
    domain: 'file',
    object: 'datatypes',
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
    object: 'datatypes',
    body: 'none',
  })
  async remove(@Ctx() context: RequestContext): Promise<JsonOut> {
    await this.datatypes.remove(context);
    return {};
  }
}
