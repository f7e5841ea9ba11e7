/** OpenID Connect: a bearer token to the name and the groups of its user. */
import { createHash } from 'node:crypto';
import { createRemoteJWKSet, customFetch, errors, jwtVerify } from 'jose';
import type { JWTPayload, RemoteJWKSet } from 'jose';
import { LRUCache } from 'lru-cache';
import { HdfError } from '#hdf5';
import type { Clock } from '#storage';
import { identityOf, type Identity } from './token-claims.js';

export interface OpenIdSettings {
  /** Where the provider describes itself; undefined: no provider is configured. */
  readonly discoveryUrl: string | undefined;
  readonly audience: string | undefined;
  /** Claims examined, in this order. */
  readonly claims: readonly string[];
  /** Seconds for which a verified token is remembered; 0 or less: until it expires. */
  readonly expirationS: number;
}

/** The part of `fetch` that is needed. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

const PROVIDERS: Readonly<Record<string, string>> = {
  azure: 'https://login.microsoftonline.com/common/.well-known/openid-configuration',
  google: 'https://accounts.google.com/.well-known/openid-configuration',
};
const FETCH_TIMEOUT_MS = 3000;
/** After a failure the provider is left alone for this long. */
const PAUSE_MS = 1000;
/** Keys are fetched anew after this, or when a token names an unknown one. */
const KEYS_AGE_MS = 3_600_000;
/** Longest time for which a verified token is not looked at again. */
const REMEMBER_MS = 3_600_000;
const REMEMBERED_MAX = 10_000;
const TOKEN_CHARS_MAX = 16_384;

/** @returns undefined when no provider is configured */
export function discoveryUrl(provider: string, url: string | null): string | undefined {
  const name = provider.trim().toLowerCase();
  if (name === '') return undefined;
  return (Object.hasOwn(PROVIDERS, name) ? PROVIDERS[name] : url) ?? undefined;
}

/** Verifies tokens against the provider's published keys, which it fetches when it needs them. */
export class BearerTokens {
  private readonly verified = new LRUCache<string, Identity & { readonly untilMs: number }>({
    max: REMEMBERED_MAX,
  });
  private keys: Promise<RemoteJWKSet> | undefined;
  private pausedUntilMs = 0;

  constructor(
    private readonly settings: OpenIdSettings,
    private readonly clock: Clock,
    private readonly fetch: Fetch,
  ) {}

  /**
   * @throws HdfError `unauthenticated` for every token that is not good, `unavailable` when the
   *   provider cannot be asked
   */
  async verify(token: string): Promise<Identity> {
    const { audience, discoveryUrl: url } = this.settings;
    if (url === undefined || audience === undefined || token.length > TOKEN_CHARS_MAX) {
      throw new HdfError('unauthenticated', 'bearer tokens are not accepted');
    }
    const key = createHash('sha256').update(token, 'utf8').digest('base64');
    const known = this.verified.get(key);
    if (known !== undefined && this.clock.now() < known.untilMs) return known;
    const payload = await this.check(token, url, audience);
    const identity = identityOf(payload, this.settings.claims);
    this.verified.set(key, { ...identity, untilMs: this.rememberUntil(payload) });
    return identity;
  }

  private async check(token: string, url: string, audience: string): Promise<JWTPayload> {
    const keys = await this.providerKeys(url);
    try {
      const currentDate = new Date(this.clock.now());
      const options = { algorithms: ['RS256'], audience, currentDate };
      return (await jwtVerify(token, keys, options)).payload;
    } catch (error) {
      throw tokenError(error);
    }
  }

  private rememberUntil(payload: JWTPayload): number {
    const { expirationS } = this.settings;
    const now = this.clock.now();
    const asked = expirationS > 0 ? now + expirationS * 1000 : Infinity;
    const expiry = payload.exp === undefined ? Infinity : payload.exp * 1000;
    return Math.min(asked, expiry, now + REMEMBER_MS);
  }

  private providerKeys(url: string): Promise<RemoteJWKSet> {
    if (this.keys === undefined && this.clock.monotonic() < this.pausedUntilMs) {
      throw unreachable('it failed a moment ago');
    }
    this.keys ??= this.discover(url).catch((error: unknown) => {
      this.keys = undefined;
      this.pausedUntilMs = this.clock.monotonic() + PAUSE_MS;
      throw error instanceof HdfError ? error : unreachable(error);
    });
    return this.keys;
  }

  private async discover(url: string): Promise<RemoteJWKSet> {
    const signal = AbortSignal.timeout(FETCH_TIMEOUT_MS);
    const response = await this.fetch(url, { signal, redirect: 'follow' });
    if (!response.ok) throw unreachable(`discovery answers ${response.status}`);
    const document = (await response.json()) as { jwks_uri?: unknown } | null;
    const uri = document?.jwks_uri;
    if (typeof uri !== 'string' || !URL.canParse(uri)) {
      throw unreachable('its discovery document has no jwks_uri');
    }
    return createRemoteJWKSet(new URL(uri), {
      timeoutDuration: FETCH_TIMEOUT_MS,
      cacheMaxAge: KEYS_AGE_MS,
      [customFetch]: (address, options) => this.fetch(address, options),
    });
  }
}

function unreachable(cause: unknown): HdfError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new HdfError('unavailable', `OpenID provider cannot be asked: ${why}`, {
    cause,
    retryAfterS: 1,
  });
}

/** jose's own errors tell of the token, but for those of fetching the keys. */
function tokenError(error: unknown): HdfError {
  const ofProvider =
    !(error instanceof errors.JOSEError) ||
    error instanceof errors.JWKSTimeout ||
    error instanceof errors.JWKSInvalid ||
    error.code === 'ERR_JOSE_GENERIC';
  if (ofProvider) return unreachable(error);
  return new HdfError('unauthenticated', `bearer token: ${error.message}`, { cause: error });
}
