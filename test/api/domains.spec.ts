import { describeApi, itHere } from '../kit/api.js';
import { compound, expectStatus, I32, type TestFile } from '../kit/file.js';

const DN_IDS = ['dn-001'];

describeApi('domains', (api) => {
  it('[1/8.3.9] creation answers 201 with the public members', async () => {
    const domain = api.freshPath();
    const made = expectStatus(await api.request('PUT', '/', { domain }), 201);
    expect(made.keysAt()).toEqual(
      'acls compressors created lastModified limits owner root version'.split(' '),
    );
    expect(made.json).toMatchObject({ owner: 'test_user1', limits: LIMITS });
    expect(made.at('created')).toBe(made.at('lastModified'));
    expect(made.textAt('root')).toMatch(/^g-[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{4}(-[0-9a-f]{6}){2}$/);
    const read = expectStatus(await api.request('GET', '/', { domain }), 200);
    expect(read.at('root')).toBe(made.at('root'));
    expect((await api.request('GET', `/groups/${made.textAt('root')}`, { domain })).status).toBe(
      200,
    );
    const listed = await api.request('GET', '/domains', { query: { domain: `${api.folder}/` } });
    expect(JSON.stringify(listed.at('domains'))).toContain(`"${domain}"`);
  });

  it('[1/5.1] [1/17.1] [4/21.2.23] [1/5.3] [1/6.2] GET / of a domain', async () => {
    const file = await api.file();
    const reply = expectStatus(await file.get('/'), 200);
    expect(reply.json).toMatchObject({ class: 'domain', owner: 'test_user1', root: file.root });
    expect(reply.at('limits')).toEqual(LIMITS);
    expect(reply.listAt('compressors')).toEqual(
      expect.arrayContaining(['blosclz', 'lz4', 'lz4hc', 'gzip', 'zstd', 'deflate']),
    );
    expect(reply.at('version')).toMatch(/^\d+\.\d+\.\d+$/);
    const rels = 'self database groupbase typebase root acls parent'.split(' ');
    expect(reply.listAt('hrefs').map((href) => (href as { rel: string }).rel)).toEqual(rels);
    expect(reply.at('hrefs', 6, 'href')).toBe(`${api.base}/?domain=hsdstest${api.folder}`);
    for (const absent of ['acls', 'num_groups', 'domain_objs', 'dn_ids', 'name']) {
      expect(reply.json).not.toHaveProperty(absent);
    }
  });

  it('[4/21.2.26] [1/6.2] [4/5.1] GET / of a folder', async () => {
    const reply = await api.request('GET', '/', { query: { domain: api.folder, verbose: 1 } });
    expect(reply.json).toMatchObject({ class: 'folder', owner: 'test_user1' });
    expect(reply.json).not.toHaveProperty('root');
    expect(reply.json).not.toHaveProperty('num_groups');
    expect(reply.at('hrefs')).toEqual([
      { rel: 'self', href: `${api.base}/?domain=${api.folder}` },
      { rel: 'domains', href: `${api.base}/domains?domain=${api.folder}/` },
      { rel: 'acls', href: `${api.base}/acls?domain=${api.folder}` },
      { rel: 'parent', href: `${api.base}/?domain=hsdstest/home/test_user1` },
    ]);
    const top = await api.request('GET', '/', { query: { domain: '/home' } });
    expect(top.listAt('hrefs')).toHaveLength(3);
  });

  it('[1/6.1] GET / without a domain lists the top level', async () => {
    const reply = expectStatus(await api.request('GET', '/'), 200);
    expect(reply.at('hrefs')).toEqual([{ rel: 'self', href: `${api.base}/` }]);
    expect(reply.at('domains')).toContainEqual(
      expect.objectContaining({ name: '/home', class: 'folder', owner: 'admin' }),
    );
    expect((await api.request('GET', '/', { query: { host: 'x' } })).status).toBe(400);
  });

  it('[1/5.4] dn_ids are the same constant list everywhere', async () => {
    const domain = api.freshPath();
    const query = { getdnids: 1 };
    const made = await api.request('PUT', '/', { domain, query });
    const read = await api.request('GET', '/', { domain, query });
    const body = { flush: 1, getdnids: 1 };
    const flushed = await api.request('PUT', '/', { domain, body });
    expect([made.status, read.status, flushed.status]).toEqual([201, 200, 200]);
    expect(flushed.keysAt()).toEqual(['dn_ids']);
    const ids = made.at('dn_ids');
    expect([read.at('dn_ids'), flushed.at('dn_ids')]).toEqual([ids, ids]);
  });

  itHere('[1/5.4] dn_ids do not tell the number of data nodes', async () => {
    const reply = await api.request('GET', '/', { query: { domain: '/home', getdnids: 1 } });
    expect(reply.at('dn_ids')).toEqual(DN_IDS);
  });

  it('[1/5.2.1] nothing is created implicitly, and only in folders', async () => {
    const missing = { domain: `${api.folder}/nosuch/x.h5` };
    expect((await api.request('PUT', '/', missing)).status).toBe(404);
    const file = await api.file();
    expect((await api.request('PUT', '/', { domain: `${file.path}/x.h5` })).status).toBe(400);
    await file.delete('/');
    expect((await api.request('PUT', '/', { domain: `${file.path}/x.h5` })).status).toBe(410);
  });

  it('[1/5.2.2] [1/8.3.3] top-level domains are for admins', async () => {
    const domain = `/top${Date.now()}.h5`;
    expect((await api.request('PUT', '/', { domain })).status).toBe(403);
    expect((await api.request('PUT', '/', { domain: '/home' })).status).toBe(403);
    expect((await api.request('PUT', '/', { domain, user: 'admin' })).status).toBe(201);
    expect((await api.request('DELETE', '/', { domain })).status).toBe(403);
    expect((await api.request('DELETE', '/', { domain, user: 'admin' })).status).toBe(200);
  });

  it('[1/5.2.3] [1/8.3.6] folders and domains share one name space', async () => {
    const file = await api.file();
    const body = { folder: true };
    expect((await file.put('/', body)).status).toBe(409);
    expect((await file.put('/', {})).status).toBe(409);
    expect((await api.request('PUT', '/', { domain: api.folder, body })).status).toBe(409);
    expect((await file.get('/')).at('root')).toBe(file.root);
  });

  itHere('[1/5.2.4] /db holds no domains', async () => {
    for (const domain of ['/db', '/db/x.h5']) {
      expect((await api.request('GET', '/', { domain })).status).toBe(404);
      expect((await api.request('PUT', '/', { domain, user: 'admin' })).status).toBe(404);
    }
  });

  it('[1/8.3.6] of many concurrent creations exactly one gets 201', async () => {
    const domain = api.freshPath();
    const replies = await Promise.all(
      Array.from({ length: 8 }, () => api.request('PUT', '/', { domain })),
    );
    const statuses = replies.map(({ status }) => status).sort();
    expect(statuses).toEqual([201, 409, 409, 409, 409, 409, 409, 409]);
  });

  it('[1/8.3.2] only admins create for others', async () => {
    const body = { owner: 'test_user2' };
    const domain = api.freshPath();
    expect((await api.request('PUT', '/', { domain, body })).status).toBe(403);
    const made = await api.request('PUT', '/', { domain, body, user: 'admin' });
    expect([made.status, made.at('owner')]).toEqual([201, 'test_user2']);
    expect((await api.request('GET', '/', { domain, user: 'test_user2' })).status).toBe(200);
  });

  it('[1/8.3.4] creation needs create on the parent', async () => {
    const domain = api.freshPath();
    expect((await api.request('PUT', '/', { domain, user: 'test_user2' })).status).toBe(403);
    expect((await api.request('PUT', '/', { domain, user: null })).status).toBe(401);
  });

  it('[1/9.1] [1/9.4] [1/15.1] [4/5.7] [1/8.3.7] [1/15.5] a deleted path is 410, then can be created anew', async () => {
    const file = await api.file();
    expect((await file.delete('/')).text).toBe('null');
    for (const path of ['/', '/groups', '/acls', `/groups/${file.root}`]) {
      expect([path, (await file.get(path)).status]).toEqual([path, 410]);
    }
    expect((await file.delete('/')).status).toBe(410);
    const again = expectStatus(await file.put('/', {}), 201);
    expect(again.textAt('root')).not.toBe(file.root);
    expect((await file.get('/')).status).toBe(200);
  });

  it('[1/8.3.8] [1/12.7] ACLs come from the parent, the owner and the kind', async () => {
    const folder = `${api.folder}/inherit`;
    await api.request('PUT', '/', { domain: folder, body: { folder: true } });
    const entry = { read: true, update: true };
    await api.request('PUT', '/acls/test_user2', { domain: folder, body: entry });
    await api.request('PUT', '/acls/g:nothing', { domain: folder, body: {} });
    const domain = `${folder}/x.h5`;
    const made = expectStatus(await api.request('PUT', '/', { domain }), 201);
    expect(made.keysAt('acls')).toEqual(['test_user1', 'test_user2']);
    expect(made.at('acls', 'test_user2')).toMatchObject({ ...entry, create: false });
    const acls = await api.request('GET', '/acls/default', { domain: folder });
    expect(acls.at('acl')).toMatchObject({ read: true, create: false, updateACL: false });
    expect((await api.request('GET', '/acls/default', { domain })).status).toBe(404);
    const child = { domain: `${folder}/sub`, body: { folder: true } };
    const made2 = await api.request('PUT', '/', child);
    expect(made2.keysAt('acls')).toEqual(['default', 'test_user1', 'test_user2']);
    expect(made2.json).not.toHaveProperty('root');
  });

  it('[1/8] creation properties of the root group are kept; other keys are ignored', async () => {
    const file = await api.file({
      group: { creationProperties: { CreateOrder: 1 } },
      class: 'x',
      attributes: {},
    });
    const root = await file.get(`/groups/${file.root}`);
    expect(root.at('creationProperties')).toEqual({ CreateOrder: 1 });
    expect((await file.get('/')).at('class')).toBe('domain');
  });

  it('[1/8.1.2] flush answers 204, or 200 with dn_ids', async () => {
    const file = await api.file();
    const flushed = await file.put('/', { flush: 1 });
    expect([flushed.status, flushed.bytes.length]).toEqual([204, 0]);
    expect((await file.put('/?flush=1', 'null')).status).toBe(204);
    expect((await file.put('/', { flush: 1, getdnids: 1 })).status).toBe(200);
  });

  it('[1/8.1.1] [1/8.2.1] flush and rescan need update on an existing domain', async () => {
    const file = await api.file();
    for (const query of [{ flush: 1 }, { rescan: 1 }]) {
      const stranger = await file.put('/', undefined, { query, user: 'test_user2' });
      expect(stranger.status).toBe(403);
      const missing = await file.put('/', undefined, { query, domain: `${file.path}x` });
      expect(missing.status).toBe(404);
    }
  });

  itHere('[1/8.1.3] [1/8.2.4] folders have nothing to flush or scan', async () => {
    for (const query of [{ flush: 1 }, { rescan: 1 }, { flush: 1, getdnids: 1 }]) {
      expect((await api.request('PUT', '/', { domain: api.folder, query })).status).toBe(204);
    }
  });

  it('[1/8.1.5] [1/8.2.2] [3/19.11] [1/15.2] [3/14.2] [3/15.5] [1/8.2.3] [1/5.5] [1/15.3] rescan brings the figures up to date', async () => {
    const file = await api.file();
    const empty = await rescan(file);
    expect(empty).toMatchObject({ num_groups: 1, num_datasets: 0, num_datatypes: 0 });
    expect(empty.total_size).toBeGreaterThan(100);
    expect(empty.total_size).toBeLessThan(600);
    expect(empty.allocated_bytes).toBe(0);
    await file.group('g');
    await file.datatype(I32);
    await file.filled(I32, [4], [1, 2, 3, 4], { h5path: 'd' });
    const full = await rescan(file);
    expect(full).toMatchObject({
      num_groups: 2,
      num_datasets: 1,
      num_datatypes: 1,
      num_chunks: 1,
      num_objects: 5,
      linked_bytes: 0,
      num_linked_chunks: 0,
      allocated_bytes: 16,
    });
    expect(full.scan_info).toMatchObject({ num_groups: 2, logical_bytes: 16, bucket: 'hsdstest' });
    expect(full.md5_sum).toMatch(/^[0-9a-f]{32}$/);
    const complete = (figures: Figures) => (figures.scan_info as Figures).scan_complete as number;
    expect(complete(full)).toBeGreaterThan(complete(empty));
  });

  itHere('[3/14.2] a chunk table counts by the sizes that are stored in it', async () => {
    const file = await api.file();
    const table = compound(['offset', 'H5T_STD_I64LE'], ['size', I32]);
    const entries = [
      [64, 40],
      [0, 0],
      [104, 50],
    ];
    const chunk_table = await file.filled(table, [3], entries);
    const file_uri = 'samples/x.h5';
    const layout = { class: 'H5D_CHUNKED_REF_INDIRECT', file_uri, dims: [10], chunk_table };
    const links = { creationProperties: { layout }, h5path: 'd' };
    await file.dataset(I32, [30], links);
    expect(await rescan(file)).toMatchObject({ linked_bytes: 90, num_linked_chunks: 2 });
  });

  it('[1/9.3] only empty folders are deleted, and 403 comes before 409', async () => {
    const folder = `${api.folder}/full`;
    await api.request('PUT', '/', { domain: folder, body: { folder: true } });
    const child = `${folder}/x.h5`;
    await api.request('PUT', '/', { domain: child });
    expect((await api.request('DELETE', '/', { domain: folder, user: 'test_user2' })).status).toBe(
      403,
    );
    expect((await api.request('DELETE', '/', { domain: folder })).status).toBe(409);
    expect((await api.request('DELETE', '/', { domain: child })).status).toBe(200);
    expect((await api.request('DELETE', '/', { domain: folder })).status).toBe(200);
  });

  it('[1/9] a stranger may not delete, an admin may', async () => {
    const file = await api.file();
    expect((await file.delete('/', {}, { user: 'test_user2' })).status).toBe(403);
    expect((await file.delete('/', {}, { user: null })).status).toBe(401);
    expect((await file.delete('/', {}, { user: 'admin' })).status).toBe(200);
  });

  it('[1/8.4] [1/9.2] a linked domain shares the objects; keep_root leaves them', async () => {
    const file = await api.file();
    const dataset = await file.filled(I32, [1], [7], { h5path: 'd' });
    const domain = api.freshPath();
    const made = await api.request('PUT', '/', { domain, body: { linked_domain: file.path } });
    expect([made.status, made.at('root')]).toEqual([201, file.root]);
    const deleted = await file.request('DELETE', '/', { body: { keep_root: 1 } });
    expect(deleted.status).toBe(200);
    const value = await api.request('GET', `/datasets/${dataset}/value`, { domain });
    expect(value.at('value')).toEqual([7]);
    expect((await file.get('/')).status).toBe(410);
  });

  it('[1/8.3.1] [1/8.3.5] a link target must be a readable and deletable domain', async () => {
    const file = await api.file();
    const create = (body: object, user = 'test_user1') =>
      api.request('PUT', '/', { domain: api.freshPath(), body, user });
    expect((await create({ linked_domain: file.path, folder: true })).status).toBe(400);
    expect((await create({ linked_domain: api.folder })).status).toBe(400);
    expect((await create({ linked_domain: `${file.path}x` })).status).toBe(404);
    await api.request('PUT', '/acls/test_user2', { domain: api.folder, body: { create: true } });
    expect((await create({ linked_domain: file.path }, 'test_user2')).status).toBe(403);
  });

  itHere('[1/9.5] [1/9.6] meta_only and a null body of DELETE', async () => {
    const file = await api.file();
    const meta = await file.delete('/', { meta_only: 1 });
    expect([meta.status, meta.json]).toEqual([200, {}]);
    expect((await file.delete('/', { meta_only: 1 }, { user: null })).status).toBe(401);
    expect((await file.get('/')).status).toBe(200);
    expect((await file.request('DELETE', '/', { body: 'null' })).status).toBe(200);
  });

  itHere('[4/3.1.2] [4/21.2.25] [4/5.5] root_id chooses the root, once', async () => {
    const rootId = 'g-0123456789abcdef'.replace(/^(g-.{8})/, '$1-') + '-89ab-cdef01-234567';
    const first = api.freshPath();
    const put = (domain: string, body: object) => api.request('PUT', '/', { domain, body });
    const made = await put(first, { root_id: rootId });
    expect([made.status, made.at('root')]).toEqual([201, rootId]);
    expect((await put(first, { root_id: rootId })).status).toBe(409);
    expect((await put(api.freshPath(), { root_id: rootId })).status).toBe(409);
    expect((await api.request('DELETE', '/', { domain: first })).status).toBe(200);
    expect((await put(first, { root_id: rootId })).status).toBe(201);
    for (const bad of ['g-1', rootId.replace('234567', '234568'), 5, `d${rootId.slice(1)}`]) {
      expect((await put(api.freshPath(), { root_id: bad })).status).toBe(400);
    }
    expect((await put(api.freshPath(), { root_id: rootId, folder: true })).status).toBe(400);
  });
});

const LIMITS = { min_chunk_size: 1048576, max_chunk_size: 4194304, max_request_size: 104857600 };

type Figures = Record<string, unknown>;

async function rescan(file: TestFile): Promise<Figures> {
  const done = await file.put('/', undefined, { query: { flush: 1, rescan: 1 } });
  expect(done.status).toBe(204);
  return (await file.get('/', { verbose: 1 })).json as Figures;
}
