import { Controller, Get } from '@nestjs/common';
import type { JsonOut } from '#hdf5';
import { Access, Ctx, type AccessRule, type RequestContext } from '#server';
import { parseIdWindow } from './collection.params.js';
import { CollectionService } from './collection.service.js';

const READ: AccessRule = {
  action: 'read',
  credentials: 'optional',
  domain: 'file',
  body: 'none',
};

/** `GET /groups`, `/datasets`, `/datatypes`: ids of the objects of a domain. */
@Controller()
export class CollectionController {
  constructor(private readonly collections: CollectionService) {}

  @Get('groups')
  @Access(READ)
  groups(@Ctx() context: RequestContext): Promise<JsonOut> {
    return this.collections.list(context, 'groups', parseIdWindow(context.query));
  }

  @Get('datasets')
  @Access(READ)
  datasets(@Ctx() context: RequestContext): Promise<JsonOut> {
    return this.collections.list(context, 'datasets', parseIdWindow(context.query));
  }

  @Get('datatypes')
  @Access(READ)
  datatypes(@Ctx() context: RequestContext): Promise<JsonOut> {
    return this.collections.list(context, 'datatypes', parseIdWindow(context.query));
  }
}
