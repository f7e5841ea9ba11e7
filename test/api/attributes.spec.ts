import { describeApi, itHere } from '../kit/api.js';
import { OCTETS } from '../kit/client.js';
import {
  A_NUMBER,
  compound,
  expectStatus,
  F32,
  F64,
  fixedString,
  I32,
  I64,
  U64,
  VSTR,
} from '../kit/file.js';
import type { TestFile } from '../kit/file.js';

const REF = { class: 'H5T_REFERENCE', base: 'H5T_STD_REF_OBJ' };

describeApi('attributes', (api) => {
  let file: TestFile;
  let other: TestFile;

  beforeAll(async () => {
    file = await api.file();
    other = await api.file();
  });

  let names = 0;
  const fresh = () => `/groups/${file.root}/attributes/a${++names}`;

  it.each(['groups', 'datasets', 'datatypes'] as const)(
    '[2/9.2] [2/9.3] [2/9.8] the life of an attribute of %s',
    async (collection) => {
      const id =
        collection === 'groups'
          ? await file.group()
          : collection === 'datasets'
            ? await file.dataset(I32, [1])
            : await file.datatype(I32);
      const path = `/${collection}/${id}/attributes/attr`;
      const body = { type: I32, shape: [3], value: [1, 2, 3] };
      expect((await file.get(path)).status).toBe(404);
      expect((await file.put(path, body, { user: 'test_user2' })).status).toBe(403);
      expect((await file.put(path, body, { domain: other.path })).status).toBe(400);
      const made = await file.put(path, body);
      expect([made.status, made.json]).toEqual([201, {}]);
      expect((await file.put(path, body)).status).toBe(200);
      expect((await file.put(path, { ...body, value: [1, 2, 4] })).status).toBe(409);
      const read = expectStatus(await file.get(path), 200);
      expect(read.json).toEqual({
        name: 'attr',
        type: { class: 'H5T_INTEGER', base: I32 },
        shape: { class: 'H5S_SIMPLE', dims: [3] },
        value: [1, 2, 3],
        created: A_NUMBER,
        lastModified: read.at('created'),
        hrefs: [
          { rel: 'self', href: `${api.base}${path}` },
          { rel: 'home', href: `${api.base}/` },
          { rel: 'owner', href: `${api.base}/${collection}/${id}` },
        ],
      });
      expect((await file.get(`/${collection}/${id}`)).at('attributeCount')).toBe(1);
      const replaced = await file.put(`${path}?replace=1`, { type: F64, value: 0.5 });
      expect(replaced.status).toBe(201);
      const after = await file.get(path);
      expect([after.at('value'), after.at('created')]).toEqual([0.5, read.at('created')]);
      expect((await file.delete(path)).json).toEqual({});
      expect((await file.get(path)).status).toBe(410);
      expect((await file.get(`/${collection}/${id}`)).at('attributeCount')).toBe(0);
      expect((await file.put(path, body)).status).toBe(201);
    },
  );

  it.each([
    ['a scalar', { type: I32, value: 42 }, { class: 'H5S_SCALAR' }, 42],
    ['shape []', { type: I32, shape: [], value: 42 }, { class: 'H5S_SCALAR' }, 42],
    ['a row', { type: I32, shape: 2, value: [1, 2] }, dims(2), [1, 2]],
    [
      'nesting',
      {
        type: I32,
        shape: [2, 2],
        value: [
          [1, 2],
          [3, 4],
        ],
      },
      dims(2, 2),
      [
        [1, 2],
        [3, 4],
      ],
    ],
    ['flat', { type: I32, shape: [2, 2], value: [1, 2, 3, 4] }, dims(2, 2), [1, 2, 3, 4]],
    ['shape object', { type: I32, shape: dims(1), value: [5] }, dims(1), [5]],
    ['no data', { type: I32, shape: [2] }, dims(2), null],
    ['null space', { type: I32, shape: 'H5S_NULL' }, { class: 'H5S_NULL' }, null],
    ['null object', { type: I32, shape: { class: 'H5S_NULL' } }, { class: 'H5S_NULL' }, null],
    ['a text', { type: VSTR, value: 'K é 数' }, { class: 'H5S_SCALAR' }, 'K é 数'],
    ['texts', { type: fixedString(5), shape: [2], value: ['ab', 'c'] }, dims(2), ['ab', 'c']],
    [
      'UTF-8',
      { type: fixedString(6, 'H5T_CSET_UTF8'), value: '数é' },
      { class: 'H5S_SCALAR' },
      '数é',
    ],
    ['pair', { type: PAIR(), value: [42, 0.42] }, { class: 'H5S_SCALAR' }, [42, 0.42]],
    [
      'pairs',
      {
        type: PAIR(),
        shape: [2],
        value: [
          [1, 2.5],
          [2, 3.5],
        ],
      },
      dims(2),
      [
        [1, 2.5],
        [2, 3.5],
      ],
    ],
    ['vlen', { type: VLEN(), shape: [2], value: [[], [2, 3]] }, dims(2), [[], [2, 3]]],
    ['reference', { type: REF, value: 'groups/x' }, { class: 'H5S_SCALAR' }, 'groups/x'],
    ['text as number', { type: I32, value: '12' }, { class: 'H5S_SCALAR' }, '12'],
  ])(
    '[2/9.1.3] [2/9.1.4] [2/4.2] [2/4.5] [2/9.1.2] [2/5.3] %s comes back as given',
    async (_name, body, shape, value) => {
      const path = fresh();
      expect((await file.put(path, body)).status).toBe(201);
      const read = await file.get(path);
      expect([read.at('shape'), read.at('value')]).toEqual([shape, value]);
      expect((await file.put(path, body)).status).toBe(200);
    },
  );

  it('[2/1.5.1] [2/4] 64-bit integers keep every digit', async () => {
    for (const [type, digits] of [
      [I64, '9223372036854775807'],
      [I64, '-9223372036854775808'],
      [U64, '18446744073709551615'],
      [I64, '9007199254740993'],
    ]) {
      const path = fresh();
      const body = `{"type": "${type}", "shape": [1], "value": [${digits}]}`;
      expect((await file.put(path, body)).status).toBe(201);
      expect((await file.get(path)).text).toContain(`"value": [${digits}]`);
      const bytes = await file.get(`${path}/value`, {}, { accept: OCTETS });
      const read = type === U64 ? bytes.bytes.readBigUInt64LE() : bytes.bytes.readBigInt64LE();
      expect(String(read)).toBe(digits);
    }
  });

  it('[2/9.3] [1/2.6] NaN and infinities are bare tokens, or null with ignore_nan', async () => {
    const path = fresh();
    const body = `{"type": "${F32}", "shape": [3], "value": [NaN, Infinity, -Infinity]}`;
    expect((await file.put(path, body)).status).toBe(201);
    expect((await file.get(path)).text).toContain('"value": [NaN, Infinity, -Infinity]');
    expect((await file.get(path, { ignore_nan: 1 })).at('value')).toEqual([null, null, null]);
    expect((await file.get(path, { ignore_nan: 0 })).text).toContain('NaN');
  });

  it.each([
    undefined,
    'plain text',
    {},
    { type: 'H5T_FOOBAR' },
    { type: null },
    { type: I32, shape: [5], value: [1, 2, 3, 4, 5, 6] },
    { type: I32, value: 'x' },
    { type: I32, shape: { class: 'H5S_FOO' } },
    { type: I32, shape: 'H5S_NULL', value: 1 },
    { type: I32, shape: { class: 'H5S_NULL', dims: [1] } },
    { type: I32, value: '!!', encoding: 'base64' },
    { type: I32, value: 'AAA=', encoding: 'base64' },
    { type: VSTR, value: 'AAAA', encoding: 'base64' },
  ])('[2/9.2] [2/9.1.1] PUT of %j is 400 and changes nothing', async (body) => {
    const before = await file.state();
    expect((await file.put(fresh(), body)).status).toBe(400);
    expect(await file.state()).toBe(before);
  });

  itHere.each([
    { type: I32, shape: [-1] },
    { type: I32, shape: null },
    { type: I32, shape: 1.5 },
    { type: I32, shape: { dims: [1] } },
    { type: I32, shape: 'H5S_SIMPLE' },
    { type: I32, value: 2 ** 31 },
    { type: PAIR(), value: [1] },
    { type: I32, value: {} },
    { type: I32, shape: [2], value: [1, null] },
    { type: '' },
    { type: 't-foo' },
  ])('[2/9.1.6] [2/5.3] PUT of %j is 400, done right', async (body) => {
    const before = await file.state();
    expect((await file.put(fresh(), body)).status).toBe(400);
    expect(await file.state()).toBe(before);
  });

  itHere('[4/10.1] an empty attribute may come with the value null', async () => {
    const path = fresh();
    expect((await file.put(path, { type: I32, shape: 'H5S_NULL', value: null })).status).toBe(201);
    expect((await file.get(path)).at('value')).toBeNull();
  });

  itHere('[2/4.6] [2/20] [2/9.1.5] [2/9.1.6] what HSDS fails on is accepted', async () => {
    for (const [body, value] of [
      [{ type: VLEN(), value: [1, 2, 3] }, [1, 2, 3]],
      [{ type: I32, shape: 'H5S_SCALAR', value: 1 }, 1],
      [{ type: ARRAY(), value: [1, 2] }, [1, 2]],
    ]) {
      const path = fresh();
      expect((await file.put(path, body)).status).toBe(201);
      expect((await file.get(path)).at('value')).toEqual(value);
    }
  });

  it('[2/9.1.7] [2/9.1.8] base64 input becomes JSON where it can', async () => {
    const path = fresh();
    const bytes = Buffer.from(new Int32Array([2, 3, 5, 7, 11, 13]).buffer);
    const body = { type: I32, shape: [6], value: bytes.toString('base64'), encoding: 'base64' };
    expect((await file.put(path, body)).status).toBe(201);
    const read = await file.get(path);
    expect(read.at('value')).toEqual([2, 3, 5, 7, 11, 13]);
    expect(read.json).not.toHaveProperty('encoding');
    const coded = await file.get(path, { encoding: 'base64' });
    expect(coded.json).toMatchObject({ value: body.value, encoding: 'base64' });
    expect((await file.get(path, { encoding: 'hex' })).status).toBe(400);
  });

  itHere('[2/9.1.9] base64 that is no text stays base64', async () => {
    const path = fresh();
    const type = fixedString(2, 'H5T_CSET_UTF8');
    expect((await file.put(path, { type, value: '/v8=', encoding: 'base64' })).status).toBe(201);
    expect((await file.get(path)).json).toMatchObject({ value: '/v8=', encoding: 'base64' });
  });

  it('[2/9.3] IncludeData=0 leaves the value out', async () => {
    const path = fresh();
    await file.put(path, { type: I32, value: 1 });
    expect((await file.get(path, { IncludeData: 0 })).json).not.toHaveProperty('value');
    expect((await file.get(path, { IncludeData: 1 })).at('value')).toBe(1);
  });

  it('[2/3.4.1] [2/3.4.2] [2/3.4.3] a committed type is copied with its id', async () => {
    const t = await file.datatype(F32);
    const path = fresh();
    expect((await file.put(path, { type: t, shape: [2], value: [1, 2] })).status).toBe(201);
    const type = { class: 'H5T_FLOAT', base: F32, id: t };
    expect((await file.get(path)).at('type')).toEqual(type);
    await file.delete(`/datatypes/${t}`);
    expect((await file.get(path)).at('type')).toEqual(type);
    expect((await file.put(fresh(), { type: t })).status).toBe(410);
    expect((await file.put(fresh(), { type: await other.datatype(F32) })).status).toBe(400);
    expect((await file.put(fresh(), { type: `${t.slice(0, 20)}1234-123456-123456` })).status).toBe(
      404,
    );
  });

  it('[2/1.3.3] names may hold slashes; objects must fit their collection', async () => {
    const path = `/groups/${file.root}/attributes/a%2Fb`;
    expect((await file.put(path, { type: I32, value: 1 })).status).toBe(201);
    expect((await file.get(path)).at('name')).toBe('a/b');
    expect((await file.get(`/datasets/${file.root}/attributes`)).status).toBe(400);
    expect((await file.put(`/groups/foobar/attributes/x`, { type: I32 })).status).toBe(400);
  });

  it('[2/9.8] deleting what is not there is 200 and leaves the time', async () => {
    const before = await file.state();
    expect((await file.delete(`/groups/${file.root}/attributes/nosuch`)).json).toEqual({});
    expect(await file.state()).toBe(before);
  });

  it('[2/6.5] writing an attribute changes the object’s lastModified', async () => {
    const time = async () => (await file.get(`/groups/${file.root}`)).at('lastModified') as number;
    const path = fresh();
    const before = await time();
    await file.put(path, { type: I32, value: 1 });
    const made = await time();
    await file.put(path, { type: I32, value: 1 });
    expect(await time()).toBe(made);
    await file.put(`${path}/value`, { value: 2 });
    const changed = await time();
    await file.delete(path);
    expect(before < made && made < changed && changed < (await time())).toBe(true);
  });

  describe('values alone', () => {
    it('[4/10.4] [2/9.7] GET gives the value without type and shape, or the bytes', async () => {
      const path = fresh();
      await file.put(path, { type: I32, shape: [3], value: [1, 2, 3] });
      const json = await file.get(`${path}/value`);
      expect(json.keysAt()).toEqual(['hrefs', 'value']);
      expect(json.at('hrefs', 0, 'href')).toBe(`${api.base}${path}`);
      const bytes = await file.get(`${path}/value`, {}, { accept: OCTETS });
      expect(bytes.headers).toMatchObject({ 'content-type': OCTETS, 'content-length': '12' });
      expect([...new Int32Array(Uint8Array.from(bytes.bytes).buffer)]).toEqual([1, 2, 3]);
      const origin = { origin: 'https://viewer.example.org' };
      const cors = await file.get(`${path}/value`, {}, { accept: OCTETS, headers: origin });
      expect([200, 500]).toContain(cors.status);
    });

    it('[2/9.7] without a value: null, zeros; null space 400', async () => {
      const path = fresh();
      await file.put(path, { type: I32, shape: [2] });
      expect((await file.get(`${path}/value`)).at('value')).toBeNull();
      const bytes = await file.get(`${path}/value`, {}, { accept: OCTETS });
      expect(bytes.bytes).toEqual(Buffer.alloc(8));
      const empty = fresh();
      await file.put(empty, { type: I32, shape: 'H5S_NULL' });
      expect((await file.get(`${empty}/value`)).status).toBe(400);
      expect((await file.put(`${empty}/value`, { value: 1 })).status).toBe(400);
    });

    it('[2/9.7.1] [2/9.7.3] PUT normalises through the type', async () => {
      const path = fresh();
      await file.put(path, { type: fixedString(3), shape: [2], value: ['a', 'b'] });
      const created = (await file.get(path)).at('created');
      const put = await file.put(`${path}/value`, { value: ['abcdef', 'x'] });
      expect([put.status, put.json]).toEqual([200, {}]);
      const read = await file.get(path);
      expect([read.at('value'), read.at('created')]).toEqual([['abc', 'x'], created]);
    });

    it('[2/9.7.4] [2/9.7.5] bytes that are no text are kept as base64', async () => {
      const path = fresh();
      await file.put(path, { type: fixedString(2, 'H5T_CSET_UTF8') });
      expect((await file.put(`${path}/value`, Buffer.from([0xfe, 0xff]))).status).toBe(200);
      expect((await file.get(path)).json).toMatchObject({ value: '/v8=', encoding: 'base64' });
      expect((await file.put(`${path}/value`, Buffer.from('é'))).status).toBe(200);
      expect((await file.get(path)).at('value')).toBe('é');
    });

    it('[2/9.7.2] a missing attribute is 404; wrong values change nothing', async () => {
      const path = fresh();
      expect((await file.put(`${path}/value`, { value: 1 })).status).toBe(404);
      await file.put(path, { type: I32, shape: [2], value: [1, 2] });
      const before = await file.state();
      const short = Buffer.alloc(7);
      const bodies = [short, {}, undefined, '{', { value: [1] }, { value: ['x', 'y'] }];
      for (const body of bodies) {
        expect([body, (await file.put(`${path}/value`, body)).status]).toEqual([body, 400]);
      }
      const headers = { 'content-type': 'text/plain' };
      expect((await file.put(`${path}/value`, '{"value": [3, 4]}', { headers })).status).toBe(400);
      expect(await file.state()).toBe(before);
    });

    itHere('[2/9.7.2] base64 of a wrong size is 400', async () => {
      const path = fresh();
      await file.put(path, { type: I32, shape: [2], value: [1, 2] });
      const body = { value: 'AAAA', encoding: 'base64' };
      expect((await file.put(`${path}/value`, body)).status).toBe(400);
    });
  });
});

function dims(...extents: number[]) {
  return { class: 'H5S_SIMPLE', dims: extents };
}

function PAIR() {
  return compound(['n', I32], ['x', F64]);
}

function VLEN() {
  return { class: 'H5T_VLEN', size: 'H5T_VARIABLE', base: I32 };
}

function ARRAY() {
  return { class: 'H5T_ARRAY', dims: [2], base: I32 };
}
