import { Controller, Get, HttpCode, Param, Put } from '@nestjs/common';
import type { JsonOut } from '#hdf5';
import { Access, Ctx, type RequestContext } from '#server';
import { parsePermissions } from './acl.params.js';
import { AclService } from './acl.service.js';

/** `/acls`: who may do what with a domain or folder. */
@Controller('acls')
export class AclController {
  constructor(private readonly acls: AclService) {}

  @Get()
  @Access({ action: 'readACL', credentials: 'optional', domain: 'any', body: 'none' })
  list(@Ctx() context: RequestContext): JsonOut {
    return this.acls.list(context);
  }

  /** The permission that is needed depends on whose entry it is: the service checks. */
  @Get(':user')
  @Access({ action: null, credentials: 'optional', domain: 'any', body: 'none' })
  read(@Ctx() context: RequestContext, @Param('user') user: string): JsonOut {
    return this.acls.read(context, user);
  }

  /** HSDS itself checks no permission here (a hole): `updateACL` is required. */
  @Put(':user')
  @HttpCode(201)
  @Access({ action: 'updateACL', credentials: 'required', domain: 'any', body: 'json' })
  async put(@Ctx() context: RequestContext, @Param('user') user: string): Promise<JsonOut> {
    await this.acls.put(context, user, parsePermissions(context.body));
    return {};
  }
}
