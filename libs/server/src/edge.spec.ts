import { gzipSync } from 'node:zlib';
import type { GroupDocument } from '#hdf5';
import { BY_PATH_SEGMENT } from './route-table.js';
import { domainDocument, startTestEdge, type TestEdge } from './testing/test-edge.js';
import { TestController } from './testing/test.controller.js';

const ROOT = 'g-00000000-00000000-8888-888888-888888';
const GROUP = 'g-00000000-00000000-0001-000000-000000';
const FOREIGN = 'g-11111111-11111111-0001-000000-000000';

function groupRecord(id: string, root: string) {
  const document: GroupDocument = {
    kind: 'group',
    id,
    root,
    created: 1,
    lastModified: 1,
    attributes: new Map(),
    links: new Map(),
    extra: new Map(),
  };
  return { document, linkCount: 0, attributeCount: 0 };
}

let edge: TestEdge;

beforeAll(async () => {
  edge = await startTestEdge([TestController], {
    max_request_size: 1000,
    allow_any_bucket_read: false,
  });
  const { domains, objects } = edge.domains;
  domains.set('hsdstest/home/a.h5', domainDocument(ROOT, { alice: 'crudep', default: 'r' }));
  domains.set('hsdstest/home/private.h5', domainDocument(ROOT, { alice: 'crudep' }));
  domains.set('hsdstest/home', domainDocument(undefined, { default: 'r' }));
  domains.set('hsdstest/home/gone.h5', 'gone');
  objects.set(GROUP, groupRecord(GROUP, ROOT));
  objects.set(FOREIGN, groupRecord(FOREIGN, 'g-elsewhere'));
});

afterAll(() => edge.app.close());

async function ask(path: string, init: RequestInit = {}) {
  const response = await fetch(edge.url + path, init);
  const { status, statusText, headers } = response;
  return { status, statusText, headers, text: await response.text() };
}

const A = '?domain=/home/a.h5';
const put = (body: string | undefined, headers: Record<string, string> = {}): RequestInit => ({
  method: 'PUT',
  headers: { authorization: 'alice', ...headers },
  ...(body === undefined ? {} : { body }),
});

describe('order of the common checks', () => {
  it.each([
    ['id syntax before credentials', `/groups/x${A}`, { authorization: 'wrong' }, 400],
    ['id of another collection', `/groups/d${GROUP.slice(1)}${A}`, {}, 400],
    [
      'credentials before the domain',
      `/groups/${GROUP}?domain=bad`,
      { authorization: 'wrong' },
      401,
    ],
    ['domain syntax', `/groups/${GROUP}?domain=`, {}, 400],
    ['domain missing', `/groups/${GROUP}`, {}, 400],
    ['bucket policy before existence', `/groups/${GROUP}?domain=other/x/y.h5`, {}, 403],
    ['unknown domain before unknown object', `/groups/${ROOT}?domain=/home/b.h5`, {}, 404],
    ['deleted domain', `/groups/${GROUP}?domain=/home/gone.h5`, {}, 410],
    ['folder instead of a domain', `/groups/${GROUP}?domain=/home`, {}, 400],
    ['unknown object before the ACL', `/groups/${ROOT}?domain=/home/private.h5`, {}, 404],
    ['membership before the ACL', `/groups/${FOREIGN}?domain=/home/private.h5`, {}, 400],
    ['ACL, anonymous', `/groups/${GROUP}?domain=/home/private.h5`, {}, 403],
    ['ACL, stranger', `/groups/${GROUP}?domain=/home/private.h5`, { authorization: 'bob' }, 403],
    ['admin passes', `/groups/${GROUP}?domain=/home/private.h5`, { authorization: 'admin' }, 200],
    ['public entry passes', `/groups/${GROUP}${A}`, {}, 200],
  ])('%s', async (_name, path, headers, status) => {
    expect((await ask(path, { headers: headers as Record<string, string> })).status).toBe(status);
  });

  it('asks for credentials where anonymous callers have no business', async () => {
    const anonymous = await ask(`/groups/${GROUP}/links${A}`, { method: 'PUT', body: '{"x":1}' });
    expect([anonymous.status, anonymous.text]).toEqual([401, '401: Unauthorized']);
    expect(anonymous.headers.has('www-authenticate')).toBe(false);
  });
});

describe('naming the domain', () => {
  it('lets the parameter win over the header, the first of two over the second', async () => {
    const headers = { 'X-Hdf-domain': '/home/private.h5' };
    const { text } = await ask(`/${A}&domain=/home/gone.h5`, { headers });
    expect(text).toBe(
      '{"domain": "/home/a.h5", "bucket": "hsdstest", "domainParam": "/home/a.h5"}',
    );
  });

  it('reads header values as UTF-8 and leaves the parameter out of them', async () => {
    edge.domains.domains.set('hsdstest/home/é.h5', domainDocument(ROOT, { default: 'r' }));
    const domain = Buffer.from('hdf5://home/é.h5').toString('latin1');
    const { text } = await ask('/', { headers: { 'X-Hdf-domain': domain } });
    expect(text).toBe('{"domain": "/home/\\u00e9.h5", "bucket": "hsdstest"}');
  });

  it('takes folders with a slash, and the top level, for listings', async () => {
    expect((await ask('/domains?domain=/home/')).text).toBe('{"path": "/home"}');
    expect((await ask('/domains')).text).toBe('{"path": "/"}');
  });

  it('tolerates empty pairs in the query, and looks up by path', async () => {
    expect((await ask(`/groups/${GROUP}?&include_attrs=1&domain=/home/a.h5`)).text).toContain(
      '"attrs": "1"',
    );
    const { text } = await ask('/groups/?h5path=/%C3%A9+{1}&domain=/home/a.h5');
    expect(text).toBe('{"h5path": "/\\u00e9 {1}"}');
  });
});

