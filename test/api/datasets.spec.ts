import { describeApi, itHere } from '../kit/api.js';
import { compound, expectStatus, F32, F64, fixedString, I32, VSTR } from '../kit/file.js';
import type { TestFile } from '../kit/file.js';

const GZIP = { class: 'H5Z_FILTER_DEFLATE', id: 1, name: 'gzip' };
const REF = { class: 'H5T_REFERENCE', base: 'H5T_STD_REF_OBJ' };

describeApi('datasets and committed datatypes', (api) => {
  let file: TestFile;
  let other: TestFile;

  beforeAll(async () => {
    file = await api.file();
    other = await api.file();
  });

  const create = (body: unknown, query = {}) => file.post('/datasets', body, { query });
  const read = async (body: object) => {
    const id = expectStatus(await create(body), 201).textAt('id');
    return expectStatus(await file.get(`/datasets/${id}`), 200);
  };

  it('[2/11.1] creation answers with type and shape', async () => {
    const body = { type: F32, shape: [10, 20], maxdims: [30, 0], h5path: 'made' };
    const reply = expectStatus(await create(body), 201);
    expect(reply.json).toMatchObject({
      root: file.root,
      type: { class: 'H5T_FLOAT', base: F32 },
      shape: { class: 'H5S_SIMPLE', dims: [10, 20], maxdims: [30, 0] },
      attributeCount: 0,
    });
    expect(reply.at('created')).toBe(reply.at('lastModified'));
    expect(reply.json).not.toHaveProperty('layout');
    const alias = await file.get(`/datasets/${reply.textAt('id')}`, { getalias: 1 });
    expect(alias.at('alias')).toEqual(['/made']);
  });

  it.each([
    [{}, { class: 'H5S_SCALAR' }],
    [{ shape: [] }, { class: 'H5S_SCALAR' }],
    [{ shape: 'H5S_SCALAR' }, { class: 'H5S_SCALAR' }],
    [{ shape: 'H5S_NULL' }, { class: 'H5S_NULL' }],
    [{ shape: 5 }, { class: 'H5S_SIMPLE', dims: [5] }],
    [{ shape: [0] }, { class: 'H5S_SIMPLE', dims: [0] }],
    [{ shape: [5, 0] }, { class: 'H5S_SIMPLE', dims: [5, 0] }],
    [
      { shape: [5], maxdims: 10 },
      { class: 'H5S_SIMPLE', dims: [5], maxdims: [10] },
    ],
    [
      { shape: [5], maxdims: [5] },
      { class: 'H5S_SIMPLE', dims: [5], maxdims: [5] },
    ],
    [
      { shape: [2, 3], maxdims: [0, 3] },
      { class: 'H5S_SIMPLE', dims: [2, 3], maxdims: [0, 3] },
    ],
  ])('[4/8.1] [2/5.2] [2/5.1] the shape %j', async (given, shape) => {
    expect((await read({ type: I32, ...given })).at('shape')).toEqual(shape);
  });

  itHere('[2/18] [4/8.2] the object form and H5S_UNLIMITED are accepted', async () => {
    const shape = { class: 'H5S_SIMPLE', dims: [2], maxdims: ['H5S_UNLIMITED'] };
    for (const given of [{ shape }, { shape: [2], maxdims: ['H5S_UNLIMITED'] }]) {
      const reply = await read({ type: I32, ...given });
      expect(reply.at('shape')).toEqual({ class: 'H5S_SIMPLE', dims: [2], maxdims: [0] });
    }
  });

  it.each([
    undefined,
    '{',
    {},
    { type: 'H5T_FOO' },
    { type: null },
    { type: { class: 'H5T_FOO' } },
    { type: { class: 'H5T_INTEGER', base: F32 } },
    { type: { class: 'H5T_INTEGER', base: I32, dims: [2] } },
    { type: { class: 'H5T_STRING', charSet: 'H5T_CSET_FOO', length: 3 } },
    { type: { class: 'H5T_STRING', charSet: 'H5T_CSET_ASCII', length: -1 } },
    { type: compound() },
    { type: compound(['a', I32], ['a', I32]) },
    { type: compound(['é', I32]) },
    { type: { class: 'H5T_VLEN', base: compound(['a', VSTR]) } },
    { type: { class: 'H5T_ENUM', base: I32, mapping: { A: 1 } } },
    { type: { class: 'H5T_OPAQUE', size: 0 } },
    { type: { class: 'H5T_ARRAY', dims: 3, base: I32 } },
    { type: 'datatypes/t-314d61b8-9954-11e6-a733-3c15c2da029e' },
    { type: I32, shape: [-1] },
    { type: I32, shape: [1.5] },
    { type: I32, shape: ['5'] },
    { type: I32, shape: 'foo' },
    { type: I32, shape: null },
    { type: I32, maxdims: [1] },
    { type: I32, shape: 'H5S_NULL', maxdims: [1] },
    { type: I32, shape: [5], maxdims: [4] },
    { type: I32, shape: [5], maxdims: [5, 5] },
    { type: I32, shape: [5], maxdims: ['x'] },
    { type: I32, shape: [5], creationProperties: { layout: { class: 'H5D_FOO' } } },
    { type: I32, shape: [5], creationProperties: { layout: { dims: [5] } } },
    { type: I32, shape: [5], creationProperties: { layout: chunked(0) } },
    { type: I32, shape: [5], creationProperties: { layout: chunked(6) } },
    { type: I32, shape: [5], creationProperties: { layout: chunked(5, 5) } },
    { type: I32, creationProperties: { layout: chunked(1) } },
    { type: I32, shape: [5], creationProperties: { filters: 'gzip' } },
    { type: I32, shape: [5], creationProperties: { filters: ['zlib'] } },
    { type: I32, shape: [5], creationProperties: { filters: [99] } },
    { type: I32, shape: [5], creationProperties: { filters: [{ level: 1 }] } },
    { type: I32, shape: [5], creationProperties: { filters: [{ ...GZIP, id: 2 }] } },
    { type: I32, shape: [5], creationProperties: { filters: [null] } },
    { type: I32, shape: [5], creationProperties: { fillValue: 'XXXX' } },
    { type: I32, shape: [5], creationProperties: { fillValue: '!', fillValue_encoding: 'base64' } },
    { type: I32, shape: [5], creationProperties: { fillValue: 1, fillValue_encoding: 'foo' } },
  ])('[2/11.1] POST of %j is 400 and makes nothing', async (body) => {
    const before = await other.state();
    expect((await other.post('/datasets', body)).status).toBe(400);
    expect(await other.state()).toBe(before);
  });

  itHere.each([
    '{"type": "H5T_STD_I32LE", "shape": [5], "creationProperties": {"fillValue": NaN}}',
    '{"type": "H5T_STD_I32LE", "shape": [5], "creationProperties": {"fillValue": 2147483648}}',
    '{"type": "H5T_STD_I32LE", "shape": [5], "creationProperties": {"fillValue": {}}}',
    '{"type": "H5T_STD_I32LE", "shape": [true]}',
    '{"type": "H5T_STD_I32LE", "creationProperties": []}',
    '{"type": "", "shape": [1]}',
    '{"type": "t-foo", "shape": [1]}',
    '{"type": "H5T_STD_I32LE", "shape": [9007199254740993]}',
    '{"type": "H5T_STD_I64LE", "shape": [4294967296, 4294967296]}',
  ])('[2/14] [2/5.2] POST of %s is 400, done right', async (body) => {
    const before = await other.state();
    expect((await other.post('/datasets', body)).status).toBe(400);
    expect(await other.state()).toBe(before);
  });

  const TYPES = [
    ...['I8', 'I16', 'I32', 'I64', 'U8', 'U16', 'U32', 'U64'].map((name) => `H5T_STD_${name}`),
    ...['F16', 'F32', 'F64'].map((name) => `H5T_IEEE_${name}`),
  ].flatMap((name) => [`${name}LE`, `${name}BE`]);

  it.each(TYPES)('[2/3.2] [2/3.1.1] the shorthand %s', async (base) => {
    const type = (await read({ type: base, shape: [1] })).at('type');
    expect(type).toEqual({ class: base.includes('STD') ? 'H5T_INTEGER' : 'H5T_FLOAT', base });
  });

  it.each([
    compound(['a', I32], ['b', F32]),
    compound(['in', compound(['x', F32], ['y', F64])], ['s', VSTR], ['', I32]),
    fixedString(7),
    VSTR,
    { class: 'H5T_ENUM', base: { class: 'H5T_INTEGER', base: I32 }, mapping: { RED: 0, BLUE: 9 } },
    { class: 'H5T_ARRAY', dims: [3, 5], base: { class: 'H5T_INTEGER', base: 'H5T_STD_I64LE' } },
    { class: 'H5T_VLEN', size: 'H5T_VARIABLE', base: 'H5T_STD_I32' },
    { class: 'H5T_VLEN', base: REF },
    { class: 'H5T_VLEN', base: VSTR },
    { class: 'H5T_OPAQUE', size: 200, tag: 'x' },
    { ...REF, length: 38, charSet: 'H5T_CSET_ASCII', unknown: 'kept' },
    { class: 'H5T_REFERENCE', base: 'H5T_STD_REF_DSETREG', length: 48 },
  ])('[2/3.3] [2/3.1.2] the type %j comes back verbatim', async (type) => {
    expect((await read({ type, shape: [2] })).at('type')).toEqual(type);
  });

  it('[4/7.2] [4/8.3.1] [2/11.2.1] [2/11.2.3] GET gives everything but links', async () => {
    const filters = [{ class: 'H5Z_FILTER_DEFLATE', level: 9 }];
    const body = {
      type: F32,
      shape: [30, 20],
      creationProperties: { fillValue: 3.12, filters, CreateOrder: 1 },
    };
    const reply = await read(body);
    expect(reply.json).toMatchObject({
      domain: file.path,
      layout: { class: 'H5D_CHUNKED', dims: [30, 20] },
      creationProperties: {
        fillValue: 3.12,
        CreateOrder: 1,
        filters: [{ ...GZIP, level: 9 }],
      },
    });
    const rels = reply.listAt('hrefs').map((href) => (href as { rel: string }).rel);
    expect(rels).toEqual(['self', 'root', 'home', 'attributes', 'preview']);
    expect(reply.textAt('hrefs', 4, 'href')).toMatch(/\/value\?select=\[0:5,0:20\]$/);
    for (const absent of ['attributes', 'bucket', 'num_chunks', 'allocated_size']) {
      expect(reply.json).not.toHaveProperty(absent);
    }
    const small = await read({ type: I32, shape: [100] });
    expect(small.at('hrefs', 4, 'rel')).toBe('data');
    const none = await read({ type: I32, shape: 'H5S_NULL' });
    expect(none.listAt('hrefs')).toHaveLength(4);
    expect(none.json).not.toHaveProperty('layout');
  });

  it('[2/11.2.2] verbose gives chunks and bytes', async () => {
    const fresh = await api.file();
    const id = await fresh.filled(I32, [4], [1, 2, 3, 4], { h5path: 'd' });
    await fresh.put('/?flush=1&rescan=1', 'null');
    const reply = await fresh.get(`/datasets/${id}`, { verbose: 1 });
    expect(reply.json).toMatchObject({ num_chunks: 1, allocated_size: 16 });
  });

  it('[2/11.2] a NaN fill value is a token, or text with ignore_nan', async () => {
    const type = `"type": "${F32}", "shape": [2]`;
    const body = `{${type}, "creationProperties": {"fillValue": NaN}}`;
    const id = expectStatus(await create(body), 201).textAt('id');
    expect((await file.get(`/datasets/${id}`)).text).toContain('"fillValue": NaN');
    const text = await file.get(`/datasets/${id}`, { ignore_nan: 1 });
    expect(text.at('creationProperties', 'fillValue')).toBe('nan');
    expect((await file.get(`/datasets/${id}/value`)).text).toContain('[NaN, NaN]');
  });

  it('[2/11.3] type and shape alone', async () => {
    const id = await file.dataset(I32, [3], { maxdims: [0] });
    const type = await file.get(`/datasets/${id}/type`);
    expect(type.at('type')).toEqual({ class: 'H5T_INTEGER', base: I32 });
    const shape = await file.get(`/datasets/${id}/shape`);
    expect(shape.keysAt()).toEqual(['created', 'hrefs', 'lastModified', 'shape']);
    const rels = shape.listAt('hrefs').map((href) => (href as { rel: string }).rel);
    expect(rels).toEqual(['self', 'owner', 'root']);
  });

  it.each([
    [[10], [20], { shape: [15] }, { selection: '[10:15]' }],
    [[10], [0], { shape: 12 }, { selection: '[10:12]' }],
    [[10], [0], { extend: 5 }, { selection: '[10:15]' }],
    [[10, 20], [0, 0], { extend: 5, extend_dim: 0 }, { selection: '[10:15,:]' }],
    [[10, 20], [0, 0], { shape: [10, 500] }, { selection: '[:,20:500]' }],
    [[10, 20], [0, 0], { shape: [5, 20] }, {}],
    [[10, 20], [0, 0], { shape: [5, 30] }, {}],
    [[10, 20], [0, 0], { shape: [10, 20] }, {}],
    [[0, 3, 0], [0, 3, 0], { extend: 5 }, { selection: '[0:5,:,:]' }],
  ])(
    '[2/11.4.4] [3/9.10] [2/11.4.1] [2/11.4.3] %j within %j resized by %j',
    async (shape, maxdims, body, answer) => {
      const id = await file.dataset(I32, shape, { maxdims });
      const reply = await file.put(`/datasets/${id}/shape`, body);
      expect([reply.status, reply.json]).toEqual([201, answer]);
    },
  );

  it.each([
    [{ shape: [10], maxdims: [20] }, { shape: [25] }, 409],
    [{ shape: [10], maxdims: [10] }, { extend: 1 }, 409],
    [{ shape: [10] }, { shape: [5] }, 400],
    [{}, { shape: [5] }, 400],
    [{ shape: [10], maxdims: [0] }, {}, 400],
    [{ shape: [10], maxdims: [0] }, { shape: [11], extend: 1 }, 400],
    [{ shape: [10], maxdims: [0] }, { shape: [1, 1] }, 400],
    [{ shape: [10], maxdims: [0] }, { shape: [-1] }, 400],
    [{ shape: [10], maxdims: [0] }, { extend: 0 }, 400],
    [{ shape: [10], maxdims: [0] }, { extend: 1, extend_dim: 1 }, 400],
    [{ shape: [10], maxdims: [0] }, undefined, 400],
  ])('[2/11.4] %j is not resized by %j: %i', async (given, body, status) => {
    const id = await file.dataset(I32, undefined, { ...given });
    const before = await file.get(`/datasets/${id}`);
    expect((await file.put(`/datasets/${id}/shape`, body)).status).toBe(status);
    expect((await file.get(`/datasets/${id}`)).text).toBe(before.text);
  });

  itHere('[2/11.4.5] [2/6.5] shapes that are none are 400; a resize changes the time', async () => {
    const id = await file.dataset(I32, [10], { maxdims: [0] });
    for (const shape of [null, 'x', [1.5], [null], { dims: [1] }, [2 ** 60]]) {
      const reply = await file.put(`/datasets/${id}/shape`, { shape });
      expect([shape, reply.status]).toEqual([shape, 400]);
    }
    const before = (await file.get(`/datasets/${id}`)).at('lastModified') as number;
    await file.put(`/datasets/${id}/shape`, { shape: [20] });
    expect((await file.get(`/datasets/${id}`)).at('lastModified')).toBeGreaterThan(before);
  });

  it('[2/11.4.6] concurrent extends get disjoint regions', async () => {
    const id = await file.dataset(I32, [0], { maxdims: [0] });
    const replies = await Promise.all(
      Array.from({ length: 10 }, () => file.put(`/datasets/${id}/shape`, { extend: 2 })),
    );
    const regions = replies.map((reply) => reply.textAt('selection'));
    expect(new Set(regions).size).toBe(10);
    expect((await file.get(`/datasets/${id}/shape`)).at('shape', 'dims')).toEqual([20]);
  });

  it('[2/11.4.2] what a shrink cuts off reads as fill value afterwards', async () => {
    const properties = { creationProperties: { fillValue: 42 } };
    const value = Array.from({ length: 12 }, (_none, i) => i);
    const id = await file.filled(I32, [12], value, { maxdims: [0], ...properties });
    await file.put(`/datasets/${id}/shape`, { shape: [5] });
    await file.put(`/datasets/${id}/shape`, { shape: [8] });
    expect(await file.value(id)).toEqual([0, 1, 2, 3, 4, 42, 42, 42]);
  });

  it('[2/11.5] [2/6.4.2] a deleted dataset is 410 on every route', async () => {
    const id = await file.filled(I32, [1], [1]);
    expect((await file.delete(`/datasets/${id}`)).json).toEqual({});
    for (const part of ['', '/type', '/shape', '/value', '/attributes']) {
      expect((await file.get(`/datasets/${id}${part}`)).status).toBe(410);
    }
    expect((await file.put(`/datasets/${id}/value`, { value: [1] })).status).toBe(410);
  });

  it('[2/6.7] datasets by path', async () => {
    const fresh = await api.file();
    const g = await fresh.group('g');
    const id = await fresh.dataset(I32, [1], { h5path: 'g/d' });
    expect((await fresh.get('/datasets/', { h5path: '/g/d' })).at('id')).toBe(id);
    expect((await fresh.get('/datasets/', { h5path: 'd', grpid: g })).at('id')).toBe(id);
    expect((await fresh.get('/datasets/', { h5path: 'd' })).status).toBe(400);
    expect((await fresh.get('/datasets/', { h5path: 'd', grpid: 'foobar' })).status).toBe(400);
    expect((await fresh.get('/datasets/', { h5path: '/g' })).status).toBe(404);
    expect((await fresh.get('/datasets/')).status).toBe(400);
  });

  itHere('[2/6.7] by path, done right: other kinds, absolute with grpid, empty', async () => {
    const fresh = await api.file();
    const g = await fresh.group('g');
    const id = await fresh.dataset(I32, [1], { h5path: 'd' });
    expect((await fresh.get('/datatypes/', { h5path: '/g' })).status).toBe(404);
    expect((await fresh.get('/datasets/', { h5path: '/d', grpid: g })).at('id')).toBe(id);
    expect((await fresh.get('/datasets/', { h5path: '' })).status).toBe(400);
    expect((await fresh.get('/groups/', { h5path: '/d/x' })).status).toBe(404);
  });

  it('[2/11.2.4] [2/10.1] [2/10.2] [2/10.3] the life of a committed datatype', async () => {
    const made = expectStatus(await file.post('/datatypes', { type: F64, h5path: 't' }), 201);
    const id = made.textAt('id');
    expect(made.json).toMatchObject({ type: { class: 'H5T_FLOAT', base: F64 }, attributeCount: 0 });
    const got = await file.get(`/datatypes/${id}`, { getalias: 1, include_attrs: 1 });
    expect(got.json).toMatchObject({ id, domain: file.path, alias: ['/t'], attributes: {} });
    expect(got.listAt('hrefs')).toHaveLength(4);
    expect(got.json).not.toHaveProperty('bucket');
    expect((await file.get(`/datatypes/${id}`, {}, { user: 'test_user2' })).status).toBe(403);
    expect((await file.get(`/datatypes/${id}`, {}, { domain: other.path })).status).toBe(400);
    const typed = await read({ type: id, shape: [2] });
    expect(typed.at('type')).toEqual({ class: 'H5T_FLOAT', base: F64, id });
    expect((await file.delete(`/datatypes/${id}`)).json).toEqual({});
    expect((await file.get(`/datatypes/${id}`)).status).toBe(410);
    expect((await create({ type: id, shape: [1] })).status).toBe(410);
  });

  it.each([undefined, {}, { type: 'H5T_FOO' }, { type: 't-' }])(
    '[2/10.1] [2/3.4.4] POST /datatypes of %j is 400',
    async (body) => {
      expect((await file.post('/datatypes', body)).status).toBe(400);
    },
  );

  it('[2/3.4.2] a committed type of another domain is 400', async () => {
    const t = await other.datatype(I32);
    expect((await create({ type: t, shape: [1] })).status).toBe(400);
  });
});

function chunked(...dims: number[]) {
  return { class: 'H5D_CHUNKED', dims };
}
