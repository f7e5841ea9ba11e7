import { describeApi, itHere } from '../kit/api.js';
import { expectStatus, I32, type TestFile } from '../kit/file.js';

const ALL = {
  create: true,
  read: true,
  update: true,
  delete: true,
  readACL: true,
  updateACL: true,
};
const NONE = Object.fromEntries(Object.keys(ALL).map((name) => [name, false]));

describeApi('ACLs', (api) => {
  let file: TestFile;

  beforeEach(async () => {
    file = await api.file();
  });

  const asOther = { user: 'test_user2' };

  it('[1/12.4.2] an entry of creation has 7 members', async () => {
    const reply = expectStatus(await file.get('/acls/test_user1'), 200);
    expect(reply.at('acl')).toEqual({ ...ALL, userName: 'test_user1' });
    expect(reply.listAt('hrefs')).toHaveLength(4);
  });

  it('[1/12.4.2] an entry that was put has 8, with the domain', async () => {
    expectStatus(await file.put('/acls/test_user2', { read: true, update: true }), 201);
    const entry = { ...NONE, read: true, update: true, userName: 'test_user2' };
    const domain = `hsdstest${file.path}`;
    expect((await file.get('/acls/test_user2')).at('acl')).toEqual({ ...entry, domain });
    expect((await file.get('/acls/test_user2', {}, asOther)).status).toBe(200);
    expect((await file.get('/acls/test_user1', {}, asOther)).status).toBe(403);
  });

  it('[1/12.4.1] the list is sorted by userName', async () => {
    for (const name of ['zoe', 'default', 'g%3Atest_group', 'adam']) {
      expectStatus(await file.put(`/acls/${name}`, { read: true }), 201);
    }
    const reply = expectStatus(await file.get('/acls'), 200);
    const names = reply.listAt('acls').map((item) => (item as { userName: string }).userName);
    expect(names).toEqual(['adam', 'default', 'g:test_group', 'test_user1', 'zoe']);
    const rels = reply.listAt('hrefs').map((href) => (href as { rel: string }).rel);
    expect(rels).toEqual(['self', 'root', 'home', 'owner']);
    expect((await file.get('/acls', {}, { user: 'zoe' })).status).toBe(401);
    expect((await file.get('/acls', {}, asOther)).status).toBe(403);
  });

  it('[1/12.4.3] no such entry is 404, without read 403', async () => {
    expect((await file.get('/acls/nobody')).status).toBe(404);
    expect((await file.get('/acls/default')).status).toBe(404);
    expect((await file.get('/acls/test_user2', {}, asOther)).status).toBe(403);
  });

  it('[1/12.4.4] folders have ACLs', async () => {
    const reply = await api.request('GET', '/acls', { domain: api.folder });
    expect(reply.status).toBe(200);
    expect(reply.listAt('hrefs')).toHaveLength(3);
  });

  it('[1/12.5.6] [1/12.5.1] [1/12.5.2] a PUT changes what it names, always 201', async () => {
    expect((await file.put('/acls/test_user2', {})).status).toBe(201);
    expect((await file.get('/acls/test_user2')).at('acl')).toMatchObject(NONE);
    expect((await file.put('/acls/test_user2', { read: true })).status).toBe(201);
    expect((await file.put('/acls/test_user2', { update: true })).json).toEqual({});
    expect((await file.get('/acls/test_user2')).at('acl')).toMatchObject({
      read: true,
      update: true,
      create: false,
    });
  });

  it.each([undefined, '{', { foo: true }, { read: 'yes' }, { read: null }, { read: 2 }])(
    '[1/12.5.3] PUT with %j is 400 and changes nothing',
    async (body) => {
      const before = await file.state();
      expect((await file.put('/acls/test_user2', body)).status).toBe(400);
      expect(await file.state()).toBe(before);
    },
  );

  itHere('[1/12.5.3] 1 and 0 are stored as booleans', async () => {
    expectStatus(await file.put('/acls/test_user2', { read: 1, update: 0 }), 201);
    expect((await file.get('/acls/test_user2')).at('acl')).toMatchObject({
      read: true,
      update: false,
    });
  });

  it('[1/12.5.4] names are not checked to exist', async () => {
    expect((await file.put('/acls/no_such_user', { read: true })).status).toBe(201);
    expect((await file.put('/acls/g:test_group', { read: true })).status).toBe(201);
    expect((await file.get('/acls/g:test_group')).at('acl', 'read')).toBe(true);
  });

  it('[1/12.5.5] a PUT changes lastModified and works at once', async () => {
    const before = (await file.get('/')).at('lastModified') as number;
    expect((await file.get('/', {}, asOther)).status).toBe(403);
    await file.put('/acls/test_user2', { read: true });
    expect((await file.get('/')).at('lastModified')).toBeGreaterThan(before);
    expect((await file.get(`/groups/${file.root}`, {}, asOther)).status).toBe(200);
  });

  itHere('[1/12.5.5] [1/15.1] what is revoked is revoked at once', async () => {
    await file.put('/acls/test_user2', { read: true });
    expect((await file.get(`/groups/${file.root}`, {}, asOther)).status).toBe(200);
    await file.put('/acls/test_user2', { read: false });
    expect((await file.get(`/groups/${file.root}`, {}, asOther)).status).toBe(403);
  });

  itHere('[1/12.5.7] [1/12.5.8] a missing domain is 404, a deleted one 410', async () => {
    const body = { read: true };
    const missing = { domain: `${file.path}x`, body };
    expect((await api.request('PUT', '/acls/test_user2', missing)).status).toBe(404);
    await file.delete('/');
    expect((await file.put('/acls/test_user2', body)).status).toBe(410);
    expect((await file.put('/acls/test_user2', body, { user: null })).status).toBe(401);
  });

  itHere('[4/21.2.22] [1/12.6] [4/5.8] PUT needs updateACL', async () => {
    await file.put('/acls/test_user2', { ...ALL, updateACL: false });
    expect((await file.put('/acls/test_user2', { updateACL: true }, asOther)).status).toBe(403);
    await file.put('/acls/test_user2', { updateACL: true });
    expect((await file.put('/acls/test_user2', { read: true }, asOther)).status).toBe(201);
    expect((await file.put('/acls/test_user2', {}, { user: 'admin' })).status).toBe(201);
  });

  it('[1/12.2.3] [1/12.2.2] the own entry decides alone', async () => {
    await file.put('/acls/default', { read: true });
    expect((await file.get('/', {}, asOther)).status).toBe(200);
    await file.put('/acls/test_user2', { read: false, update: true });
    expect((await file.get('/', {}, asOther)).status).toBe(403);
  });

  it('[1/12.2.1] [1/12.2.5] admins may do everything, others nothing', async () => {
    const body = { type: I32, value: 1 };
    const path = `/groups/${file.root}/attributes/a`;
    expect((await file.put(path, body, asOther)).status).toBe(403);
    expect((await file.put(path, body, { user: 'admin' })).status).toBe(201);
  });

  const owner = 'groups/ROOT';
  it.each([
    ['read', 'GET', '/', undefined],
    ['read', 'POST', '/', { h5paths: [] }],
    ['read', 'GET', '/groups', undefined],
    ['read', 'GET', `/${owner}`, undefined],
    ['read', 'GET', `/${owner}/links`, undefined],
    ['read', 'POST', `/${owner}/links`, { titles: [] }],
    ['read', 'POST', `/${owner}/attributes`, { attr_names: [] }],
    ['read', 'GET', '/datasets/DSET/value', undefined],
    ['read', 'POST', '/datasets/DSET/value', { points: [0] }],
    ['read', 'GET', '/datasets/DSET/shape', undefined],
    ['readACL', 'GET', '/acls', undefined],
    ['readACL', 'GET', '/acls/test_user1', undefined],
    ['updateACL', 'PUT', '/acls/somebody', {}],
    ['create', 'POST', '/groups', {}],
    ['create', 'POST', '/datasets', { type: I32 }],
    ['create', 'POST', '/datatypes', { type: I32 }],
    ['create', 'PUT', `/${owner}/links/s`, { h5path: '/x' }],
    ['create', 'PUT', `/${owner}/links`, { links: { t: { h5path: '/x' } } }],
    ['create', 'PUT', `/${owner}/attributes/a`, { type: I32 }],
    ['create', 'PUT', `/${owner}/attributes`, { attributes: { b: { type: I32 } } }],
    ['update', 'PUT', '/datasets/DSET/value', { value: [1, 2] }],
    ['update', 'PUT', '/datasets/DSET/shape', { shape: [3] }],
    ['update', 'PUT', `/${owner}/attributes/old/value`, { value: 2 }],
    ['update', 'PUT', '/?flush=1', undefined],
    ['delete', 'DELETE', '/datasets/DSET', undefined],
    ['delete', 'DELETE', `/${owner}/links/d`, undefined],
    ['delete', 'DELETE', `/${owner}/links?titles=d`, undefined],
    ['delete', 'DELETE', `/${owner}/attributes/old`, undefined],
    ['delete', 'DELETE', `/${owner}/attributes?attr_names=old`, undefined],
    ['delete', 'DELETE', '/', undefined],
  ] as const)('[1/12.3] %s is what %s %s needs', async (action, method, path, body) => {
    if (path.startsWith('/acls/') && method === 'PUT' && process.env.HSDS_ENDPOINT) return;
    const dataset = await file.dataset(I32, [2], { maxdims: [0], h5path: 'd' });
    await file.attribute(`groups/${file.root}`, 'old', { type: I32, value: 1 });
    const where = path.replace('ROOT', file.root).replace('DSET', dataset);
    await file.put('/acls/test_user2', { ...ALL, [action]: false });
    const before = await file.state();
    const refused = await file.request(method, where, { body, ...asOther });
    expect([refused.status, await file.state()]).toEqual([403, before]);
    await file.put('/acls/test_user2', { ...NONE, [action]: true });
    const granted = await file.request(method, where, { body, ...asOther });
    expect([200, 201, 204]).toContain(granted.status);
  });
});

describeApi(
  'public by default',
  (api) => {
    itHere('[1/8.3.8] default_public gives new domains a default entry', async () => {
      const file = await api.file();
      expect((await file.get('/acls/default')).at('acl', 'read')).toBe(true);
      expect((await file.get('/', {}, { user: null })).status).toBe(200);
    });
  },
  { default_public: true },
);
