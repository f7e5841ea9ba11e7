import { defined } from '#hdf5';
import type { CallContext, DomainAddress } from '#dn-client';
import type { RequestContext, User } from '#server';

/** The domain that a request works in, and for whom. */
export interface ObjectScope {
  readonly domain: DomainAddress;
  /** Root group id: every object of the domain has it as `root`. */
  readonly root: string;
  readonly user: User;
  readonly call: CallContext;
}

/** The scope of a request whose access rule is `domain: 'file'`. */
export function scopeOf(context: RequestContext): ObjectScope {
  return {
    domain: defined(context.domain, 'domain of the request'),
    root: defined(context.root, 'root of the domain'),
    user: context.user,
    call: context.call,
  };
}
