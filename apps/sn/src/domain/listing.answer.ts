import { Injectable } from '@nestjs/common';
import { defined, HdfError, type JsonOut } from '#hdf5';
import { Hrefs, ServerRuntime, type RequestContext } from '#server';
import { DomainListing, type ListedDomain } from './domain.listing.js';
import { parseListDomains } from './listing.params.js';

/** Listings as answers: `GET /domains`, and `GET /` without a domain. */
@Injectable()
export class ListingAnswer {
  constructor(
    private readonly listing: DomainListing,
    private readonly runtime: ServerRuntime,
  ) {}

  /** `GET /` without a domain. @throws HdfError `invalid` in 1.0 and for the old `host` parameter */
  async describe(context: RequestContext): Promise<JsonOut> {
    if (context.hostParam !== undefined) {
      throw new HdfError(
        'invalid',
        "Passing domain path as 'host' parameter is no longer supported",
      );
    }
    if (this.runtime.config.api_dialect === '1.0') {
      throw new HdfError('invalid', 'No domain provided');
    }
    const bucket = requireBucket(context);
    const params = parseListDomains(context.query);
    const items = await this.listing.list(context, { bucket, path: '/' }, params);
    return { domains: this.shown(context, items), hrefs: this.hrefs(context).topLevel() };
  }

  /** `GET /domains`; its own `hrefs` are empty, as in HSDS. */
  async list(context: RequestContext): Promise<JsonOut> {
    const folder = defined(context.domain, 'folder of the request');
    const params = parseListDomains(context.query);
    const items = await this.listing.list(context, folder, params);
    return { domains: this.shown(context, items), hrefs: [] };
  }

  private shown(context: RequestContext, items: readonly ListedDomain[]) {
    const hrefs = this.hrefs(context);
    return items.map(({ name, members }) => ({ ...members, hrefs: hrefs.item(name) }));
  }

  private hrefs(context: RequestContext): Hrefs {
    return new Hrefs(this.runtime.config.hsds_endpoint, context);
  }
}

function requireBucket(context: RequestContext): string {
  if (context.bucket !== undefined) return context.bucket;
  throw new HdfError('invalid', 'Bucket not provided');
}
