/** Bearer tokens and API keys from end to end: a provider on this machine, a server, its log. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose';
import { startServer, type Call, type TestServer } from '../kit/embedded-server.js';

describe('bearer tokens', () => {
  let provider: Server;
  let server: TestServer;
  let key: CryptoKey;
  const lines: string[] = [];

  beforeAll(async () => {
    const pair = await generateKeyPair('RS256', { extractable: true });
    key = pair.privateKey;
    const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'RS256', use: 'sig' };
    let url = '';
    provider = createServer((request, response) => {
      const isKeys = request.url === '/keys';
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(isKeys ? { keys: [jwk] } : { jwks_uri: `${url}/keys` }));
    });
    await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
    const settings = {
      openid_provider: 'keycloak',
      openid_url: `${url}/.well-known/openid-configuration`,
      openid_audience: 'hsds',
      openid_claims: ['preferred_username', 'roles'],
      admin_group: 'curators',
    };
    server = await startServer(settings, { onLine: (line) => lines.push(line) });
  });

  afterAll(async () => {
    await server.close();
    provider.closeAllConnections();
    provider.close();
  });

  const token = (name: string, roles: readonly string[] = [], aud = 'hsds') =>
    new SignJWT({ aud, preferred_username: name, roles: [...roles] })
      .setProtectedHeader({ alg: 'RS256', kid: 'one' })
      .setExpirationTime('1h')
      .sign(key);

  const bearer = (text: string): Call => ({
    user: null,
    headers: { authorization: `Bearer ${text}` },
  });
  const waysToSend: [string, (text: string) => Call][] = [
    ['Authorization', bearer],
    ['X-API-Key', (text) => ({ user: null, headers: { 'x-api-key': text } })],
    ['api_key', (text) => ({ user: null, query: { api_key: text } })],
  ];

  it.each(waysToSend)('[1/13.6] are taken from %s', async (_way, send) => {
    const owner = await token('test_user1');
    const body = { type: 'H5T_STD_I32LE', value: 1 };
    const domain = await server.request('GET', '/', send(owner));
    const { root } = domain.json as { root: string };
    const path = `/groups/${root}/attributes/a`;
    const query = { replace: 1, ...send(owner).query };
    const made = await server.request('PUT', path, { ...send(owner), query, body });
    const stranger = send(await token('somebody'));
    const refused = await server.request('PUT', path, { ...stranger, body });
    const elsewhere = await server.request('GET', '/', send(await token('test_user1', [], 'x')));
    expect([200, 201]).toContain(made.status);
    const statuses = [domain, refused, elsewhere].map(({ status }) => status);
    expect(statuses).toEqual([200, 403, 401]);
    expect(lines.filter((line) => line.includes(owner))).toEqual([]);
  });

  it('[1/13.5] a role may be the admin group', async () => {
    const asAdmin = bearer(await token('ann', ['curators']));
    const asUser = bearer(await token('bob', ['readers']));
    const make = (call: Call, name: string) =>
      server.request('PUT', '/', { ...call, domain: `/${name}`, body: { folder: true } });
    expect((await make(asUser, 'bobs')).status).toBe(403);
    expect((await make(asAdmin, 'anns')).status).toBe(201);
  });
});
