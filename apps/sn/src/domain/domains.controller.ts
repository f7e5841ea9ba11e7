import { Controller, Get } from '@nestjs/common';
import type { JsonOut } from '#hdf5';
import { Access, Ctx, type RequestContext } from '#server';
import { ListingAnswer } from './listing.answer.js';

/** `/domains`: what is directly below a folder. No ACL is checked (tools list `/home/`). */
@Controller('domains')
export class DomainsController {
  constructor(private readonly listings: ListingAnswer) {}

  @Get()
  @Access({ action: null, credentials: 'optional', domain: 'folder-path', body: 'none' })
  list(@Ctx() context: RequestContext): Promise<JsonOut> {
    return this.listings.list(context);
  }
}