describe('bodies', () => {
  const path = `/groups/${GROUP}/links${A}`;

  it.each([
    ['no content type', undefined],
    ['a form', 'application/x-www-form-urlencoded'],
    ['nonsense', 'so/me; thing/'],
    ['not a type', 'json'],
  ])('are parsed as JSON with %s', async (_name, type) => {
    const length = 'Content-Length: 9\r\n';
    const header = type === undefined ? '' : `Content-Type: ${type}\r\n`;
    const head = `PUT ${path} HTTP/1.1\r\nHost: h\r\nAuthorization: alice\r\nConnection: close\r\n`;
    const answer = await edge.raw(`${head}${header}${length}\r\n{"a":[1]}`);
    expect(answer).toContain('{"body": {"a": [1]}, "durability": "D0"}');
  });

  it.each([
    ['none', put(undefined), 400],
    ['null', put('null'), 400],
    ['text that is no JSON', put('{'), 400],
    ['too many bytes', put(`"${'x'.repeat(1000)}"`), 413],
    ['a bad compression', put('xxx', { 'content-encoding': 'gzip' }), 400],
    ['an unknown compression', put('{}', { 'content-encoding': 'br' }), 400],
    ['an unknown durability', put('{}', { 'x-hsds-durability': 'D9' }), 400],
  ])('refuses %s', async (_name, init, status) => {
    expect((await ask(path, init)).status).toBe(status);
  });

  it('are decompressed within the bound', async () => {
    const small = gzipSync('{"x":"y"}');
    const bomb = gzipSync(Buffer.alloc(1_000_000, 0x20));
    const send = (body: Buffer) =>
      ask(path, {
        method: 'PUT',
        headers: { authorization: 'alice', 'content-encoding': 'gzip' },
        body,
      });
    expect((await send(small)).text).toContain('{"x": "y"}');
    expect((await send(bomb)).status).toBe(413);
  });

  it('are streamed past the bound where the route says so', async () => {
    const { text } = await ask('/stream', { method: 'POST', body: Buffer.alloc(3_000_000) });
    expect(text).toBe('{"bytes": 3000000}');
  });

  it('may come with DELETE, null meaning none', async () => {
    const remove = (body: string) =>
      ask(`/groups/x${A}`, { method: 'DELETE', headers: { authorization: 'alice' }, body });
    expect((await remove('{"keep_root": 1}')).text).toBe('{"body": {"keep_root": 1}}');
    expect((await remove('null')).text).toBe('{"body": "none"}');
  });
});

describe('routes and methods', () => {
  it.each([
    ['GET', '/nothing', 404],
    ['GET', '//domains', 404],
    ['GET', '/domains/', 404],
    ['GET', `/groups/${GROUP}/`, 404],
    ['PUT', '/groups//links', 404],
    ['GET', `/groups/${BY_PATH_SEGMENT}${A}`, 404],
    ['GET', '/groups/%zz', 400],
    ['HEAD', '/domains', 405],
    ['PATCH', '/domains', 405],
    ['DELETE', '/groups/', 405],
    ['HEAD', '/about', 200],
  ])('%s %s is %d', async (method, path, status) => {
    expect((await ask(path, { method })).status).toBe(status);
  });

  it('names the methods of a path', async () => {
    const allow = async (path: string, method: string) =>
      (await ask(path, { method })).headers.get('allow');
    expect(await allow(`/groups/${GROUP}`, 'PUT')).toBe('DELETE,GET,OPTIONS');
    expect(await allow('/groups/', 'POST')).toBe('GET,OPTIONS');
    expect(await allow('/about', 'POST')).toBe('GET,HEAD,OPTIONS');
  });

  it('takes the absolute form of a target', async () => {
    const answer = await edge.raw(
      'GET http://host:5101 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n',
    );
    expect(answer).toContain('200 OK');
  });

  it('refuses long request lines, long headers and what is no HTTP, with 400', async () => {
    const end = 'Host: h\r\nConnection: close\r\n\r\n';
    const long = 'x'.repeat(9000);
    expect(await edge.raw(`GET /?a=${long} HTTP/1.1\r\n${end}`)).toMatch(/^HTTP\/1.1 400 /);
    expect(await edge.raw(`GET / HTTP/1.1\r\nX-A: ${long}\r\n${end}`)).toMatch(/^HTTP\/1.1 400 /);
    const huge = `GET / HTTP/1.1\r\nX-A: ${'x'.repeat(100_000)}\r\n${end}`;
    expect(await edge.raw(huge)).toMatch(/^HTTP\/1.1 400 /);
    expect(await edge.raw('NONSENSE\r\n\r\n')).toMatch(/^HTTP\/1.1 400 /);
  });
});
