import { describeApi, itHere } from '../kit/api.js';
import { expectStatus, F32, F64, fixedString, I32, VSTR } from '../kit/file.js';
import type { TestFile } from '../kit/file.js';

/** Chunk shapes of HSDS for its default settings: type, dims, maxdims, layout. */
const GUESSED: [unknown, number[], number[] | undefined, number[]][] = [
  [I32, [10, 20], undefined, [10, 20]],
  [I32, [0], undefined, [0]],
  [I32, [5, 0], undefined, [5, 0]],
  [I32, [10], [0], [262144]],
  [I32, [0], [0], [262144]],
  [I32, [10], [20], [20]],
  [I32, [10, 20], [30, 0], [30, 16384]],
  [I32, [0, 3, 0], [0, 3, 0], [512, 2, 1024]],
  ['H5T_STD_I8LE', [5000, 5000], undefined, [1250, 2500]],
  ['H5T_STD_I8LE', [4000000], [5000000], [2500000]],
  [F32, [50000, 80000], undefined, [782, 1250]],
  [F32, [50000, 80000, 90000], undefined, [49, 79, 176]],
  [F32, [0, 80000, 90000], [0, 80000, 900000], [2, 157, 1758]],
  [F32, [365, 780, 1024], [0, 780, 1024], [64, 98, 128]],
  [F64, [1000000000], undefined, [488282]],
  [F64, [0, 0], [0, 0], [512, 1024]],
  [F64, [100, 0], [200, 0], [200, 1024]],
  [VSTR, [100], undefined, [100]],
  [VSTR, [100000], undefined, [25000]],
  [fixedString(2000000), [1], [0], [2]],
  [fixedString(5000000), [3, 4], undefined, [1, 1]],
];

function layoutOf(file: () => TestFile) {
  return async (body: object) => {
    const id = expectStatus(await file().post('/datasets', body), 201).textAt('id');
    return file().get(`/datasets/${id}`);
  };
}

