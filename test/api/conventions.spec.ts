import { Readable } from 'node:stream';
import { describeApi, itHere } from '../kit/api.js';
import { I32, type TestFile } from '../kit/file.js';
import type { Method } from '../kit/client.js';

describeApi('HTTP conventions', (api) => {
  let file: TestFile;
  let dataset: string;

  beforeAll(async () => {
    file = await api.file();
    dataset = await file.filled(I32, [2], [1, 2], { h5path: 'd' });
  });

  it('[1/2.1.1] trailing slashes are significant', async () => {
    expect((await file.get('/domains/')).status).toBe(404);
    expect((await file.get('//about')).status).toBe(404);
    expect((await file.get(`/groups/${file.root}/`)).status).toBe(404);
    expect((await file.get(`/groups/${file.root}/links/`)).status).toBe(404);
  });

  it('[1/2.1.2] HEAD is for /about and /info only', async () => {
    for (const path of ['/about', '/info']) {
      const reply = await api.request('HEAD', path);
      expect([path, reply.status, reply.bytes.length]).toEqual([path, 200, 0]);
    }
    expect((await api.request('HEAD', '/domains')).status).toBe(405);
  });

  it.each<[Method, string, string]>([
    ['PUT', '/about', 'GET,HEAD,OPTIONS'],
    ['POST', '/domains', 'GET,OPTIONS'],
    ['DELETE', '/groups', 'GET,OPTIONS,POST'],
    ['PUT', '/groups/ID', 'DELETE,GET,OPTIONS'],
    ['DELETE', '/acls/somebody', 'GET,OPTIONS,PUT'],
    ['POST', '/groups/ID/links/x', 'DELETE,GET,OPTIONS,PUT'],
    ['DELETE', '/datasets/ID/value', 'GET,OPTIONS,POST,PUT'],
    ['PUT', '/datasets/ID/type', 'GET,OPTIONS'],
  ])('[1/2.1.5] %s %s is 405 with Allow', async (method, path, allow) => {
    const reply = await file.request(method, path.replace('ID', file.root));
    expect([reply.status, reply.headers.allow]).toEqual([405, allow]);
    expect(reply.text).toBe('405: Method Not Allowed');
  });

  it.each(['/favicon.ico', '/groups/ID/acls', '/nosuch', '/groups/ID/links/a/b', '/acls/a/b'])(
    '[1/2.1.4] GET %s is 404',
    async (path) => {
      expect((await file.get(path.replace('ID', file.root))).status).toBe(404);
    },
  );

  it('[2/1.3.2] [2/1.3.4] [1/2.1.6] [2/1.3.1] path parameters are percent-decoded once, as UTF-8', async () => {
    const names = ['a b', 'ключ', '%41', 'a+b', 'q?x', '#x', 'a\\b', '{x}', '数'];
    for (const name of names) await file.attribute(`groups/${file.root}`, name, { type: I32 });
    const listed = (await file.get(`/groups/${file.root}/attributes`)).listAt('attributes');
    expect(listed).toEqual(
      expect.arrayContaining(names.map((name): unknown => expect.objectContaining({ name }))),
    );
    for (const name of names) {
      const reply = await file.get(`/groups/${file.root}/attributes/${encodeURIComponent(name)}`);
      expect(reply.at('name')).toBe(name);
    }
  });

  it('[1/2.1.7] a chunked request body is read', async () => {
    const path = `/groups/${file.root}/attributes/chunked`;
    const body = Readable.from(['{"type": "H5T_STD_I32LE",', ' "value": 5}']);
    expect((await file.put(path, body)).status).toBe(201);
    expect((await file.get(path)).at('value')).toBe(5);
  });

  it('[1/2.2.1] a leading hdf5:/ of the domain is dropped', async () => {
    const reply = await api.request('GET', '/', { query: { domain: `hdf5:/${file.path}` } });
    expect(reply.at('root')).toBe(file.root);
  });

  it('[1/2.2] the domain parameter wins over the header', async () => {
    const query = { domain: file.path };
    const reply = await api.request('GET', '/', { query, domain: '/home/nosuch.h5' });
    expect(reply.at('root')).toBe(file.root);
    expect(reply.at('hrefs', 0)).toEqual({
      rel: 'self',
      href: `${api.base}/?domain=${file.path}`,
    });
  });

  it.each([
    ['bad_domain.h5', 400],
    ['test_user1.home', 400],
    ['/', 400],
    ['/x/', 400],
    ['home/nosuch/x.h5', 404],
  ])('[4/13.1] [1/2.2.2] [1/2.2.4] the domain %s is %i', async (domain, status) => {
    const reply = await api.request('GET', '/', { query: { domain } });
    expect([status, 403]).toContain(reply.status);
  });

  itHere.each(['', '/home/../home/x', '/home/./x', '/home//x', '/home/x/.domain.json', 'gs://b/x'])(
    '[1/2.2.5] the domain "%s" is refused',
    async (domain) => {
      const reply = await api.request('GET', '/', { query: { domain } });
      expect([400, 404]).toContain(reply.status);
      const put = await api.request('PUT', '/', { query: { domain }, user: 'admin' });
      expect([400, 404]).toContain(put.status);
    },
  );

  itHere('[1/2.2] a missing domain is 400 wherever one is needed', async () => {
    for (const path of ['/acls', '/groups', '/datasets', '/datatypes', `/groups/${file.root}`]) {
      expect([path, (await api.request('GET', path)).status]).toEqual([path, 400]);
    }
    for (const method of ['PUT', 'DELETE'] as const) {
      expect((await api.request(method, '/')).status).toBe(400);
    }
    expect((await api.request('POST', '/', { body: { h5paths: [] } })).status).toBe(400);
  });

  it('[1/2.3.2] [1/2.3.3] [1/2.3.1] a bucket may be named by parameter and header, and must be well-formed', async () => {
    const good = { domain: file.path, query: { bucket: 'hsdstest' } };
    expect((await api.request('GET', '/', good)).at('root')).toBe(file.root);
    const bad = { domain: file.path, query: { bucket: 'bad/bucket' } };
    expect((await api.request('GET', '/', bad)).status).toBe(400);
    const unknown = { domain: file.path, headers: { 'x-hdf-bucket': 'nosuchbucket' } };
    expect([403, 404]).toContain((await api.request('GET', '/', unknown)).status);
  });

  it('[1/2.5.1] JSON bodies are parsed whatever their Content-Type', async () => {
    const types = ['application/x-www-form-urlencoded', 'text/plain', 'nonsense', 'image/png;x'];
    for (const type of types) {
      const headers = { 'content-type': type };
      const reply = await file.post('/groups', JSON.stringify({}), { headers });
      expect([type, reply.status]).toEqual([type, 201]);
    }
  });

  it('[1/2.5.2] an empty body is none', async () => {
    expect((await file.post('/groups', '')).status).toBe(201);
    expect((await file.post('/datasets', '')).status).toBe(400);
  });

  it.each(['{', '{"a":}', '[1,', 'nonsense', '{"a":1}x', '"\\ud8', '{"a" 1}', "{'a':1}"])(
    '[1/2.5.5] the body %s is 400 and changes nothing',
    async (body) => {
      const before = await file.state();
      const owner = `/groups/${file.root}`;
      expect((await file.put(`${owner}/attributes/bad`, body)).status).toBe(400);
      expect((await file.put(`${owner}/links/bad`, body)).status).toBe(400);
      expect((await file.post('/datasets', body)).status).toBe(400);
      expect((await file.post('/groups', body)).status).toBe(400);
      expect((await file.put(`/datasets/${dataset}/shape`, body)).status).toBe(400);
      expect((await file.put(`/datasets/${dataset}/value`, body)).status).toBe(400);
      expect(await file.state()).toBe(before);
    },
  );

  itHere(
    '[1/2.5.3] [1/2.5.4] [1/2.5.6] [2/1.5.2] a body of the wrong kind or no UTF-8 is 400',
    async () => {
      const before = await file.state();
      const owner = `/groups/${file.root}`;
      const bodies = ['[]', '3', '"x"', 'null', 'true', Buffer.from([0x7b, 0xff, 0x7d])];
      for (const body of bodies) {
        const headers = { 'content-type': 'application/json' };
        for (const path of [`${owner}/attributes/k`, `${owner}/links/k`, `${owner}/links`]) {
          expect([path, (await file.put(path, body, { headers })).status]).toEqual([path, 400]);
        }
        const shape = await file.put(`/datasets/${dataset}/shape`, body, { headers });
        const value = await file.put(`/datasets/${dataset}/value`, body, { headers });
        expect([shape.status, value.status]).toEqual([400, 400]);
      }
      expect(await file.state()).toBe(before);
    },
  );

  it('[3/2.3] [3/19.1] [1/2.5.7] any Accept but octet-stream gives JSON', async () => {
    for (const accept of ['text/html', '*/*', 'application/octet-stream;q=1', 'image/png']) {
      const reply = await file.get(`/datasets/${dataset}/value`, {}, { accept });
      expect([reply.status, reply.at('value')]).toEqual([200, [1, 2]]);
    }
  });

  it('[1/2.6] answers carry the standard headers', async () => {
    const reply = await file.get('/');
    expect(reply.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'x-xss-protection': '1; mode=block',
      'content-length': String(reply.bytes.length),
    });
    expect(reply.headers.server).not.toMatch(/python|node|fastify/i);
    expect(reply.headers).not.toHaveProperty('etag');
    expect(reply.text).toMatch(/^[\x20-\x7e]*$/);
  });

  itHere('[1/2.6] errors carry them as well', async () => {
    const reply = await file.get('/groups/foobar');
    expect(reply.headers).toMatchObject({
      'x-xss-protection': '1; mode=block',
      server: 'Highly Scalable Data Service (HSDS)',
    });
  });

  it('[1/2.6] non-ASCII text is escaped', async () => {
    await file.attribute(`groups/${file.root}`, 'text', { type: VSTR, value: 'é数😀' });
    const reply = await file.get(`/groups/${file.root}/attributes/text`);
    expect(reply.text).toContain('\\u00e9\\u6570\\ud83d\\ude00');
  });

  it('[1/2.1.3] [1/2.7] a preflight echoes what the browser asks for', async () => {
    const headers = {
      origin: '*',
      'access-control-request-method': 'GET',
      'access-control-request-headers': 'content-type, authorization',
    };
    const reply = await api.request('OPTIONS', '/about', { headers, user: null });
    expect(reply.status).toBe(200);
    expect(reply.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET',
      'access-control-allow-credentials': 'true',
    });
    const allowed = (reply.headers['access-control-allow-headers'] ?? '').split(',').sort();
    expect(allowed).toEqual(['AUTHORIZATION', 'CONTENT-TYPE']);
  });

  it.each([{}, { origin: 'http://a' }, { origin: 'a', 'access-control-request-method': 'PATCH' }])(
    '[1/2.7] a preflight with %j is 403',
    async (headers) => {
      const reply = await api.request('OPTIONS', '/', { headers, user: null });
      expect(reply.status).toBe(403);
    },
  );

  it('[1/2.7] answers and errors to a browser expose their headers', async () => {
    const headers = { origin: 'https://viewer.example.org' };
    for (const path of ['/', '/groups/foobar']) {
      const reply = await file.get(path, {}, { headers });
      expect(reply.headers['access-control-allow-origin']).toBe('https://viewer.example.org');
      expect(reply.headers['access-control-allow-credentials']).toBe('true');
    }
    expect((await api.request('OPTIONS', '/nosuch', { headers })).status).toBe(404);
    expect((await file.get('/')).headers).not.toHaveProperty('access-control-allow-origin');
  });

  it('[1/3.1] an error is its reason phrase and one line of text', async () => {
    const reply = await file.get('/', {}, { domain: `${api.folder}/nosuch.h5` });
    expect(reply.status).toBe(404);
    expect(reply.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(reply.text).toBe(`404: ${reply.reason}`);
  });

  it('[1/3.3] wrong credentials come before everything but ids', async () => {
    const headers = { authorization: 'Basic dGVzdF91c2VyMTp3cm9uZw==' };
    const missing = { domain: `${api.folder}/nosuch.h5`, headers };
    expect((await api.request('GET', '/', missing)).status).toBe(401);
    expect((await api.request('GET', '/groups/foobar', missing)).status).toBe(400);
    expect((await api.request('PUT', '/', { ...missing, domain: 'x' })).status).toBe(401);
  });

  itHere('[1/2.9] an over-long request line or header is 400', async () => {
    const long = 'x'.repeat(8300);
    expect((await file.get('/', { pattern: long })).status).toBe(400);
    expect((await file.get('/', {}, { headers: { 'x-long': long } })).status).toBe(400);
  });
});

const VSTR = { class: 'H5T_STRING', charSet: 'H5T_CSET_UTF8', length: 'H5T_VARIABLE' };
