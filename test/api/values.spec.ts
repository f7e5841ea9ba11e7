import { describeApi, itHere } from '../kit/api.js';
import { OCTETS } from '../kit/client.js';
import { compound, expectStatus, F32, F64, I32 } from '../kit/file.js';
import type { TestFile } from '../kit/file.js';

const I16BE = 'H5T_STD_I16BE';
const ROWS = compound(['temp', I32], ['x', F64]);

describeApi('values', (api) => {
  let file: TestFile;
  let line: string;
  let table: string;

  beforeAll(async () => {
    file = await api.file();
    line = await file.filled(I32, [10], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const grid = Array.from({ length: 10 }, (_r, i) =>
      Array.from({ length: 12 }, (_c, j) => i * j),
    );
    table = await file.filled(I32, [10, 12], grid);
  });

  const bytes = (id: string, query = {}) =>
    file.get(`/datasets/${id}/value`, query, { accept: OCTETS });

  it('[3/4.1] [3/19.3] [4/11.1] [3/4.2] [3/4.6] [3/2.7] JSON and binary of a selection', async () => {
    const value = [
      [0, 1, 2, 3],
      [4, 5, 6, 7],
      [8, 9, 10, -1],
    ].map((row) => row.map((n) => n + 0));
    const id = await file.filled(I16BE, [3, 4], value);
    const query = { select: '[0:3:2,1:3]' };
    const json = expectStatus(await file.get(`/datasets/${id}/value`, query), 200);
    expect(json.json).toMatchObject({
      status: 200,
      value: [
        [1, 2],
        [9, 10],
      ],
    });
    const rels = json.listAt('hrefs').map((href) => (href as { rel: string }).rel);
    expect(rels).toEqual(['self', 'root', 'home', 'owner']);
    const binary = await bytes(id, query);
    expect(binary.headers).toMatchObject({ 'content-type': OCTETS, 'content-length': '8' });
    expect(binary.bytes.toString('hex')).toBe('000100020009000a');
  });

  it.each([
    ['[3]', [3]],
    ['[2:8]', [2, 3, 4, 5, 6, 7]],
    ['[0:10:20]', [0]],
    ['[:4]', [0, 1, 2, 3]],
    ['[7:]', [7, 8, 9]],
    ['[1::3]', [1, 4, 7]],
    ['[::]', [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
    ['[[7,0,0]]', [7, 0, 0]],
    ['[ 2 : 4 ]', [2, 3]],
    ['[2:4:]', [2, 3]],
    ['', [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
  ])('[3/3.2] [3/3.4.1] select %s of ten', async (select, value) => {
    expect(await file.value(line, { select })).toEqual(value);
    const binary = await bytes(line, { select });
    expect(binary.bytes.length).toBe(4 * value.length);
  });

  it.each([
    ['[3,:]', [1, 12]],
    ['[3:9:2,4:11:3]', [3, 3]],
    ['[[1,4,9],2:7]', [3, 5]],
    ['[2:7,[1,3]]', [5, 2]],
  ])(
    '[3/3.4.2] [3/3.4.3] select %s of a table has the shape %j',
    async (select, [rows, columns]) => {
      const value = (await file.value(table, { select })) as number[][];
      expect([value.length, value[0]?.length]).toEqual([rows, columns]);
    },
  );

  it('[3/3.4.2] coordinate lists are paired', async () => {
    expect(await file.value(table, { select: '[[0,5,5],[4,2,11]]' })).toEqual([0, 10, 55]);
  });

  itHere('[3/19.14] slice, list, slice, list: dimensions stay in place', async () => {
    const numbers = Array.from({ length: 2 * 2 * 2 * 3 }, (_n, i) => i);
    const id = await file.filled(I32, [2, 2, 2, 3], numbers);
    const value = await file.value(id, { select: '[:,[0,1],:,[2,0]]' });
    expect(value).toEqual([
      [
        [2, 5],
        [6, 9],
      ],
      [
        [14, 17],
        [18, 21],
      ],
    ]);
  });

  const BAD = ['[2:18]', '[10]', '[5:5]', '[0:4:0]', '[1,2]', '[a]', '[1,,2]', '[-1]', '[1.5]'];
  it.each([...BAD, '[0:1:1:1]', '[[1:2]]', '[[]]', '[[3,99]]'])(
    '[3/3.2] select %s of ten is 400 on GET, PUT and POST',
    async (select) => {
      const before = await file.value(line);
      expect((await file.get(`/datasets/${line}/value`, { select })).status).toBe(400);
      expect((await bytes(line, { select })).status).toBe(400);
      const path = `/datasets/${line}/value`;
      expect((await file.put(path, { value: [1] }, { query: { select } })).status).toBe(400);
      expect((await file.put(path, { select, value: [1] })).status).toBe(400);
      expect((await file.post(path, { select })).status).toBe(400);
      expect(await file.value(line)).toEqual(before);
    },
  );

  itHere.each(['0:4', '[0:4', '0:4]', '[9007199254740993]', '[0:99999999999999999999]'])(
    '[3/19.13] select %s is 400',
    async (select) => {
      expect((await file.get(`/datasets/${line}/value`, { select })).status).toBe(400);
    },
  );

  it('[3/4.2] [3/3.2] zero extents', async () => {
    const shapes = [
      [[0], []],
      [
        [3, 0],
        [[], [], []],
      ],
      [[0, 3], []],
    ] as const;
    for (const [shape, value] of shapes) {
      const id = await file.dataset(I32, shape);
      expect(await file.value(id)).toEqual(value);
      const all = shape.map(() => ':').join(',');
      expect(await file.value(id, { select: `[${all}]` })).toEqual(value);
      expect((await bytes(id)).bytes.length).toBe(0);
      expect((await file.put(`/datasets/${id}/value`, { value: [] })).status).toBe(400);
    }
    const empty = await file.dataset(I32, [0]);
    expect((await file.get(`/datasets/${empty}/value`, { select: '[0:0]' })).status).toBe(400);
  });

  it('[3/8.11] [3/4.7] scalars are bare, null spaces 400', async () => {
    const id = await file.filled(F64, [], 1.5);
    for (const select of [undefined, '[0]', '[0:1]', '[:]']) {
      expect(await file.value(id, { select })).toBe(1.5);
    }
    const none = await file.dataset(I32, 'H5S_NULL');
    const path = `/datasets/${none}/value`;
    expect((await file.get(path)).status).toBe(400);
    expect((await file.put(path, { value: 1 })).status).toBe(400);
    expect((await file.post(path, { points: [0] })).status).toBe(400);
  });

  it('[3/4.3] reduce_dim drops dimensions of extent 1', async () => {
    const get = (select: string) => file.value(table, { select, reduce_dim: 1 });
    expect(await get('[2:3,0:4]')).toEqual([0, 2, 4, 6]);
    expect(await get('[2,3]')).toBe(6);
    expect(await file.value(line, { select: '[3]', reduce_dim: 1 })).toEqual([3]);
    expect((await bytes(table, { select: '[2:3,0:4]', reduce_dim: 1 })).bytes.length).toBe(16);
  });

  it('[3/19.4] [3/4.4] NaN and infinities are tokens, or null with ignore_nan', async () => {
    const id = await file.dataset(F32, [4]);
    const body = '{"value": [NaN, Infinity, -Infinity, 1.5]}';
    expect((await file.put(`/datasets/${id}/value`, body)).status).toBe(200);
    const reply = await file.get(`/datasets/${id}/value`);
    expect(reply.text).toContain('[NaN, Infinity, -Infinity, 1.5]');
    expect(await file.value(id, { ignore_nan: 1 })).toEqual([null, null, null, 1.5]);
  });

  it('[3/19.2] [3/6.1] [4/11.5] [3/6] [3/2.2] PUT answers 200 with {}', async () => {
    const id = await file.dataset(I32, [2]);
    for (const headers of [{}, { 'content-type': 'application/json' }]) {
      const body = JSON.stringify({ value: [1, 2] });
      const reply = await file.put(`/datasets/${id}/value`, body, { headers });
      expect([reply.status, reply.text]).toEqual([200, '{}']);
    }
    const headers = { 'content-type': 'text/csv' };
    expect((await file.put(`/datasets/${id}/value`, '1,2', { headers })).status).toBe(400);
  });

  it('[3/3.3] [3/3.1] selections in the body', async () => {
    const id = await file.dataset(I32, [10]);
    const path = `/datasets/${id}/value`;
    expect((await file.put(path, { start: 2, stop: 8, step: 3, value: [1, 2] })).status).toBe(200);
    expect((await file.put(path, { select: ['3:5'], value: [7, 8] })).status).toBe(200);
    expect((await file.put(path, { select: [[0, 9]], value: [5, 6] })).status).toBe(200);
    expect(await file.value(id)).toEqual([5, 0, 1, 7, 8, 2, 0, 0, 0, 6]);
    const both = await file.put(path, { select: '[1]', value: [1] }, { query: { select: '[1]' } });
    expect(both.status).toBe(400);
  });

  it.each([
    ['6.3.8', { value: [1, 2] }],
    ['6.3.1', { value: null }],
    ['6.3.1', { value: [null, 1, 2] }],
    ['6.2', {}],
    ['6.3', { value: ['x', 1, 2] }],
    ['6.5', { value_base64: 'AAAA' }],
    ['6.8', { points: [], value: [] }],
    ['6.8', { points: [0, 3], value: [1, 2] }],
    ['6.8', { points: 'x', value: [1] }],
    ['6.6', { element_count: 2, value: [1, 2] }],
    ['6.6', { element_count: 'x', value: [1] }],
    ['6.7.1', { append: 1, value: [1] }],
    ['4.5', { fields: 'x', value: [1, 2, 3] }],
  ])('[3/%s] PUT of %j to three integers is 400 and changes nothing', async (_rule, body) => {
    const id = await file.filled(I32, [3], [1, 2, 3]);
    expect((await file.put(`/datasets/${id}/value`, body)).status).toBe(400);
    expect(await file.value(id)).toEqual([1, 2, 3]);
  });

  itHere.each([
    ['6.3', { value: [2147483648, 1, 2] }],
    ['6.3', { value: { a: 1 } }],
    ['19.22', { select: 4, value: [1] }],
    ['6.5', { value_base64: '!!!!' }],
    ['19.21', { points: [-1], value: [1] }],
    ['19.21', { points: [[0, 0]], value: [1] }],
    ['19.21', { points: ['0'], value: [1] }],
    ['6.8', { points: [0], select: '[0]', value: [1] }],
  ])('[3/%s] PUT of %j is 400, done right', async (_rule, body) => {
    const id = await file.filled(I32, [3], [1, 2, 3]);
    expect((await file.put(`/datasets/${id}/value`, body)).status).toBe(400);
    expect(await file.value(id)).toEqual([1, 2, 3]);
  });

  itHere('[3/19.21] points of rank 1 may be lists, as h5pyd 1.0 sends them', async () => {
    const id = await file.filled(I32, [4], [1, 2, 3, 4]);
    const body = {
      points: [[3], [0]],
      value_base64: Buffer.from([7, 0, 0, 0, 8, 0, 0, 0]).toString('base64'),
    };
    expect((await file.put(`/datasets/${id}/value`, body)).status).toBe(200);
    expect(await file.value(id)).toEqual([8, 2, 3, 7]);
  });

  it('[3/6.4] binary bodies of a wrong length are 400 and change nothing', async () => {
    const id = await file.filled(I32, [10], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const put = (body: Buffer, query = {}) => file.put(`/datasets/${id}/value`, body, { query });
    expect((await put(Buffer.alloc(36))).status).toBe(400);
    expect((await put(Buffer.alloc(3))).status).toBe(400);
    expect((await put(Buffer.alloc(0))).status).toBe(400);
    expect(await file.value(id)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect((await put(Buffer.alloc(8, 1), { select: '[4:6]' })).status).toBe(200);
    expect(await file.value(id, { select: '[3:7]' })).toEqual([3, 16843009, 16843009, 6]);
  });

  itHere('[3/19.17] excess bytes are 400, too', async () => {
    const id = await file.filled(I32, [3], [1, 2, 3]);
    expect((await file.put(`/datasets/${id}/value`, Buffer.alloc(16))).status).toBe(400);
    expect(await file.value(id)).toEqual([1, 2, 3]);
  });

  it('[3/6.3.3] [3/6.3.2] flat lists are reshaped, single values bare', async () => {
    const id = await file.filled(I32, [2, 3], [1, 2, 3, 4, 5, 6]);
    expect(await file.value(id)).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    expect((await file.put(`/datasets/${id}/value`, { select: '[1,1]', value: 9 })).status).toBe(
      200,
    );
    expect(await file.value(id, { select: '[1,1]' })).toEqual([[9]]);
  });

  it('[3/19.6] [3/6.3.4] [3/4.5] [3/6.9] compounds, whole and by field', async () => {
    const id = await file.filled(
      ROWS,
      [3],
      [
        [1, 0.5],
        [2, 1.5],
        [3, 2.5],
      ],
    );
    expect(await file.value(id, { fields: 'x' })).toEqual([[0.5], [1.5], [2.5]]);
    await file.write(id, [7, 8, 9], { fields: 'temp' });
    expect(await file.value(id)).toEqual([
      [7, 0.5],
      [8, 1.5],
      [9, 2.5],
    ]);
    const path = `/datasets/${id}/value`;
    expect((await file.put(path, { start: 0, stop: 1, value: [42, 0.42] })).status).toBe(200);
    expect(await file.value(id, { select: '[0]' })).toEqual([[42, 0.42]]);
    expect((await file.get(path, { fields: 'nosuch' })).status).toBe(400);
    const scalar = await file.filled(ROWS, [], [42, 0.42]);
    expect(await file.value(scalar)).toEqual([42, 0.42]);
  });

  itHere('[3/19.26] [3/19.25] fields come in the order asked; repeats are 400', async () => {
    const id = await file.filled(ROWS, [1], [[1, 0.5]]);
    expect(await file.value(id, { fields: 'x:temp' })).toEqual([[0.5, 1]]);
    await file.write(id, [[2.5, 9]], { fields: 'x:temp' });
    expect(await file.value(id)).toEqual([[9, 2.5]]);
    const path = `/datasets/${id}/value`;
    expect((await file.get(path, { fields: 'x:x' })).status).toBe(400);
  });

  it('[3/18.5] [3/6.6] [3/19.19] element_count broadcasts', async () => {
    const id = await file.dataset(I32, [2, 3, 5]);
    const put = (value: unknown, element_count: number, more: object = {}) =>
      file.put(`/datasets/${id}/value`, { value, element_count, ...more });
    expect((await put([1, 2, 3, 4, 5], 5)).status).toBe(200);
    expect(await file.value(id, { select: '[1,2,:]' })).toEqual([[[1, 2, 3, 4, 5]]]);
    expect((await put(42, 1)).status).toBe(200);
    expect(((await file.value(id)) as number[][][]).flat(2)).toEqual(Array(30).fill(42));
    expect((await put([1], 7)).status).toBe(400);
    const query = { element_count: 1, select: '[0,0,0:5:2]' };
    const body = Buffer.from(new Int32Array([7]).buffer);
    const reply = await file.put(`/datasets/${id}/value`, body, { query });
    expect([200, 500]).toContain(reply.status);
  });

  it('[3/6.10] [3/6.7.3] [3/6.7.6] append extends and writes', async () => {
    const id = await file.dataset(I32, [1, 0], { maxdims: [0, 0] });
    const row = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
    const path = `/datasets/${id}/value`;
    expect((await file.put(path, { value: row, append: 10, append_dim: 1 })).status).toBe(200);
    const more = Buffer.from(new Int32Array([7, 7]).buffer);
    const query = { append: 2, append_dim: 1 };
    expect((await file.put(path, more, { query })).status).toBe(200);
    expect(await file.value(id)).toEqual([[...row, 7, 7]]);
    const dims = async () => (await file.get(`/datasets/${id}/shape`)).at('shape', 'dims');
    expect(await dims()).toEqual([1, 12]);
  });

  itHere('[3/19.20] [3/6.7.2] [3/6.7.4] a bad append changes nothing', async () => {
    const id = await file.filled(I32, [2], [1, 2], { maxdims: [4] });
    const path = `/datasets/${id}/value`;
    expect((await file.put(path, { value: [1, 2, 3], append: 3 })).status).toBe(409);
    for (const body of [
      { value: [1, 2, 3], append: 2 },
      { value: [1], append: -1 },
      { value: [1], append: 'x' },
      { value: [1], append: 1, select: '[0]' },
      { value: [1], append: 1, append_dim: 1 },
    ]) {
      expect([body, (await file.put(path, body)).status]).toEqual([body, 400]);
    }
    expect(await file.value(id)).toEqual([1, 2]);
  });

  itHere('[3/6.7.5] concurrent appends do not overlap', async () => {
    const id = await file.dataset(I32, [0], { maxdims: [0] });
    await Promise.all(
      Array.from({ length: 10 }, (_none, i) =>
        file.put(`/datasets/${id}/value`, { value: [i, i], append: 2 }),
      ),
    );
    const value = (await file.value(id)) as number[];
    expect([...value].sort()).toEqual([0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9]);
    for (let i = 0; i < 20; i += 2) expect(value[i]).toBe(value[i + 1]);
  });

  it('[3/2.4] [3/2.5] who may read and write', async () => {
    const path = `/datasets/${line}/value`;
    expect((await file.get(path, {}, { user: 'test_user2' })).status).toBe(403);
    expect((await file.put(path, { value: 1 }, { user: null })).status).toBe(401);
    expect((await file.get(`/datasets/${file.root}/value`)).status).toBe(400);
    expect((await file.put(path, undefined)).status).toBe(400);
    expect((await file.post(path, undefined)).status).toBe(400);
  });
});
