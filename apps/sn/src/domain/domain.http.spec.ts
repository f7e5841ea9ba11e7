import {
  at,
  startServer,
  textAt,
  type Call,
  type TestServer,
} from '../../../../test/kit/embedded-server.js';

const HOME = '/home/test_user1';
const DOMAIN = `${HOME}/t.h5`;
let server: TestServer;

const get = (call: Call = {}, path = '/') => server.request('GET', path, call);
const put = (domain: string, call: Call = {}) => server.request('PUT', '/', { domain, ...call });
const remove = (domain: string, call: Call = {}) =>
  server.request('DELETE', '/', { domain, ...call });

beforeAll(async () => {
  server = await startServer();
});

afterAll(() => server.close());

describe('GET /', () => {
  it('describes a domain and a folder', async () => {
    const domain = await get({ query: { getdnids: 1 } });
    expect(domain.status).toBe(200);
    expect(domain.json).toMatchObject({
      class: 'domain',
      owner: 'test_user1',
      limits: { min_chunk_size: 1048576, max_chunk_size: 4194304, max_request_size: 104857600 },
      version: '0.9.4',
      dn_ids: ['dn-001'],
    });
    expect(at(domain, 'hrefs')).toHaveLength(7);
    expect(at(domain, 'num_groups')).toBeUndefined();
    const folder = await get({ domain: HOME });
    expect(folder.json).toMatchObject({ class: 'folder', owner: 'test_user1' });
    expect(folder.json).not.toHaveProperty('root');
    expect(at(folder, 'hrefs')).toHaveLength(4);
  });

  it('lists the top level without a domain, and refuses the old host parameter', async () => {
    const top = await get({ domain: '' });
    expect(top.json).toMatchObject({ domains: [{ name: '/home' }], hrefs: [{ rel: 'self' }] });
    expect((await get({ domain: '', query: { host: 'x.y' } })).status).toBe(400);
  });

  it.each([
    [{ domain: `${HOME}/missing.h5` }, 404],
    [{ domain: 'home/test_user1/t.h5' }, 404],
    [{ domain: 'bad_domain.h5' }, 400],
    [{ query: { bucket: 'bad/bucket' } }, 400],
    [{ user: 'test_user2' }, 403],
    [{ user: null }, 403],
    [{ domain: HOME, query: { h5path: '/x' } }, 400],
  ])('answers %j with %d', async (call, status) => {
    expect((await get(call)).status).toBe(status);
  });
});