describeApi('layouts and filters', (api) => {
  let file: TestFile;
  let other: TestFile;

  beforeAll(async () => {
    file = await api.file();
    other = await api.file();
  });

  const read = layoutOf(() => file);
  const made = (creationProperties: object, more: object = {}) =>
    read({ type: I32, shape: [10, 20], ...more, creationProperties });

  it.each(GUESSED)(
    '[3/18.8] [2/12.4] [2/12.2] [3/9.2] %j %j within %j has chunks %j',
    async (...vector) => {
      const [type, shape, maxdims, dims] = vector;
      const reply = await read({ type, shape, maxdims });
      expect(reply.at('layout')).toEqual({ class: 'H5D_CHUNKED', dims });
    },
  );

  itHere('[4/8.3.2] [4/21.2.8] chunk shapes of clients are kept', async () => {
    const layout = { class: 'H5D_CHUNKED', dims: [1, 390, 512] };
    const given = { type: F32, shape: [365, 780, 1024], maxdims: [0, 780, 1024] };
    const reply = await read({ ...given, creationProperties: { layout } });
    expect(reply.at('layout')).toEqual(layout);
    expect(reply.at('creationProperties', 'layout')).toEqual(layout);
  });

  it('[4/21.2.9] [4/21.2.10] [2/12.1] contiguous becomes chunked, also with filters and maxdims', async () => {
    const layout = { class: 'H5D_CONTIGUOUS' };
    const reply = await made({ layout, filters: ['gzip'] }, { maxdims: [20, 20] });
    expect(reply.at('layout')).toEqual({ class: 'H5D_CHUNKED', dims: [20, 20] });
  });

  itHere('[4/21.2.9] what became chunked says so, where HSDS 1.0 looks for it', async () => {
    const layout = { class: 'H5D_CONTIGUOUS' };
    const grows = await made({ layout }, { maxdims: [20, 20] });
    expect(grows.at('creationProperties', 'layout')).toEqual(grows.at('layout'));
    const whole = await made({ layout });
    expect(whole.at('creationProperties', 'layout')).toEqual(layout);
  });

  it('[2/12.1] compact datasets stay compact', async () => {
    const reply = await made({ layout: { class: 'H5D_COMPACT' } });
    expect(reply.at('layout')).toEqual({ class: 'H5D_COMPACT' });
  });

  itHere('[3/19.35] compact datasets can be written and read', async () => {
    const properties = { creationProperties: { layout: { class: 'H5D_COMPACT' } } };
    const id = await file.filled(I32, [3], [1, 2, 3], properties);
    expect(await file.value(id)).toEqual([1, 2, 3]);
  });

  it('[3/10.1] [3/9.3] [2/12.1] the three reference layouts', async () => {
    const contiguous = {
      class: 'H5D_CONTIGUOUS_REF',
      file_uri: 's3://b/x.h5',
      offset: 1,
      size: 800,
    };
    const one = await made({ layout: contiguous });
    expect(one.at('creationProperties', 'layout')).toEqual(contiguous);
    expect(one.at('layout')).toEqual({ class: 'H5D_CHUNKED', dims: [10, 20] });
    const chunks = { '0_0': [4000, 200], '1_0': [4200, 200] };
    const direct = { class: 'H5D_CHUNKED_REF', file_uri: 's3://b/x.h5', dims: [5, 20], chunks };
    const two = await made({ layout: direct });
    expect(two.at('creationProperties', 'layout')).toEqual(direct);
    expect(two.at('layout')).toEqual({ class: 'H5D_CHUNKED', dims: [5, 20] });
    const chunk_table = await file.dataset('H5T_STD_I64LE', [2, 1]);
    const indirect = { class: 'H5D_CHUNKED_REF_INDIRECT', dims: [5, 20], chunk_table };
    const three = await made({ layout: { ...indirect, file_uri: 's3://b/x.h5' } });
    expect(three.at('creationProperties', 'layout')).toMatchObject(indirect);
  });

  it.each([
    [{ class: 'H5D_CONTIGUOUS', dims: [10, 20] }, 400],
    [{ class: 'H5D_COMPACT', dims: [10, 20] }, 400],
    [{ class: 'H5D_CONTIGUOUS_REF', file_uri: 'x', offset: 1 }, 400],
    [{ class: 'H5D_CHUNKED_REF', file_uri: 'x', dims: [10, 20] }, 400],
    [{ class: 'H5D_CHUNKED_REF_INDIRECT', dims: [10, 20] }, 400],
    [{ class: 'H5D_CHUNKED_REF_INDIRECT', dims: [10, 20], chunk_table: 'foobar' }, 400],
    [{ class: 'H5D_CHUNKED_REF_INDIRECT', dims: [10, 20], chunk_table: 'UNKNOWN' }, 404],
    [{ class: 'H5D_CHUNKED' }, 400],
    [{ class: 'H5D_CHUNKED', dims: [10] }, 400],
    [{ class: 'H5D_CHUNKED', dims: [10, 1.5] }, 400],
    [{ class: 'H5D_CHUNKED', dims: [11, 20] }, 400],
  ])('[2/12.1.1] [2/12.1.2] [2/12.1.3] the layout %j is %i', async (layout, status) => {
    const before = await other.state();
    const unknown = `d${other.root.slice(1, 20)}1234-123456-123456`;
    const body = { type: I32, shape: [10, 20], creationProperties: { layout } };
    const text = JSON.stringify(body).replace('UNKNOWN', unknown);
    expect((await other.post('/datasets', text)).status).toBe(status);
    expect(await other.state()).toBe(before);
  });

  itHere('[2/12.1.1] [2/12.1.4] null layouts, integers and contiguous null spaces', async () => {
    expect((await made({ layout: null })).at('layout', 'dims')).toEqual([10, 20]);
    const one = await read({
      type: I32,
      shape: [10],
      creationProperties: { layout: { class: 'H5D_CHUNKED', dims: 10 } },
    });
    expect(one.at('layout', 'dims')).toEqual([10]);
    const none = await made({ layout: { class: 'H5D_CONTIGUOUS' } }, { shape: 'H5S_NULL' });
    expect(none.json).not.toHaveProperty('layout');
  });

  it.each([
    ['gzip', { class: 'H5Z_FILTER_DEFLATE', id: 1, name: 'gzip' }],
    [1, { class: 'H5Z_FILTER_DEFLATE', id: 1, name: 'gzip' }],
    ['blosclz', { class: 'H5Z_FILTER_BLOSC', id: 32001, name: 'blosclz' }],
    ['lz4', { class: 'H5Z_FILTER_LZ4', id: 32004, name: 'lz4' }],
    ['lz4hc', { class: 'H5Z_FILTER_LZ4HC', id: 32005, name: 'lz4hc' }],
    ['zstd', { class: 'H5Z_FILTER_ZSTD', id: 32015, name: 'zstd' }],
    ['H5Z_FILTER_SHUFFLE', { class: 'H5Z_FILTER_SHUFFLE', id: 2, name: 'shuffle' }],
    [{ class: 'H5Z_FILTER_FLETCHER32' }, { class: 'H5Z_FILTER_FLETCHER32', id: 3 }],
    [
      { class: 'H5Z_FILTER_DEFLATE', level: 9 },
      { id: 1, level: 9, name: 'gzip' },
    ],
    [
      { class: 'H5Z_FILTER_USER', name: 'lz4', level: 5 },
      { id: 32004, name: 'lz4', level: 5 },
    ],
    [
      { class: 'H5Z_FILTER_SCALEOFFSET', id: 6, scaleOffset: 3, scaleType: 'H5Z_SO_INT' },
      { class: 'H5Z_FILTER_SCALEOFFSET', id: 6, scaleOffset: 3, scaleType: 'H5Z_SO_INT' },
    ],
  ])(
    '[4/8.4] [4/21.2.13] [2/13.1] [2/13.2] the filter %j is stored as %j',
    async (given, stored) => {
      const reply = await made({ filters: [given] });
      const filters = reply.listAt('creationProperties', 'filters');
      expect(filters).toEqual([expect.objectContaining(stored)]);
    },
  );

  itHere('[4/8.4] a user filter gets its own class, by which HSDS 1.0 finds it', async () => {
    const reply = await made({ filters: [{ class: 'H5Z_FILTER_USER', name: 'zstd' }] });
    const stored = { class: 'H5Z_FILTER_ZSTD', id: 32015, name: 'zstd' };
    expect(reply.at('creationProperties', 'filters')).toEqual([stored]);
  });

  it('[2/13.3] order and duplicates are kept', async () => {
    const filters = ['shuffle', 'gzip', 'fletcher32', 'shuffle'];
    const reply = await made({ filters });
    const stored = reply.listAt('creationProperties', 'filters') as { name: string }[];
    expect(stored.map(({ name }) => name)).toEqual(filters);
  });

  itHere.each([
    ['bitshuffle'],
    ['shuffle', 'gzip'],
    ['blosclz'],
    ['lz4'],
    ['zstd'],
    ['scaleoffset'],
    ['fletcher32'],
  ])('[3/11.2] [3/18.6] [3/19.40] [2/16.2] data come back through %s %s', async (...filters) => {
    const value = Array.from({ length: 200 }, (_none, i) => (i * 7) % 31);
    const names = filters.filter((name) => typeof name === 'string');
    const properties = { creationProperties: { filters: names } };
    const id = await file.filled(I32, [10, 20], value, properties);
    await file.put('/?flush=1', 'null');
    expect(((await file.value(id)) as number[][]).flat()).toEqual(value);
  });

  it.each([
    [{ filters: ['gzip'], layout: { class: 'H5D_COMPACT' } }],
    [{ filters: ['szip2'] }],
    [{ filters: [{ class: 'H5Z_FILTER_FOOBAR' }] }],
    [{ filters: [{ class: 'H5Z_FILTER_USER' }] }],
    [{ filters: [[]] }],
    [{ filters: {} }],
  ])('[2/13] %j is 400', async (creationProperties) => {
    const body = { type: I32, shape: [4], creationProperties };
    expect((await file.post('/datasets', body)).status).toBe(400);
  });

  it.each([
    ['AADAfw==', { fillValue_encoding: 'base64' }, F32, NaN],
    [42, {}, I32, 42],
    ['12', {}, I32, 12],
    ['nan', {}, F32, NaN],
    [true, {}, I32, 1],
    ['long text', {}, fixedString(4), 'long'],
  ])('[2/14] the fill value %j %j of %j reads as %j', async (fillValue, more, type, value) => {
    const creationProperties = { fillValue, ...more };
    const reply = await read({ type, shape: [1], creationProperties });
    expect(reply.at('creationProperties')).toMatchObject(creationProperties);
    expect(await file.value(reply.textAt('id'))).toEqual([value]);
  });

  itHere('[4/8.5] [4/20.4] a null fill value is none', async () => {
    const reply = await made({ fillValue: null });
    expect(reply.at('creationProperties')).not.toHaveProperty('fillValue');
  });
});

