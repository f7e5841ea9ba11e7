import { Controller, HttpCode, Post } from '@nestjs/common';
import { MembershipService } from '#cluster';
import type { JsonOut } from '#hdf5';
import { Access } from './access.js';

/** A node tells another that the epoch record has changed; what it says is not believed. */
@Controller('internal/hint')
export class HintController {
  constructor(private readonly membership: MembershipService) {}

  @Post()
  @HttpCode(200)
  @Access({ action: null, credentials: 'ignored', domain: 'none', body: 'stream', always: true })
  hint(): JsonOut {
    this.membership.hint();
    return {};
  }
}
