import { describeApi, itHere } from '../kit/api.js';
import { A_NUMBER, AN_OBJECT, expectStatus, F64, I32, type TestFile } from '../kit/file.js';

describeApi('objects by path, and all of them', (api) => {
  let file: TestFile;
  let other: TestFile;
  const ids: Record<string, string> = {};

  beforeAll(async () => {
    file = await api.file();
    other = await api.file();
    ids.g1 = await file.group('g1');
    ids.g11 = await file.group('g1/g1.1');
    ids.d = await file.filled(I32, [4], [1, 2, 3, 4], { h5path: 'g1/d' });
    ids.t = await file.datatype(F64, { h5path: 'g1/t' });
    ids.far = await other.group('far');
    await file.attribute(`datasets/${ids.d}`, 'units', { type: I32, value: 1 });
    await file.link(file.root, 'abs', { h5path: '/g1/d' });
    await file.link(ids.g1, 'rel', { h5path: 'g1.1' });
    await file.link(file.root, 'ext', { h5path: '/far', h5domain: other.path });
    await file.link(file.root, 'ext2', { h5path: '/far', h5domain: `hdf5:/${other.path}` });
    await file.link(file.root, 'loop', { h5path: '/loop' });
  });

  const byPath = (h5path: string, query: object = {}) => file.get('/', { h5path, ...query });

  it('[1/6.4] an object by path, with its domain, class and hrefs', async () => {
    const reply = expectStatus(await byPath('/g1/d'), 200);
    expect(reply.json).toMatchObject({
      id: ids.d,
      root: file.root,
      domain: file.path,
      class: 'dataset',
      shape: { class: 'H5S_SIMPLE', dims: [4] },
      type: { class: 'H5T_INTEGER', base: I32 },
      layout: { class: 'H5D_CHUNKED', dims: [4] },
      attributeCount: 1,
    });
    expect(reply.at('creationProperties')).toBeDefined();
    expect(reply.json).not.toHaveProperty('attributes');
    const rels = reply.listAt('hrefs').map((href) => (href as { rel: string }).rel);
    expect(rels).toEqual('self database groupbase typebase root home acls parent'.split(' '));
    const group = await byPath('/g1', { include_links: 1, include_attrs: 1 });
    expect(group.at('class')).toBe('group');
    expect(group.keysAt('links')).toEqual(['d', 'g1.1', 'rel', 't']);
    expect(group.at('attributes')).toEqual({});
    expect((await byPath('/g1/t')).at('class')).toBe('datatype');
  });

  it('[1/6.4.1] parent_id is where the walk starts', async () => {
    expect((await byPath('g1.1', { parent_id: ids.g1 })).at('id')).toBe(ids.g11);
    expect((await byPath('g1.1')).status).toBe(404);
    for (const path of ['x', '.']) {
      expect((await byPath(path, { parent_id: ids.d })).status).toBe(404);
    }
  });

  itHere('[1/6.4.1] a malformed or foreign parent_id is 400', async () => {
    expect((await byPath('x', { parent_id: 'foobar' })).status).toBe(400);
    expect((await byPath('far', { parent_id: other.root })).status).toBe(400);
  });

  it('[1/6.4.2] the root, the start group and a leading ./', async () => {
    expect((await byPath('/')).at('id')).toBe(file.root);
    expect((await byPath('/', { parent_id: ids.g1 })).at('id')).toBe(file.root);
    expect((await byPath('.', { parent_id: ids.g1 })).at('id')).toBe(ids.g1);
    expect((await byPath('', { parent_id: ids.g1 })).at('id')).toBe(ids.g1);
    expect((await byPath('./g1.1', { parent_id: ids.g1 })).at('id')).toBe(ids.g11);
  });

  it('[1/6.4.3] extra slashes do not matter; with parent_id paths stay relative', async () => {
    expect((await byPath('/g1//g1.1/')).at('id')).toBe(ids.g11);
    expect((await byPath('/g1.1', { parent_id: ids.g1 })).at('id')).toBe(ids.g11);
  });

  it('[1/6.4.4] [1/6.4.5] what is not there is 404, what was deleted 410', async () => {
    expect((await byPath('/nosuch')).status).toBe(404);
    const gone = await file.group('gone');
    await file.delete(`/groups/${gone}`);
    expect((await byPath('/gone')).status).toBe(410);
    await file.delete(`/groups/${file.root}/links/gone`);
  });

  itHere('[1/6.4.4] a segment below a dataset is 404', async () => {
    expect((await byPath('/g1/d/x')).status).toBe(404);
    expect((await byPath('/g1/t/x')).status).toBe(404);
  });

  it('[1/6.4.6] soft links are followed when asked', async () => {
    expect((await byPath('/abs')).status).toBe(400);
    expect((await byPath('/abs', { follow_soft_links: 1 })).at('id')).toBe(ids.d);
    expect((await byPath('/g1/rel', { follow_soft_links: 1 })).at('id')).toBe(ids.g11);
  });

  it('[1/6.4.7] external links are followed when asked', async () => {
    expect((await byPath('/ext')).status).toBe(400);
    for (const path of ['/ext', '/ext2']) {
      const reply = await byPath(path, { follow_external_links: 1 });
      expect(reply.json).toMatchObject({ id: ids.far, domain: other.path, class: 'group' });
    }
  });

  itHere('[1/6.4.8] cycles of links are 400', async () => {
    expect((await byPath('/loop', { follow_soft_links: 1 })).status).toBe(400);
  });

  itHere('[1/6.4.9] the other domain must be readable', async () => {
    await file.put('/acls/test_user2', { read: true });
    const call = { user: 'test_user2' };
    const query = { h5path: '/ext', follow_external_links: 1 };
    expect((await file.get('/', query, call)).status).toBe(403);
    await other.put('/acls/test_user2', { read: true });
    expect((await file.get('/', query, call)).status).toBe(200);
  });

  itHere('[1/6.4.10] a folder has no objects', async () => {
    const reply = await api.request('GET', '/', { domain: api.folder, query: { h5path: '/x' } });
    expect(reply.status).toBe(400);
  });

  it('[1/7.1] POST / answers for every path as sent', async () => {
    const reply = expectStatus(await file.post('/', { h5paths: ['/g1', '/', './g1', '/g1'] }), 200);
    expect(reply.keysAt()).toEqual(['h5paths']);
    expect(reply.keysAt('h5paths')).toEqual(['./g1', '/', '/g1']);
    expect(reply.at('h5paths', '/g1')).toMatchObject({
      id: ids.g1,
      root: file.root,
      class: 'group',
      domain: file.path,
    });
    expect(reply.at('h5paths', '/g1')).not.toHaveProperty('hrefs');
    const query = { parent_id: ids.g1 };
    const relative = await file.post('/', { h5paths: ['g1.1', 'd'] }, { query });
    expect(relative.at('h5paths', 'd', 'id')).toBe(ids.d);
  });

  it('[1/7.2] [1/7.3] one bad path fails the request; an empty list does not', async () => {
    expect((await file.post('/', { h5paths: ['/g1', '/nosuch'] })).status).toBe(404);
    expect((await file.post('/', { h5paths: ['/g1', '/abs'] })).status).toBe(400);
    expect((await file.post('/', { h5paths: [] })).json).toEqual({ h5paths: {} });
  });

  it.each([undefined, '{', {}, { h5paths: '/g1' }, { h5paths: 1 }])(
    '[1/7.4] POST / with %j is 400',
    async (body) => {
      expect((await file.post('/', body)).status).toBe(400);
    },
  );

  it('[1/7.5] POST / of a folder is 400, of a missing domain 404', async () => {
    const body = { h5paths: ['/'] };
    expect((await file.post('/', body, { domain: api.folder })).status).toBe(400);
    expect((await file.post('/', body, { domain: `${file.path}x` })).status).toBe(404);
    expect((await file.post('/', body, { user: 'nobody' })).status).toBe(401);
  });

  itHere('[1/7.6] paths do not influence each other', async () => {
    const query = { follow_soft_links: 1, follow_external_links: 1 };
    const reply = await file.post('/', { h5paths: ['/ext', '/', '/abs'] }, { query });
    expect(reply.at('h5paths', '/', 'id')).toBe(file.root);
    expect(reply.at('h5paths', '/abs', 'id')).toBe(ids.d);
  });

  it('[4/21.2.3] [4/5.4.4] [1/6.3.3] [1/6.3] getobjs with include_attrs gives every reachable object whole', async () => {
    const reply = await file.get('/', { getobjs: 'T', include_attrs: 'T' });
    const objects = reply.at('domain_objs') as Record<string, object>;
    const all = [file.root, ids.g1, ids.g11, ids.d, ids.t].sort();
    expect(Object.keys(objects).sort()).toEqual(all);
    for (const [id, object] of Object.entries(objects)) {
      expect(object).toMatchObject({ id, root: file.root, attributes: AN_OBJECT });
    }
    expect(objects[file.root]).toMatchObject({
      links: {
        g1: { class: 'H5L_TYPE_HARD', id: ids.g1, created: A_NUMBER },
        abs: { class: 'H5L_TYPE_SOFT', h5path: '/g1/d' },
        ext: { class: 'H5L_TYPE_EXTERNAL', h5path: '/far', h5domain: other.path },
      },
    });
    expect(objects[ids.d!]).toMatchObject({
      type: { class: 'H5T_INTEGER', base: I32 },
      shape: { class: 'H5S_SIMPLE', dims: [4] },
      layout: { class: 'H5D_CHUNKED', dims: [4] },
      attributes: { units: { value: 1, shape: { class: 'H5S_SCALAR' } } },
    });
    expect(JSON.stringify(objects)).not.toContain('"value":[1,2,3,4]');
  });

  it('[1/6.3.2] folders have no domain_objs', async () => {
    const query = { getobjs: 'T', include_attrs: 'T' };
    const reply = await api.request('GET', '/', { domain: api.folder, query });
    expect(reply.json).not.toHaveProperty('domain_objs');
  });

  itHere('[1/6.3.4] a hard link to a deleted object leaves no entry', async () => {
    const fresh = await api.file();
    const gone = await fresh.group('gone');
    await fresh.delete(`/groups/${gone}`);
    const reply = await fresh.get('/', { getobjs: 'T', include_attrs: 'T' });
    expect(reply.keysAt('domain_objs')).toEqual([fresh.root]);
  });

  it('[1/6.3.5] values are the current ones', async () => {
    const fresh = await api.file();
    const query = { getobjs: 'T', include_attrs: 'T' };
    await fresh.attribute(`groups/${fresh.root}`, 'a', { type: I32, value: 1 });
    const value = async () =>
      (await fresh.get('/', query)).at('domain_objs', fresh.root, 'attributes', 'a', 'value');
    expect(await value()).toBe(1);
    await fresh.put(`/groups/${fresh.root}/attributes/a?replace=1`, { type: I32, value: 2 });
    expect(await value()).toBe(2);
  });

  itHere(
    '[1/6.3] one request for all objects, named by its content: 304 while unchanged',
    async () => {
      const fresh = await api.file();
      for (let i = 0; i < 300; i += 1) await fresh.group(`g${i}`);
      const get = (tag?: string) =>
        fresh.get(
          '/',
          { getobjs: 'T', include_attrs: 'T' },
          tag === undefined ? {} : { headers: { 'If-None-Match': tag } },
        );
      const first = await get();
      expect(first.keysAt('domain_objs')).toHaveLength(301);
      const tag = first.headers.etag ?? '';
      expect(tag).toMatch(/^W\/"[\w-]+"$/);
      const same = await get(`"other", ${tag}`);
      expect([same.status, same.text, same.headers.etag]).toEqual([304, '', tag]);
      await fresh.attribute(`groups/${fresh.root}`, 'a', { type: I32, value: 1 });
      const changed = await get(tag);
      expect(changed.status).toBe(200);
      expect(changed.headers.etag).not.toBe(tag);
      expect(changed.at('domain_objs', fresh.root, 'attributes', 'a', 'value')).toBe(1);
    },
  );

  it('[1/11.1] collections hold the ids of reachable objects, sorted', async () => {
    const groups = expectStatus(await file.get('/groups'), 200);
    expect(groups.at('groups')).toEqual([ids.g1, ids.g11].sort());
    expect((await file.get('/datasets')).at('datasets')).toEqual([ids.d]);
    expect((await file.get('/datatypes')).at('datatypes')).toEqual([ids.t]);
    const rels = groups.listAt('hrefs').map((href) => (href as { rel: string }).rel);
    expect(rels).toEqual(['self', 'root', 'home']);
  });

  it('[1/11.2] collections page by Limit and Marker, exactly', async () => {
    const fresh = await api.file();
    const made: string[] = [];
    for (let i = 0; i < 12; i++) made.push(await fresh.group(`g${i}`));
    made.sort();
    const first = (await fresh.get('/groups', { Limit: 5 })).at('groups');
    expect(first).toEqual(made.slice(0, 5));
    const next = await fresh.get('/groups', { Limit: 100, Marker: made[4] });
    expect(next.at('groups')).toEqual(made.slice(5));
    expect((await fresh.get('/groups', { Limit: 'x' })).status).toBe(400);
    expect((await fresh.get('/groups', { Limit: 0 })).listAt('groups')).toHaveLength(12);
  });

  itHere('[1/11.3] [1/11.4] deleted objects are left out; a folder is 400', async () => {
    const fresh = await api.file();
    const gone = await fresh.group('gone');
    await fresh.delete(`/groups/${gone}`);
    expect((await fresh.get('/groups')).at('groups')).toEqual([]);
    expect((await fresh.get('/groups', {}, { domain: api.folder })).status).toBe(400);
  });
});

describeApi(
  'few objects at once',
  (api) => {
    itHere('[1/6.3.1] domain_objs is left out at the limit', async () => {
      const file = await api.file();
      const has = async () =>
        'domain_objs' in
        ((await file.get('/', { getobjs: 'T', include_attrs: 'T' })).json as object);
      for (let i = 0; i < 3; i++) await file.group(`g${i}`);
      expect(await has()).toBe(true);
      await file.group('g4');
      expect(await has()).toBe(false);
    });
  },
  { domain_req_max_objects_limit: 5 },
);
