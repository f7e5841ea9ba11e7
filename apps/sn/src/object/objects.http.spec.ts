import {
  at,
  startServer,
  textAt,
  type Call,
  type TestServer,
} from '../../../../test/kit/embedded-server.js';

const INT = 'H5T_STD_I32LE';
let server: TestServer;
let root: string;

const get = (path: string, query: Call['query'] = {}) => server.request('GET', path, { query });
const post = (path: string, body: unknown, query: Call['query'] = {}) =>
  server.request('POST', path, { body, query });
const count = async () => Number(at(await get(`/groups/${root}`), 'linkCount'));

beforeAll(async () => {
  server = await startServer({}, { wire: true });
  root = textAt(await get('/'), 'root');
});

afterAll(() => server.close());

describe('creation', () => {
  it.each([
    ['nothing', undefined],
    ['null', 'null'],
    ['an empty list', []],
  ])('makes an anonymous group of %s', async (_name, body) => {
    const made = await post('/groups', body);
    expect(made.status).toBe(201);
    const keys = ['id', 'root', 'created', 'lastModified', 'linkCount', 'attributeCount'];
    expect(Object.keys(made.json as object)).toEqual(keys);
    const alias = await get(`/groups/${textAt(made, 'id')}`, { getalias: 1 });
    expect(at(alias, 'alias')).toEqual([]);
  });

  it('makes the groups of a path only when asked to', async () => {
    const body = { h5path: 'p/q' };
    expect((await post('/groups', body)).status).toBe(404);
    const before = await count();
    const made = await post('/groups', body, { implicit: 1 });
    expect(made.status).toBe(201);
    expect(await count()).toBe(before + 1);
    expect((await post('/groups', body, { implicit: 1 })).status).toBe(409);
    const found = await get('/groups/', { h5path: '/p/q' });
    expect(at(found, 'id')).toBe(textAt(made, 'id'));
  });

  it('honours ids, attributes and links of clients', async () => {
    const id = `${root.slice(0, 20)}aaaa-bbbbbb-cccccc`;
    const body = {
      id,
      attributes: { units: { type: INT, value: 7 } },
      links: { top: { id: root }, away: { h5path: '/x', file: '/o.h5' } },
    };
    const made = await post('/groups', body);
    expect(made).toMatchObject({ status: 201, json: { id, attributeCount: 1, linkCount: 2 } });
    expect((await post('/groups', body)).status).toBe(400);
    const shown = await get(`/groups/${id}`, { include_links: 1, include_attrs: 1 });
    expect(shown.json).toMatchObject({
      links: { away: { h5domain: '/o.h5', file: '/o.h5' } },
      attributes: { units: { value: 7 } },
    });
    expect((await server.request('DELETE', `/groups/${id}`)).status).toBe(200);
    expect((await get(`/groups/${id}`)).status).toBe(410);
    expect((await post('/groups', [body])).status).toBe(201);
    expect((await get(`/groups/${id}`)).status).toBe(200);
  });

  it('makes all objects of a list or none', async () => {
    const before = await count();
    const item = (name: string) => ({ type: INT, link: { id: root, name } });
    const made = await post('/datatypes', [item('t1'), item('t2')]);
    expect(at(made, 'objects')).toHaveLength(2);
    const id = `t-${root.slice(2, 20)}aaaa-bbbbbb-dddddd`;
    const failing = [{ ...item('t3'), id }, item('t1')];
    expect((await post('/datatypes', failing)).status).toBe(409);
    expect((await get(`/datatypes/${id}`)).status).toBe(404);
    expect((await post('/datatypes', [{ ...item('t3'), id }, { type: 'X' }])).status).toBe(400);
    expect(await count()).toBe(before + 2);
  });

  it.each([
    ['/groups', { type: INT }, 400],
    ['/groups', { links: { a: { id: 'g-00000000-00000000-0000-000000-000000' } } }, 404],
    ['/groups', { attributes: { a: {} } }, 400],
    ['/groups', { creationProperties: [] }, 400],
    ['/datatypes', {}, 400],
    ['/datatypes', undefined, 400],
    ['/datasets', { type: INT, links: {} }, 400],
    ['/datasets', { type: 't-00000000-00000000-0000-000000-000000' }, 404],
    ['/datasets', { type: INT, shape: [2], value: [1, 2, 3] }, 400],
    ['/datasets', { type: INT, shape: 'H5S_NULL', value: 1 }, 400],
    ['/datasets', { type: INT, shape: [4], creationProperties: { fillValue: 'XX' } }, 400],
    ['/datasets', { type: INT, shape: [4], creationProperties: [] }, 400],
  ])('POST %s %j is %d', async (path, body, status) => {
    expect((await post(path, body)).status).toBe(status);
  });
});