describe('PUT / and DELETE /', () => {
  it('creates once, deletes, and creates again with another root', async () => {
    const path = `${HOME}/again.h5`;
    const first = await put(path, { query: { getdnids: 1 } });
    expect(first.status).toBe(201);
    expect(first.json).toMatchObject({
      acls: { test_user1: { create: true, updateACL: true } },
      dn_ids: ['dn-001'],
    });
    expect(first.json).not.toHaveProperty('class');
    expect((await put(path)).status).toBe(409);
    expect(await remove(path)).toMatchObject({ status: 200, text: 'null' });
    expect((await get({ domain: path })).status).toBe(410);
    expect((await remove(path)).status).toBe(410);
    const second = await put(path);
    expect(textAt(second, 'root')).not.toBe(textAt(first, 'root'));
  });

  it('takes a root id that a client chose, once', async () => {
    const body = { root_id: 'g-01234567-89abcdef-89ab-cdef01-234567' };
    const made = await put(`${HOME}/chosen.h5`, { body });
    expect([made.status, at(made, 'root')]).toEqual([201, body.root_id]);
    expect((await put(`${HOME}/chosen2.h5`, { body })).status).toBe(409);
    expect((await get({ domain: `${HOME}/chosen2.h5` })).status).toBe(404);
    const bad = { root_id: 'g-01234567-89abcdef-0000-000000-000000' };
    expect((await put(`${HOME}/chosen2.h5`, { body: bad })).status).toBe(400);
    expect((await remove(`${HOME}/chosen.h5`)).status).toBe(200);
    expect((await put(`${HOME}/chosen2.h5`, { body })).status).toBe(201);
  });

  it.each([
    ['below nothing', `${HOME}/none/x.h5`, {}, 404],
    ['below a domain', `${DOMAIN}/x.h5`, {}, 400],
    ['at the top', '/x.h5', {}, 403],
    ['for another owner', `${HOME}/o.h5`, { body: { owner: 'test_user2' } }, 403],
    ['by a stranger', `${HOME}/s.h5`, { user: 'test_user2' }, 403],
    ['by nobody', `${HOME}/s.h5`, { user: null }, 401],
    ['linked to a folder', `${HOME}/l.h5`, { body: { linked_domain: HOME } }, 400],
    ['as two things', `${HOME}/l.h5`, { body: { linked_domain: DOMAIN, folder: 1 } }, 400],
    ['with a list', `${HOME}/l.h5`, { body: [] }, 400],
  ])('refuses creation %s', async (_name, domain, call, status) => {
    expect((await put(domain, call)).status).toBe(status);
  });

  it('keeps the objects of a linked domain whose other name goes', async () => {
    const [one, two] = [`${HOME}/one.h5`, `${HOME}/two.h5`];
    const root = textAt(await put(one), 'root');
    const linked = await put(two, { body: { linked_domain: one } });
    expect([linked.status, at(linked, 'root')]).toEqual([201, root]);
    expect((await remove(one, { body: { keep_root: 1 } })).status).toBe(200);
    expect((await get({ domain: two }, `/groups/${root}`)).status).toBe(200);
  });

  it('deletes a folder only when it is empty', async () => {
    const folder = `${HOME}/sub`;
    expect((await put(folder, { body: { folder: true } })).status).toBe(201);
    await put(`${folder}/x.h5`);
    expect((await remove(folder)).status).toBe(409);
    expect((await remove(folder, { user: 'test_user2' })).status).toBe(403);
    expect((await remove(`${folder}/x.h5`)).status).toBe(200);
    expect((await remove(folder)).status).toBe(200);
  });

  it('flushes and scans', async () => {
    expect((await put(DOMAIN, { query: { flush: 1 }, body: 'null' })).status).toBe(204);
    const withIds = await put(DOMAIN, { body: { flush: 1, getdnids: 1 } });
    expect(withIds).toMatchObject({ status: 200, json: { dn_ids: ['dn-001'] } });
    expect((await put(HOME, { query: { rescan: 1 } })).status).toBe(204);
    expect((await put(DOMAIN, { query: { rescan: 1 } })).status).toBe(204);
    const verbose = await get({ query: { verbose: 1 } });
    expect(verbose.json).toMatchObject({ num_groups: 1, num_datasets: 0, allocated_bytes: 0 });
    const size = at(verbose, 'total_size');
    expect(size).toBeGreaterThan(100);
    expect(size).toBeLessThan(600);
  });
});

describe('GET /domains', () => {
  const folder = `${HOME}/listed`;
  const list = (query: Record<string, string | number>) =>
    get({ domain: `${folder}/`, query }, '/domains');
  const names = async (query: Record<string, string | number>) => {
    const domains = at(await list(query), 'domains') as { name: string }[];
    return domains.map(({ name }) => name.slice(folder.length + 1));
  };

  beforeAll(async () => {
    await put(folder, { body: { folder: true } });
    for (let i = 0; i < 8; i++) {
      const domain = `${folder}/d${String(i)}.h5`;
      const root = textAt(await put(domain), 'root');
      const body = { type: 'H5T_STD_I32LE', value: 2 * i };
      await server.request('PUT', `/groups/${root}/attributes/attr1`, { domain, body });
    }
    await put(`${folder}/sub`, { body: { folder: true } });
  });

  it('shows every child once, with what is no secret', async () => {
    const reply = await list({});
    expect(at(reply, 'domains')).toHaveLength(9);
    expect(at(reply, 'hrefs')).toEqual([]);
    expect(at(reply, 'domains', 0)).toMatchObject({ class: 'domain', name: `${folder}/d0.h5` });
    expect(at(reply, 'domains', 0)).not.toHaveProperty('compressors');
    expect(at(reply, 'domains', 8)).toMatchObject({ class: 'folder' });
  });

  it('pages by what it returns', async () => {
    expect(await names({ Limit: 4 })).toEqual(['d0.h5', 'd1.h5', 'd2.h5', 'd3.h5']);
    const next = { Limit: 4, Marker: `${folder}/d3.h5` };
    expect(await names(next)).toEqual(['d4.h5', 'd5.h5', 'd6.h5', 'd7.h5']);
    expect(await names({ Marker: `${folder}/d66` })).toEqual(['d7.h5', 'sub']);
    expect(await names({ Marker: `${folder}/sub` })).toEqual([]);
    const query = { query: 'attr1 > 3', Limit: 2 };
    expect(await names(query)).toEqual(['d2.h5', 'd3.h5']);
  });

  it('filters by pattern and query', async () => {
    expect(await names({ pattern: 'd[0-3].h5' })).toHaveLength(4);
    expect(await names({ query: 'attr1 > 7' })).toHaveLength(4);
    expect((await list({ pattern: '*d*' })).status).toBe(400);
    expect((await list({ query: 'attr1 > 7 AND' })).status).toBe(400);
    expect((await list({ Limit: -1 })).status).toBe(400);
  });

  it('finds nothing below a domain, and refuses what is not there', async () => {
    expect(await get({ domain: DOMAIN }, '/domains')).toMatchObject({ json: { domains: [] } });
    expect((await get({ domain: `${HOME}/nothing/` }, '/domains')).status).toBe(404);
  });
});

