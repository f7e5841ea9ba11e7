import { describeApi, itHere } from '../kit/api.js';
import { OCTETS } from '../kit/client.js';
import { compound, fixedString, I32, type TestFile } from '../kit/file.js';

const ROWS = [
  ['aa', 1],
  ['bb', 2],
  ['aa', 3],
  ['cc', 4],
  ['aa', 5],
];
const TYPE = compound(['sym', fixedString(4)], ['n', I32]);

describeApi('points and queries', (api) => {
  let file: TestFile;
  let rows: string;
  let line: string;

  beforeAll(async () => {
    file = await api.file();
    line = await file.filled(I32, [10], [0, 10, 20, 30, 40, 50, 60, 70, 80, 90]);
  });

  beforeEach(async () => {
    rows = await file.filled(TYPE, [5], ROWS);
  });

  const post = (id: string, body: unknown, accept = '*/*') =>
    file.post(`/datasets/${id}/value`, body, { accept });

  it('[3/18.2] [3/5.3] [3/5.2] points in any order, JSON and binary both ways', async () => {
    const asked = [8, 0, 8, 3];
    const json = await post(line, { points: asked });
    expect(json.at('value')).toEqual([80, 0, 80, 30]);
    expect(json.json).not.toHaveProperty('status');
    expect(json.listAt('hrefs')).toHaveLength(4);
    const body = Buffer.from(new BigUint64Array(asked.map(BigInt)).buffer);
    expect((await post(line, body)).at('value')).toEqual([80, 0, 80, 30]);
    for (const points of [body, { points: asked }]) {
      const binary = await post(line, points, OCTETS);
      const numbers = [...new Int32Array(Uint8Array.from(binary.bytes).buffer)];
      expect([numbers, binary.headers['content-length']]).toEqual([[80, 0, 80, 30], '16']);
    }
  });

  it('[4/11.4] [3/5.1.3] no points give no values; unwritten ones the fill value', async () => {
    expect((await post(line, { points: [] })).at('value')).toEqual([]);
    const id = await file.dataset(I32, [50000, 8000, 9000]);
    const points = [
      [0, 0, 0],
      [49999, 7999, 8999],
    ];
    expect((await post(id, { points })).at('value')).toEqual([0, 0]);
    const put = await file.put(`/datasets/${id}/value`, { points, value: [1, 2] });
    expect(put.status).toBe(200);
    expect((await post(id, { points: [...points].reverse() })).at('value')).toEqual([2, 1]);
  });

  it('[3/5.1] selections by POST', async () => {
    expect((await post(line, { select: '[2:4]' })).at('value')).toEqual([20, 30]);
    expect((await post(line, { select: '[[9,0]]' })).at('value')).toEqual([90, 0]);
    expect((await post(line, { start: 0, stop: 4, step: 2 })).at('value')).toEqual([0, 20]);
    expect((await post(line, { select: '[3]' }, OCTETS)).bytes.toString('hex')).toBe('1e000000');
  });

  it.each([
    ['5.1.1', {}],
    ['5.1.1', { start: 0 }],
    ['5.1.2', { points: [1], select: '[1]' }],
    ['5.1.3', { points: 'x' }],
    ['5.1.4', { points: [10] }],
    ['5.2', Buffer.alloc(7)],
    ['2.4', '{'],
    ['2.4', undefined],
  ])('[3/%s] POST of %j is 400', async (_rule, body) => {
    expect((await post(line, body)).status).toBe(400);
  });

  itHere.each([
    [{ points: [-1] }],
    [{ points: ['1'] }],
    [{ points: [[1, 1]] }],
    [{ points: [null] }],
    [{ points: [1e300] }],
    [Buffer.alloc(8, 0xff)],
  ])('[3/5.1.5] [3/19.21] POST of %j is 400, done right', async (body) => {
    expect((await post(line, body)).status).toBe(400);
  });

  itHere('[3/19.23] binary points beside a selection are 400', async () => {
    const query = { select: '[0:2]' };
    const reply = await file.post(`/datasets/${line}/value`, Buffer.alloc(8), { query });
    expect(reply.status).toBe(400);
  });

  it('[3/5.1] a scalar has no points', async () => {
    const id = await file.dataset(I32, []);
    expect((await post(id, { points: [0] })).status).toBe(400);
  });

  it('[3/6.8] [3/6.5] point writes with values and base64', async () => {
    const id = await file.dataset(I32, [3, 4]);
    const path = `/datasets/${id}/value`;
    const body = {
      points: [
        [2, 3],
        [0, 0],
        [2, 3],
      ],
      value: [1, 2, 3],
    };
    expect((await file.put(path, body)).status).toBe(200);
    const value_base64 = Buffer.from(new Int32Array([7]).buffer).toString('base64');
    expect((await file.put(path, { points: [[1, 1]], value_base64 })).status).toBe(200);
    expect(await file.value(id)).toEqual([
      [2, 0, 0, 0],
      [0, 7, 0, 0],
      [0, 0, 0, 3],
    ]);
  });

  itHere('[3/19.24] fields of points', async () => {
    const reply = await post(rows, { points: [3, 0], fields: 'n' });
    expect(reply.at('value')).toEqual([[4], [1]]);
    const binary = await post(rows, { points: [3, 0], fields: 'n' }, OCTETS);
    expect(binary.headers['content-length']).toBe('8');
  });

  it.each([
    [
      { query: "sym == b'aa'" },
      [
        [0, 'aa', 1],
        [2, 'aa', 3],
        [4, 'aa', 5],
      ],
    ],
    [
      { query: "sym == b'aa'", Limit: 2 },
      [
        [0, 'aa', 1],
        [2, 'aa', 3],
      ],
    ],
    [
      { query: 'n > 2', fields: 'n' },
      [
        [2, 3],
        [3, 4],
        [4, 5],
      ],
    ],
    [
      { query: "(n == 1) | (sym == b'cc')" },
      [
        [0, 'aa', 1],
        [3, 'cc', 4],
      ],
    ],
    [
      { query: "sym > b'aa'" },
      [
        [1, 'bb', 2],
        [3, 'cc', 4],
      ],
    ],
    [
      { query: 'n > 2', select: '[0:4]' },
      [
        [2, 'aa', 3],
        [3, 'cc', 4],
      ],
    ],
    [{ query: 'n == 10.5' }, []],
    [
      { query: 'where n in (1, 4)' },
      [
        [0, 'aa', 1],
        [3, 'cc', 4],
      ],
    ],
    [{ query: 'n >= 2 where n in (1,2,5)', Limit: 1 }, [[1, 'bb', 2]]],
  ])(
    '[3/7.1] [3/7.3] [4/21.2.19] [3/18.3] [3/7.5] [3/7.2] GET with %j',
    async (query, expected) => {
      expect(await file.value(rows, query)).toEqual(expected);
    },
  );

  itHere.each([
    [{ query: 'n > 1 AND n < 4' }, [1, 2]],
    [{ query: 'n < 2 OR n > 4' }, [0, 4]],
    [{ query: '3 < n' }, [3, 4]],
    [{ query: "sym == 'cc'" }, [3]],
    [{ query: 'n > 0', select: '[1:5:2]' }, [1, 3]],
    [{ query: 'n > 0', select: '[[4,0]]' }, [0, 4]],
  ])('[3/19.27] [3/19.28] [3/19.29] GET with %j, done right', async (query, indices) => {
    const value = (await file.value(rows, query)) as unknown[][];
    expect(value.map(([index]) => index).sort()).toEqual(indices);
  });

  it.each([
    'foobar',
    'n @ 12',
    'gloop < blag',
    'n = 12',
    'n > 12; n < 40',
    "import os; print(os.environ['FOO'])",
    'n >',
    '(n > 1',
  ])('[3/7.2] the query %s is 400', async (query) => {
    expect((await file.get(`/datasets/${rows}/value`, { query })).status).toBe(400);
  });

  itHere.each(['n > 1)', 'where n in ()', 'where zz in (1)', 'n == "x"', 'sym > 1'])(
    '[3/7.2] the query %s is 400, done right',
    async (query) => {
      expect((await file.get(`/datasets/${rows}/value`, { query })).status).toBe(400);
    },
  );

  it('[3/7.5] a Limit that is no integer is 400', async () => {
    const query = { query: 'n > 1', Limit: 'x' };
    expect((await file.get(`/datasets/${rows}/value`, query)).status).toBe(400);
  });

  itHere('[4/13.4] [4/11.2] [4/21.2.20] binary queries give bare elements', async () => {
    const reply = await file.get(`/datasets/${rows}/value`, { query: 'n > 3' }, { accept: OCTETS });
    expect(reply.bytes.toString('hex')).toBe('63630000040000006161000005000000');
    const value = await file.value(line, { query: '_ > 60' });
    expect(value).toEqual([70, 80, 90]);
  });

  it('[3/7.6] update-where changes the first Limit hits and returns them', async () => {
    const query = { query: "sym == b'aa'", Limit: 1 };
    const reply = await file.put(`/datasets/${rows}/value`, { n: 999 }, { query });
    expect([reply.status, reply.at('value')]).toEqual([200, [[0, 'aa', 999]]]);
    expect(await file.value(rows, { fields: 'n' })).toEqual([[999], [2], [3], [4], [5]]);
    const none = { query: 'n == 77' };
    const nothing = await file.put(`/datasets/${rows}/value`, { n: 1 }, { query: none });
    expect([nothing.status, nothing.at('value')]).toEqual([200, []]);
    const before = await file.value(rows);
    for (const body of [{}, { nosuch: 1 }, { n: 'x' }]) {
      const bad = await file.put(`/datasets/${rows}/value`, body, { query: { query: 'n > 0' } });
      expect([body, bad.status]).toEqual([body, 400]);
    }
    expect(await file.value(rows)).toEqual(before);
  });

  itHere(
    '[4/11.3] [3/19.30] [4/21.2.21] update-where honours select and tells indices',
    async () => {
      const query = { query: 'n > 0', select: '[1:3]' };
      const reply = await file.put(`/datasets/${rows}/value`, { n: 0 }, { query });
      expect(reply.json).toMatchObject({ index: [1, 2], indices: [[1], [2]] });
      expect(await file.value(rows, { fields: 'n' })).toEqual([[1], [0], [0], [4], [5]]);
    },
  );
});