describe('datasets', () => {
  const dataset = async (body: object) => textAt(await post('/datasets', body), 'id');

  it('keep what was given and show layout, filters and maxdims as clients need them', async () => {
    const creationProperties = { fillValue: 3, filters: ['gzip'], custom: { a: 1.5 } };
    const body = { type: INT, shape: [10, 20], maxdims: [30, 0], creationProperties };
    const shown = await get(`/datasets/${await dataset(body)}`);
    const layout = { class: 'H5D_CHUNKED', dims: [30, 16384] };
    expect(shown.json).toMatchObject({
      type: { class: 'H5T_INTEGER', base: INT },
      shape: { class: 'H5S_SIMPLE', dims: [10, 20], maxdims: [30, 0] },
      creationProperties: {
        fillValue: 3,
        custom: { a: 1.5 },
        layout,
        filters: [{ class: 'H5Z_FILTER_DEFLATE', id: 1, name: 'gzip', level: 5 }],
      },
      layout,
    });
    expect(at(shown, 'hrefs')).toHaveLength(5);
    expect(shown.json).not.toHaveProperty('num_chunks');
    expect(shown.json).not.toHaveProperty('attributes');
  });

  it('may have no elements', async () => {
    const shown = await get(`/datasets/${await dataset({ type: INT, shape: 'H5S_NULL' })}`);
    expect(shown.json).toMatchObject({ shape: { class: 'H5S_NULL' }, creationProperties: {} });
    expect(shown.json).not.toHaveProperty('layout');
    expect(at(shown, 'hrefs')).toHaveLength(4);
  });

  it('take initial values, scalar or not', async () => {
    const scalar = await dataset({ type: INT, value: 42 });
    expect(at(await get(`/datasets/${scalar}/value`), 'value')).toBe(42);
    const list = await post('/datasets', [
      {
        type: INT,
        shape: [2, 2],
        value: [
          [1, 2],
          [3, 4],
        ],
      },
      { type: INT, value: 0 },
    ]);
    const value = await get(`/datasets/${textAt(list, 'objects', 0, 'id')}/value`);
    expect(at(value, 'value')).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  it('grow and shrink, and forget what was cut off', async () => {
    const id = await dataset({ type: INT, shape: [4], maxdims: [8], value: [1, 2, 3, 4] });
    const resize = (body: object) => server.request('PUT', `/datasets/${id}/shape`, { body });
    expect(await resize({ extend: 2 })).toMatchObject({
      status: 201,
      json: { selection: '[4:6]' },
    });
    expect(await resize({ shape: [2] })).toMatchObject({ status: 201, json: {} });
    expect(await resize({ shape: 4 })).toMatchObject({ json: { selection: '[2:4]' } });
    expect(at(await get(`/datasets/${id}/value`), 'value')).toEqual([1, 2, 0, 0]);
    expect((await resize({ shape: [9] })).status).toBe(409);
    expect((await resize({ shape: [2, 2] })).status).toBe(400);
    expect((await resize({ shape: [2], extend: 1 })).status).toBe(400);
    const fixed = await dataset({ type: INT, shape: [4] });
    const call = { body: { shape: [2] } };
    expect((await server.request('PUT', `/datasets/${fixed}/shape`, call)).status).toBe(400);
  });

  it('use committed types, and keep them when these are gone', async () => {
    const type = textAt(await post('/datatypes', { type: 'H5T_IEEE_F32LE' }), 'id');
    const id = await dataset({ type, shape: [2] });
    await server.request('DELETE', `/datatypes/${type}`);
    const shown = await get(`/datasets/${id}/type`);
    expect(at(shown, 'type')).toEqual({ class: 'H5T_FLOAT', base: 'H5T_IEEE_F32LE', id: type });
    expect(at(shown, 'hrefs')).toHaveLength(3);
    expect((await post('/datasets', { type })).status).toBe(410);
  });

  it('have allocation figures that agree with what is stored, before and after a scan', async () => {
    const id = await dataset({ type: INT, shape: [2] });
    const verbose = () => get(`/datasets/${id}`, { verbose: 1 });
    expect((await verbose()).json).toMatchObject({ num_chunks: 0, allocated_size: 0 });
    const values = { body: { value: [1, 2] } };
    await server.request('PUT', `/datasets/${id}/value`, values);
    expect((await verbose()).json).toMatchObject({ num_chunks: 1, allocated_size: 8 });
    await server.request('PUT', '/', { query: { flush: 1, rescan: 1 } });
    expect((await verbose()).json).toMatchObject({ num_chunks: 1, allocated_size: 8 });
  });
});

describe('lookups', () => {
  let group: string;
  let data: string;

  beforeAll(async () => {
    group = textAt(await post('/groups', { h5path: 'look' }), 'id');
    data = textAt(await post('/datasets', { type: INT, h5path: 'look/d' }), 'id');
    const links = {
      soft: { h5path: 'look/d' },
      here: { h5path: 'd' },
      loop: { h5path: '/look/loop' },
      ext: { h5path: '/look/d', h5domain: 't.h5' },
      ext2: { h5path: '/look/d', h5domain: 'hdf5://home/test_user1/none.h5' },
    };
    await server.request('PUT', `/groups/${root}/links`, { body: { links } });
    const body = { links: { here: { h5path: 'd' }, loop: { h5path: '/look/loop' } } };
    await server.request('PUT', `/groups/${group}/links`, { body });
  });

  it.each([
    ['/look/d', {}],
    ['look//d/', {}],
    ['./look/d', {}],
    ['/soft', { follow_soft_links: 1 }],
    ['/look/here', { follow_soft_links: 1 }],
    ['/ext', { follow_external_links: 1 }],
  ])('GET /?h5path=%s %j', async (h5path, query) => {
    const found = await get('/', { h5path, ...query });
    const domain = '/home/test_user1/t.h5';
    expect(found.json).toMatchObject({ id: data, root, class: 'dataset', domain });
    expect(at(found, 'hrefs')).toHaveLength(8);
  });

  it.each([
    ['/nothing', {}, 404],
    ['/look/d/x', {}, 404],
    ['/soft', {}, 400],
    ['/ext', {}, 400],
    ['/look/loop', { follow_soft_links: 1 }, 400],
    ['/ext2', { follow_external_links: 1 }, 404],
    ['d', { parent_id: 'g-1' }, 400],
  ])('GET /?h5path=%s %j is %d', async (h5path, query, status) => {
    expect((await get('/', { h5path, ...query })).status).toBe(status);
  });

  it('answers many paths, from a given group', async () => {
    const paths = ['d', '/', '.'];
    const found = await post('/', { h5paths: paths }, { parent_id: group });
    expect(paths.map((path) => at(found, 'h5paths', path, 'id'))).toEqual([data, root, group]);
    expect((await post('/', { h5paths: ['.'] }, { parent_id: data })).status).toBe(404);
    expect((await post('/', { h5paths: ['d', 'x'] }, { parent_id: group })).status).toBe(404);
    expect((await post('/', {})).status).toBe(400);
  });

  it('finds objects by path on the routes of their kind', async () => {
    const relative = { h5path: 'd', grpid: group };
    expect(at(await get('/datasets/', relative), 'id')).toBe(data);
    expect(at(await get('/datasets/', { h5path: '/look/d' }), 'id')).toBe(data);
    expect(at(await get(`/groups/${root}`, { h5path: './look' }), 'id')).toBe(group);
    const absolute = { h5path: '/look/d', grpid: group };
    expect(at(await get('/datasets/', absolute), 'id')).toBe(data);
    expect((await get('/groups/', { h5path: '/look/d' })).status).toBe(404);
    expect((await get('/datatypes/', { h5path: '/look/d' })).status).toBe(404);
    expect((await get('/datasets/', { h5path: 'look/d' })).status).toBe(400);
    expect((await get('/datasets/')).status).toBe(400);
    const alias = await get(`/datasets/${data}`, { getalias: 1 });
    expect(at(alias, 'alias')).toEqual(['/look/d']);
  });

  it('lists collections without the root and without what is deleted', async () => {
    const all = at(await get('/datasets'), 'datasets') as string[];
    expect(all).toContain(data);
    expect(at(await get('/groups'), 'groups')).not.toContain(root);
    const dead = textAt(await post('/datasets', { type: INT, h5path: 'look/dead' }), 'id');
    expect(at(await get('/datasets'), 'datasets')).toContain(dead);
    await server.request('DELETE', `/datasets/${dead}`);
    expect(at(await get('/datasets'), 'datasets')).toEqual(all);
    const page = await get('/datasets', { Marker: all[0] ?? '', Limit: 1 });
    expect(at(page, 'datasets')).toEqual(all.slice(1, 2));
  });

  it('never deletes a root group', async () => {
    expect((await server.request('DELETE', `/groups/${root}`)).status).toBe(403);
  });
});
