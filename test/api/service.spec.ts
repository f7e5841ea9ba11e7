import { describeApi, itHere } from '../kit/api.js';
import { basic } from '../kit/client.js';
import { expectStatus } from '../kit/file.js';

describeApi('service routes and authentication', (api) => {
  it('[1/14.1] /about says what the service is', async () => {
    const reply = expectStatus(await api.request('GET', '/about'), 200);
    expect(reply.json).toMatchObject({
      state: 'READY',
      name: 'Highly Scalable Data Service (HSDS)',
      greeting: 'Welcome to HSDS!',
      about: 'HSDS is a webservice for HDF data',
      username: 'test_user1',
      isadmin: false,
    });
    expect(reply.at('hsds_version')).toMatch(/^(0\.9|1\.)\d*\.\d+$/);
    expect(Number.isInteger(reply.at('start_time'))).toBe(true);
    expect(reply.at('node_count')).toBeGreaterThan(0);
    expect(reply.listAt('dn_ids').length).toBeGreaterThan(0);
  });

  it('[1/14.1] /about is open, but checks credentials that are there', async () => {
    const anonymous = await api.request('GET', '/about', { user: null });
    expect(anonymous.at('username')).toBe('anonymous');
    expect((await api.request('GET', '/about', { user: 'admin' })).at('isadmin')).toBe(true);
    const headers = { authorization: basic('test_user1', 'wrong') };
    expect((await api.request('GET', '/about', { headers })).status).toBe(401);
    expect((await api.request('GET', '/info', { headers })).status).toBe(200);
  });

  it('[4/4.1] /about ignores parameters and domains that do not exist', async () => {
    const query = { domain: '/home/nosuch.h5', bucket: 'nosuch', getobjs: 1 };
    expect((await api.request('GET', '/about', { query })).status).toBe(200);
  });

  it('[1/14.2] /info has every part', async () => {
    const reply = expectStatus(await api.request('GET', '/info', { user: null }), 200);
    const parts = ['node', 'cpu', 'diskio', 'netio', 'memory', 'disk', 'log_stats', 'req_count'];
    const caches = ['meta_cache_stats', 'chunk_cache_stats', 'domain_cache_stats'];
    expect(reply.keysAt()).toEqual(expect.arrayContaining([...parts, ...caches]));
    expect(reply.at('node')).toMatchObject({ type: 'sn', state: 'READY' });
    expect(reply.textAt('node', 'id')).toMatch(/^sn-/);
    expect(reply.at('node', 'node_number')).toBeUndefined();
  });

  itHere('[4/21.2.24] [4/4.2] /metrics is Prometheus text, without credentials', async () => {
    const reply = expectStatus(await api.request('GET', '/metrics', { user: null }), 200);
    expect(reply.headers['content-type']).toMatch(/^text\/plain/);
    for (const name of [
      'hsds_info{',
      'hsds_node_ready 1',
      'hsds_start_time_seconds',
      'hsds_http_requests_total',
      'hsds_http_request_duration_seconds_bucket{le="0.25"',
      'hsds_active_dn_count',
    ]) {
      expect(reply.text).toContain(name);
    }
  });

  it.each([
    ['Basic', 400],
    ['Basic ', 400],
    [`Basic ${Buffer.from('test_user1:').toString('base64')}`, 400],
    [`Basic ${Buffer.from(':test').toString('base64')}`, 400],
    ['Digest abc', 400],
    [basic('test_user1', 'wrong'), 401],
    [basic('nobody', 'test'), 401],
    [basic('test_user1').replace('Basic', 'bAsIc'), 200],
  ])('[1/13.1] Authorization "%s" is %i', async (authorization, status) => {
    const query = { domain: '/home' };
    const reply = await api.request('GET', '/', { query, headers: { authorization } });
    expect(reply.status).toBe(status);
    expect(reply.headers).not.toHaveProperty('www-authenticate');
  });

  itHere.each(['Basic !!!', `Basic ${Buffer.from('nocolon').toString('base64')}`, 'Basic /w=='])(
    '[1/13.1] garbage "%s" is 400',
    async (authorization) => {
      const query = { domain: '/home' };
      const reply = await api.request('GET', '/', { query, headers: { authorization } });
      expect(reply.status).toBe(400);
    },
  );

  itHere('[1/13.6.4] a bearer token that is none is 401', async () => {
    const headers = { authorization: 'Bearer abc.def.ghi' };
    const reply = await api.request('GET', '/', { query: { domain: '/home' }, headers });
    expect(reply.status).toBe(401);
  });

  it('[1/13.1] anonymous callers read what is public and write nothing', async () => {
    const file = await api.file();
    const anonymous = { user: null, domain: file.path };
    expect((await api.request('GET', '/', { ...anonymous, domain: '/home' })).status).toBe(200);
    expect((await api.request('GET', '/', anonymous)).status).toBe(403);
    expect((await api.request('POST', '/groups', anonymous)).status).toBe(401);
    expect((await api.request('PUT', '/', { ...anonymous, query: { flush: 1 } })).status).toBe(401);
    expect((await api.request('DELETE', '/', anonymous)).status).toBe(401);
    await file.put('/acls/default', { read: true });
    expect((await api.request('GET', '/', anonymous)).status).toBe(200);
    expect((await api.request('GET', `/groups/${file.root}`, anonymous)).status).toBe(200);
    const put = { ...anonymous, body: { type: 'H5T_STD_I32LE' } };
    expect((await api.request('PUT', `/groups/${file.root}/attributes/a`, put)).status).toBe(401);
  });
});

describeApi(
  'without anonymous access',
  (api) => {
    itHere('[1/6.1] [1/13.1] reads need credentials when allow_noauth is off', async () => {
      for (const path of ['/', '/domains', '/?domain=/home', '/acls?domain=/home']) {
        expect([path, (await api.request('GET', path, { user: null })).status]).toEqual([
          path,
          401,
        ]);
      }
      expect((await api.request('GET', '/about', { user: null })).status).toBe(200);
    });

    itHere('[1/2.3] a foreign bucket is 403 when the policy is off', async () => {
      const query = { domain: '/home', bucket: 'other' };
      expect((await api.request('GET', '/', { query })).status).toBe(403);
      expect((await api.request('GET', '/domains', { query })).status).toBe(403);
      expect((await api.request('PUT', '/', { query, user: 'admin' })).status).toBe(403);
    });

    itHere('[1/13.2] [1/13.5] users of the command line and the admin setting', async () => {
      const headers = { authorization: basic('maria', 'secret') };
      const reply = await api.request('GET', '/about', { headers });
      expect(reply.json).toMatchObject({ username: 'maria', isadmin: true });
    });
  },
  {
    allow_noauth: false,
    allow_any_bucket_read: false,
    allow_any_bucket_write: false,
    hs_username: 'maria',
    hs_password: 'secret',
    admin_user: 'maria',
  },
);
