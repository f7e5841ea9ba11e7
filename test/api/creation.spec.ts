import { describeApi, itHere } from '../kit/api.js';
import { compound, expectStatus, F64, I32, type TestFile } from '../kit/file.js';

const COLLECTIONS = ['groups', 'datasets', 'datatypes'] as const;
const PREFIX = { groups: 'g', datasets: 'd', datatypes: 't' };

describeApi('creation in the 1.0 form', (api) => {
  let file: TestFile;
  let other: TestFile;
  let made = 0;

  beforeEach(async () => {
    file = await api.file();
    other = await api.file();
  });

  /** An id of the domain that nothing has yet. */
  const newId = (collection: (typeof COLLECTIONS)[number], of = file) => {
    made += 1;
    const tail = made.toString(16).padStart(16, '0');
    const parts = `${tail.slice(0, 4)}-${tail.slice(4, 10)}-${tail.slice(10)}`;
    return `${PREFIX[collection]}${of.root.slice(1, 20)}${parts}`;
  };
  const typed = (collection: string) => (collection === 'groups' ? {} : { type: I32 });

  itHere.each(COLLECTIONS)(
    '[4/3.1.1] [4/21.2.11] [4/21.2.28] [2/6.2.10] [4/3.2] [4/6.2] the client may choose the id of %s',
    async (coll) => {
      const id = newId(coll);
      const body = { id, ...typed(coll) };
      const reply = await file.post(`/${coll}`, body);
      expect([reply.status, reply.at('id')]).toEqual([201, id]);
      expect((await file.get(`/${coll}/${id}`)).status).toBe(200);
      expect((await file.post(`/${coll}`, body)).status).toBe(400);
      expect((await file.delete(`/${coll}/${id}`)).status).toBe(200);
      expect((await file.get(`/${coll}/${id}`)).status).toBe(410);
      expect((await file.post(`/${coll}`, body)).status).toBe(201);
      expect((await file.get(`/${coll}/${id}`)).status).toBe(200);
    },
  );

  itHere('[4/8.1] [4/15] null datasets of h5pyd 1.0 come without shape and layout', async () => {
    const contiguous = { layout: { class: 'H5D_CONTIGUOUS' } };
    const shapeOf = async (body: object) => {
      const item = { id: newId('datasets'), type: I32, created: Date.now() / 1000, ...body };
      expectStatus(await file.post('/datasets', [item]), 201);
      return expectStatus(await file.get(`/datasets/${item.id}`), 200).at('shape', 'class');
    };
    expect(await shapeOf({ creationProperties: {} })).toBe('H5S_NULL');
    expect(await shapeOf({ creationProperties: contiguous })).toBe('H5S_SCALAR');
    expect(await shapeOf({ creationProperties: {}, value: 5 })).toBe('H5S_SCALAR');
    expect(await shapeOf({ creationProperties: {}, shape: [] })).toBe('H5S_SCALAR');
    expect(await shapeOf({})).toBe('H5S_SCALAR');
  });

  itHere('[4/3.2] wrong ids are 400, alone and in lists', async () => {
    const before = await file.state();
    const bad = ['foobar', newId('datasets'), newId('groups', other), file.root, 5];
    for (const id of bad) {
      expect([id, (await file.post('/groups', { id })).status]).toEqual([id, 400]);
      expect([id, (await file.post('/groups', [{}, { id }])).status]).toEqual([id, 400]);
    }
    const twice = newId('groups');
    expect((await file.post('/groups', [{ id: twice }, { id: twice }])).status).toBe(400);
    expect((await file.get(`/groups/${twice}`)).status).toBe(404);
    expect(await file.state()).toBe(before);
  });

  itHere('[4/6.5] [4/6.6] [4/21.2.12] [4/6.1] lists of objects', async () => {
    const link = (name: string) => ({ link: { id: file.root, name } });
    const reply = await file.post('/groups', [link('a'), link('b'), link('c')]);
    expect(reply.status).toBe(201);
    expect(reply.listAt('objects')).toHaveLength(3);
    expect((await file.get(`/groups/${file.root}`)).at('linkCount')).toBe(3);
    const one = await file.post('/groups', [{}]);
    expect(one.keysAt()).toContain('linkCount');
    const bodies = [
      { type: I32, value: 1 },
      { type: F64, shape: [2], value: [1, 2] },
    ];
    const datasets = await file.post('/datasets', bodies);
    expect(datasets.at('objects', 1, 'shape', 'dims')).toEqual([2]);
    expect(await file.value(datasets.textAt('objects', 0, 'id'))).toBe(1);
    expect(await file.value(datasets.textAt('objects', 1, 'id'))).toEqual([1, 2]);
    expect((await file.post('/groups', [])).status).toBe(201);
    expect((await file.post('/datasets', [])).status).toBe(400);
    expect((await file.post('/datatypes', [])).status).toBe(400);
    expect((await file.post('/groups', [{}, 5])).status).toBe(400);
  });

  itHere('[4/6.3] a list makes all of its objects or none', async () => {
    const taken = newId('datasets');
    await file.post('/datasets', { id: taken, type: I32, h5path: 'taken' });
    const before = await file.state();
    const first = newId('datasets');
    const good = { id: first, type: I32, shape: [1], value: [1] };
    for (const second of [
      { type: 'H5T_FOO' },
      { id: taken, type: I32 },
      { type: I32, h5path: 'nosuch/x' },
      { type: I32, h5path: 'taken' },
      { type: I32, value: 'x' },
      { type: I32, attributes: { a: { type: I32, value: 'x' } } },
      { type: I32, link: { id: other.root, name: 'x' } },
    ]) {
      const reply = await file.post('/datasets', [good, second]);
      expect([second, reply.status >= 400 && reply.status < 500]).toEqual([second, true]);
      // 410 where another node had made it already and took it back.
      const { status } = await file.get(`/datasets/${first}`);
      expect([second, status === 404 || status === 410]).toEqual([second, true]);
    }
    expect(await file.state()).toBe(before);
  });

  itHere('[4/6.2] implicit parents and committed types work in lists', async () => {
    const t = await file.datatype(F64);
    const list = [
      { type: t, h5path: 'a/x' },
      { type: I32, h5path: 'a/b/y' },
    ];
    const reply = await file.post('/datasets', list, { query: { implicit: 1 } });
    expect(reply.status).toBe(201);
    expect(reply.at('objects', 0, 'type')).toEqual({ class: 'H5T_FLOAT', base: F64, id: t });
    expect((await file.get('/datasets/', { h5path: '/a/b/y' })).status).toBe(200);
  });

  itHere.each(COLLECTIONS)('[4/6.2] %s come with attributes', async (coll) => {
    const attributes = {
      units: { type: I32, value: 7 },
      list: { type: I32, shape: [2], value: [1, 2] },
    };
    const reply = expectStatus(await file.post(`/${coll}`, { attributes, ...typed(coll) }), 201);
    expect(reply.at('attributeCount')).toBe(2);
    const path = `/${coll}/${reply.textAt('id')}/attributes/list`;
    expect((await file.get(path)).at('value')).toEqual([1, 2]);
  });

  itHere('[4/6.2] groups come with links; types and links only where they belong', async () => {
    const links = { top: { id: file.root }, away: { h5path: '/x', file: '/home/u/o.h5' } };
    const reply = expectStatus(await file.post('/groups', { links }), 201);
    expect(reply.at('linkCount')).toBe(2);
    for (const [coll, body] of [
      ['groups', { type: I32 }],
      ['datasets', { type: I32, links }],
      ['datatypes', { type: I32, links }],
      ['groups', { links: [] }],
      ['groups', { links: { 'a/b': { h5path: 'x' } } }],
      ['groups', { attributes: [] }],
      ['groups', { attributes: { a: { type: 'H5T_FOO' } } }],
      ['datatypes', { id: newId('datatypes') }],
    ] as const) {
      expect([body, (await file.post(`/${coll}`, body)).status]).toEqual([body, 400]);
    }
  });

  itHere('[4/6.4.1] [4/6.4.2] [4/6.4.3] [4/6.4.4] [4/6.4] datasets come with values', async () => {
    const pair = compound(['n', I32], ['s', { class: 'H5T_STRING', ...ASCII, length: 2 }]);
    const values: [object, unknown][] = [
      [{ type: I32 }, 42],
      [{ type: I32 }, 0],
      [{ type: pair }, [42, 'C']],
      [
        { type: I32, shape: [2, 2] },
        [
          [1, 2],
          [3, 4],
        ],
      ],
      [{ type: I32, shape: [4], creationProperties: CHUNKS }, [1, 2, 3, 4]],
      [{ type: I32, shape: [2], creationProperties: COMPACT }, [5, 6]],
      [{ type: I32, shape: [2], creationProperties: { fillValue: 9 } }, [0, 0]],
    ];
    for (const [body, value] of values) {
      const reply = expectStatus(await file.post('/datasets', { ...body, value }), 201);
      expect(reply.json).not.toHaveProperty('value');
      expect(await file.value(reply.textAt('id'))).toEqual(value);
    }
    const before = await file.state();
    for (const body of [
      { type: I32, shape: [2], value: [1] },
      { type: I32, value: 'x' },
      { type: I32, shape: 'H5S_NULL', value: 1 },
    ]) {
      expect([body, (await file.post('/datasets', body)).status]).toEqual([body, 400]);
    }
    expect(await file.state()).toBe(before);
  });

  itHere('[4/7.1] include_links is ignored for datasets', async () => {
    const d = await file.dataset(I32, [1]);
    const reply = await file.get(`/datasets/${d}`, { include_links: 1, include_attrs: 1 });
    expect(reply.at('attributes')).toEqual({});
    expect(reply.json).not.toHaveProperty('links');
    expect(reply.at('creationProperties', 'layout', 'class')).toBe('H5D_CHUNKED');
  });

  itHere(
    '[4/5.3] [4/5.4.1] [4/5.4.2] [4/5.4.3] [4/21.2.4] domain_objs without include_attrs waits for quiet',
    async () => {
      const fresh = await api.file();
      const g = await fresh.group('g');
      const get = () => fresh.get('/', { getobjs: 1 });
      expect((await get()).json).not.toHaveProperty('domain_objs');
      api.service.advance(11);
      const objects = (await get()).at('domain_objs') as Record<string, object>;
      expect(Object.keys(objects).sort()).toEqual([fresh.root, g].sort());
      expect(objects[g]).toMatchObject({ attributes: {}, links: {} });
      await fresh.group('h');
      expect((await get()).json).not.toHaveProperty('domain_objs');
    },
  );

  itHere(
    '[4/20.3] [4/20.1] [4/21.2.27] the own type comes before attributes in the text',
    async () => {
      const attributes = { a: { type: F64, value: 1 } };
      const made = await file.post('/datasets', { type: I32, attributes });
      const { text } = await file.get(`/datasets/${made.textAt('id')}`, { include_attrs: 1 });
      expect(text.indexOf('"type"')).toBeLessThan(text.indexOf('"attributes"'));
      const list = (await file.get(`/groups/${file.root}/links`)).text;
      expect(list.indexOf('"links"')).toBeLessThan(list.indexOf('"hrefs"'));
    },
  );

  itHere('[4/20.2] empty query parameters are tolerated', async () => {
    expect((await file.get(`/groups/${file.root}/links?&CreateOrder=1`)).status).toBe(200);
    expect((await file.get(`/groups/${file.root}?&include_attrs=1`)).at('attributes')).toEqual({});
  });
});

