import { HdfError } from '#hdf5';

/** Whom a token names. */
export interface Identity {
  readonly name: string;
  /** From the claim `roles`. */
  readonly groups: readonly string[];
}

/** Claims that never name a user: `roles` lists groups, `appid` names a program. */
const NO_NAMES: ReadonlySet<string> = new Set(['roles', 'appid']);
const NAME_CHARS_MAX = 256;

/**
 * User and groups of a verified token: `unique_name` before all, else the first listed claim that
 * is text. An e-mail address that the provider has not verified names nobody.
 *
 * @param claims examined, in this order
 * @throws HdfError `unauthenticated` without a usable name
 */
export function identityOf(
  payload: Readonly<Record<string, unknown>>,
  claims: readonly string[],
): Identity {
  const named = claims.filter((claim) => !NO_NAMES.has(claim) && isName(payload, claim));
  const claim = named.find((one) => one === 'unique_name') ?? named[0];
  const roles: unknown = claims.includes('roles') ? payload.roles : undefined;
  const groups = Array.isArray(roles) ? roles.filter((role) => typeof role === 'string') : [];
  if (claim !== undefined) return { name: payload[claim] as string, groups };
  throw new HdfError('unauthenticated', `bearer token: no user name in ${claims.join(', ')}`);
}

/** `g:…` and `default` are not for users: they would be matched with entries of others. */
function isName(payload: Readonly<Record<string, unknown>>, claim: string): boolean {
  const value = payload[claim];
  if (typeof value !== 'string' || value === '' || value.length > NAME_CHARS_MAX) return false;
  if (claim === 'email' && payload.email_verified === false) return false;
  return !value.startsWith('g:') && value !== 'default';
}