describeApi(
  'the 0.9 dialect',
  (api) => {
    let file: TestFile;
    beforeAll(async () => {
      file = await api.file();
    });
    const read = layoutOf(() => file);

    itHere.each([
      [F32, [365, 780, 1024], [0, 780, 1024], [1, 390, 512], [1, 390, 1024]],
      [I32, [100, 200], undefined, [10, 20], [100, 200]],
      [I32, [100], [300], [200], [300]],
      [I32, [100], [0], [400], [409600]],
    ])('[2/12.2] [4/21.2.8] %s %j %j: chunks %j become %j', async (...vector) => {
      const [type, shape, maxdims, given, dims] = vector;
      const creationProperties = { layout: { class: 'H5D_CHUNKED', dims: given } };
      const reply = await read({ type, shape, maxdims, creationProperties });
      expect(reply.at('layout', 'dims')).toEqual(dims);
      expect(reply.at('creationProperties', 'layout', 'dims')).toEqual(given);
    });

    itHere(
      '[4/21.2.5] [4/21.2.6] [4/21.2.7] shapes, links and properties are plain 0.9',
      async () => {
        const reply = await read({ type: I32, shape: [2], maxdims: [0] });
        expect(reply.at('shape', 'maxdims')).toEqual([0]);
        expect(reply.at('creationProperties')).toEqual({});
        await file.link(file.root, 'x', { h5path: '/g', h5domain: '/home/x.h5' });
        const link = (await file.get(`/groups/${file.root}/links/x`)).at('link');
        expect(link).toMatchObject({ h5domain: '/home/x.h5' });
        expect(link).not.toHaveProperty('file');
      },
    );
  },
  { api_dialect: '0.9' },
);

describeApi(
  'many chunks',
  (api) => {
    itHere('[2/12.3] [3/9.5] chunks are spread over partitions', async () => {
      const file = await api.file();
      const reply = await layoutOf(() => file)({ type: F32, shape: [5000, 8000, 90] });
      expect(reply.at('layout', 'partition_count')).toBeGreaterThan(1);
      const id = reply.textAt('id');
      await file.write(id, [7], { select: '[4999,7999,89]' });
      await file.put('/?flush=1', 'null');
      expect(await file.value(id, { select: '[4999,7999,89]' })).toEqual([[[7]]]);
    });
  },
  { max_chunks_per_folder: 10 },
);
