import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose';
import { systemClock } from '#storage';
import { BearerTokens, discoveryUrl, type OpenIdSettings } from './bearer-tokens.js';

const kind = (name: string) => expect.objectContaining({ kind: name }) as Error;

/** An OpenID provider on this machine. */
let server: Server;
let url: string;
let asked: string[];
let failing: boolean;
let key: CryptoKey;
let otherKey: CryptoKey;

beforeAll(async () => {
  const pair = await generateKeyPair('RS256', { extractable: true });
  const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'RS256', use: 'sig' };
  key = pair.privateKey;
  otherKey = (await generateKeyPair('RS256')).privateKey;
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.statusCode = failing ? 500 : 200;
    const body = request.url === '/keys' ? { keys: [jwk] } : { jwks_uri: `${url}/keys` };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

beforeEach(() => {
  asked = [];
  failing = false;
});

let nowMs = Date.now();
const clock = { ...systemClock, now: () => nowMs, monotonic: () => nowMs };

function tokens(settings: Partial<OpenIdSettings> = {}): BearerTokens {
  const all = {
    discoveryUrl: `${url}/discovery`,
    audience: 'me',
    claims: ['unique_name', 'roles'],
    expirationS: -1,
    ...settings,
  };
  return new BearerTokens(all, clock, fetch);
}

function sign(
  payload: Record<string, unknown>,
  header: { kid?: string } = {},
  by = key,
): Promise<string> {
  return new SignJWT({ aud: 'me', unique_name: 'ann', roles: ['lab'], ...payload })
    .setProtectedHeader({ alg: 'RS256', kid: 'one', ...header })
    .sign(by);
}

const seconds = () => Math.floor(nowMs / 1000);

it('verifies a token against the published keys, asking for them once', async () => {
  const bearer = tokens();
  const token = await sign({ exp: seconds() + 60 });
  expect(await bearer.verify(token)).toMatchObject({ name: 'ann', groups: ['lab'] });
  await Promise.all([bearer.verify(token), bearer.verify(await sign({}))]);
  expect(asked).toEqual(['/discovery', '/keys']);
});

it('remembers a token no longer than it is valid', async () => {
  const bearer = tokens();
  const token = await sign({ exp: seconds() + 60 });
  await bearer.verify(token);
  nowMs += 61_000;
  await expect(bearer.verify(token)).rejects.toThrow(kind('unauthenticated'));
});

it.each([
  ['another audience', () => sign({ aud: 'you' })],
  ['no audience', () => sign({ aud: undefined })],
  ['an expired token', () => sign({ exp: seconds() - 1 })],
  ['a token for later', () => sign({ nbf: seconds() + 60 })],
  ['another signer', () => sign({}, {}, otherKey)],
  ['an unknown key', () => sign({}, { kid: 'two' })],
  ['no user', () => sign({ unique_name: undefined })],
  ['text that is no token', () => Promise.resolve('a.b.c')],
  ['an unsigned token', () => Promise.resolve(`${btoa('{"alg":"none"}')}.${btoa('{}')}.`)],
])('refuses %s', async (_name, make) => {
  await expect(tokens().verify(await make())).rejects.toThrow(kind('unauthenticated'));
});

it('refuses tokens when no provider or audience is configured', async () => {
  const token = await sign({});
  for (const settings of [{ discoveryUrl: undefined }, { audience: undefined }]) {
    await expect(tokens(settings).verify(token)).rejects.toThrow(kind('unauthenticated'));
  }
  expect(asked).toEqual([]);
});

it('is unavailable while the provider is, for a moment without asking again', async () => {
  const bearer = tokens();
  const token = await sign({});
  failing = true;
  await expect(bearer.verify(token)).rejects.toThrow(kind('unavailable'));
  await expect(bearer.verify(token)).rejects.toThrow(kind('unavailable'));
  expect(asked).toEqual(['/discovery']);
  failing = false;
  nowMs += 2000;
  expect(await bearer.verify(token)).toMatchObject({ name: 'ann' });
  const nobody = tokens({ discoveryUrl: 'http://127.0.0.1:1/' });
  await expect(nobody.verify(token)).rejects.toThrow(kind('unavailable'));
});

it('knows the well-known providers in any case', () => {
  expect(discoveryUrl('Google', null)).toContain('accounts.google.com');
  expect(discoveryUrl('keycloak', 'http://k/x')).toBe('http://k/x');
  expect([discoveryUrl('keycloak', null), discoveryUrl('', 'x')]).toEqual([undefined, undefined]);
});