describe('/acls', () => {
  it('shows and sets entries', async () => {
    const own = await get({}, '/acls/test_user1');
    expect(Object.keys(at(own, 'acl') as object)).toHaveLength(7);
    expect((await get({}, '/acls/default')).status).toBe(404);
    expect((await get({ user: 'test_user2' }, '/acls')).status).toBe(403);
    const body = { read: true, readACL: 1 };
    expect((await server.request('PUT', '/acls/g%3Ax', { body })).status).toBe(201);
    expect(at(await get({}, '/acls'), 'acls')).toMatchObject([
      { userName: 'g:x', read: true, readACL: true, create: false, domain: `hsdstest${DOMAIN}` },
      { userName: 'test_user1' },
    ]);
  });

  it.each([{ write: true }, { read: 'yes' }, []])('refuses %j', async (body) => {
    expect((await server.request('PUT', '/acls/test_user2', { body })).status).toBe(400);
  });

  it('lets only those change entries who may, and inherits them to new domains', async () => {
    const folder = `${HOME}/shared`;
    await put(folder, { body: { folder: true } });
    const call = { domain: folder, body: { read: true, create: true } };
    const stranger = { ...call, user: 'test_user2' };
    expect((await server.request('PUT', '/acls/test_user2', stranger)).status).toBe(403);
    expect((await server.request('PUT', '/acls/test_user2', call)).status).toBe(201);
    const made = await put(`${folder}/x.h5`, { user: 'test_user2' });
    expect(Object.keys(at(made, 'acls') as object)).toEqual(['test_user1', 'test_user2']);
    const folderAcls = at(await put(`${folder}/y`, { body: { folder: 1 } }), 'acls') as object;
    expect(Object.keys(folderAcls)).toEqual(['test_user2', 'test_user1', 'default']);
  });
});

describe('domain_objs', () => {
  it('is always there for 0.9 clients, and for 1.0 clients once the domain is quiet', async () => {
    const domain = `${HOME}/objs.h5`;
    const root = textAt(await put(domain), 'root');
    const body = { link: { id: root, name: 'g' }, attributes: { a: { type: 'H5T_STD_I8LE' } } };
    const group = textAt(await server.request('POST', '/groups', { domain, body }), 'id');
    const old = await get({ domain, query: { getobjs: 'T', include_attrs: 'T' } });
    expect(at(old, 'domain_objs', group)).toMatchObject({ attributes: { a: { value: null } } });
    expect(at(old, 'domain_objs', root, 'links', 'g')).toMatchObject({ id: group });
    const query = { getobjs: 1 };
    expect(at(await get({ domain, query }), 'domain_objs')).toBeUndefined();
    server.advance(11);
    const quiet = await get({ domain, query });
    expect(at(quiet, 'domain_objs', group)).toMatchObject({ attributes: { a: {} }, links: {} });
  });
});