describeApi(
  'the 1.0 dialect',
  (api) => {
    itHere('[4/5.1] [4/21.2.1] [4/21.2.2] GET / as 1.0 does it', async () => {
      expect((await api.request('GET', '/')).status).toBe(400);
      const folder = await api.request('GET', '/', { domain: api.folder });
      expect(folder.listAt('hrefs')).toHaveLength(3);
      expect((await api.request('GET', '/about')).at('hsds_version')).toMatch(/^1\.0\./);
    });

    itHere('[4/5.6] [4/21.2.18] rescan of a folder is 400', async () => {
      const query = { rescan: 1 };
      expect((await api.request('PUT', '/', { domain: api.folder, query })).status).toBe(400);
    });

    itHere('[4/22] [4/8.2] [4/8.3.3] [4/9.1] shapes, layouts and links', async () => {
      const file = await api.file();
      const body = { type: I32, shape: [2], maxdims: [0] };
      const id = expectStatus(await file.post('/datasets', body), 201).textAt('id');
      const reply = await file.get(`/datasets/${id}`);
      expect(reply.at('shape', 'maxdims')).toEqual(['H5S_UNLIMITED']);
      expect(reply.json).not.toHaveProperty('layout');
      expect(reply.at('creationProperties', 'layout', 'class')).toBe('H5D_CHUNKED');
      const layout = { class: 'H5D_CONTIGUOUS' };
      for (const bad of [
        { type: I32, shape: [10], creationProperties: { layout, filters: ['gzip'] } },
        { type: I32, shape: [10], maxdims: [20], creationProperties: { layout } },
      ]) {
        expect((await file.post('/datasets', bad)).status).toBe(400);
      }
      await file.link(file.root, 'x', { h5path: '/g', h5domain: '/home/x.h5' });
      const link = (await file.get(`/groups/${file.root}/links/x`)).at('link');
      expect(link).toMatchObject({ file: '/home/x.h5' });
      expect(link).not.toHaveProperty('h5domain');
    });
  },
  { api_dialect: '1.0' },
);

const ASCII = { charSet: 'H5T_CSET_ASCII', strPad: 'H5T_STR_NULLPAD' };
const CHUNKS = { layout: { class: 'H5D_CHUNKED', dims: [1] } };
const COMPACT = { layout: { class: 'H5D_COMPACT' } };
