import {
  at,
  startServer,
  textAt,
  type Call,
  type Reply,
  type TestServer,
} from '../../../../test/kit/embedded-server.js';

const INT = 'H5T_STD_I32LE';
const TEXT = { class: 'H5T_STRING', charSet: 'H5T_CSET_UTF8', length: 2 };
const BYTES = 'application/octet-stream';
let server: TestServer;
let root: string;

const attributes = (id: string, name = '') => {
  const collection = { g: 'groups', d: 'datasets', t: 'datatypes' }[id.charAt(0)] ?? '';
  return `/${collection}/${id}/attributes${name === '' ? '' : `/${encodeURIComponent(name)}`}`;
};
const get = (path: string, query: Call['query'] = {}) => server.request('GET', path, { query });
const put = (path: string, body: unknown, query: Call['query'] = {}) =>
  server.request('PUT', path, { body, query });
const names = (reply: Reply) => (at(reply, 'attributes') as { name: string }[]).map((a) => a.name);
const make = async (collection: string, body: object = { type: INT }) =>
  textAt(await server.request('POST', `/${collection}`, { body }), 'id');
const group = () => make('groups', {});

beforeAll(async () => {
  server = await startServer();
  root = textAt(await get('/'), 'root');
});

afterAll(() => server.close());

describe('one attribute', () => {
  it.each(['groups', 'datasets', 'datatypes'])(
    'lives from 404 to 410 on %s',
    async (collection) => {
      const id = await make(collection, collection === 'groups' ? {} : { type: INT });
      const path = attributes(id, 'a/b ü');
      expect((await get(path)).status).toBe(404);
      expect(await put(path, { type: INT, value: 1 })).toMatchObject({ status: 201, json: {} });
      expect((await put(path, { type: INT, value: 1 })).status).toBe(200);
      expect((await put(path, { type: INT, value: 2 })).status).toBe(409);
      expect((await put(path, { type: INT, value: 2 }, { replace: 1 })).status).toBe(201);
      const shown = await get(path);
      expect(shown.json).toMatchObject({
        name: 'a/b ü',
        type: { class: 'H5T_INTEGER', base: INT },
        shape: { class: 'H5S_SCALAR' },
        value: 2,
      });
      expect(at(shown, 'hrefs')).toHaveLength(3);
      expect((await server.request('DELETE', path)).status).toBe(200);
      expect((await get(path)).status).toBe(410);
      expect(at(await get(`/${collection}/${id}`), 'attributeCount')).toBe(0);
    },
  );

  it.each([
    [{ type: INT, value: '12' }, '12'],
    [{ type: 'H5T_IEEE_F64LE', shape: [2], value: [[1, 2.5]] }, [[1, 2.5]]],
    [{ type: { class: 'H5T_VLEN', base: INT }, shape: [2], value: [[], [2, 3]] }, [[], [2, 3]]],
    [{ type: INT, shape: 'H5S_NULL' }, null],
    [{ type: INT, shape: [3] }, null],
    [{ type: INT, shape: [2], value: 'AgAAAAMAAAA=', encoding: 'base64' }, [2, 3]],
    [{ type: { class: 'H5T_ARRAY', base: INT, dims: [2] }, value: [1, 2] }, [1, 2]],
  ])('gives %j back', async (body, value) => {
    const path = attributes(await group(), 'a');
    expect((await put(path, body)).status).toBe(201);
    expect(at(await get(path), 'value')).toEqual(value);
    expect((await put(path, body)).status).toBe(200);
  });

  it('keeps base64 what is not UTF-8', async () => {
    const path = attributes(await group(), 'a');
    expect((await put(path, { type: TEXT, value: '/v8=', encoding: 'base64' })).status).toBe(201);
    expect((await get(path)).json).toMatchObject({ value: '/v8=', encoding: 'base64' });
  });

  it.each([
    [undefined, 400],
    ['null', 400],
    ['no json', 400],
    [{ value: 1 }, 400],
    [{ type: 'H5T_FOOBAR' }, 400],
    [{ type: INT, shape: [5], value: [1, 2, 3, 4, 5, 6] }, 400],
    [{ type: INT, shape: [2], value: [1, null] }, 400],
    [{ type: INT, shape: 'H5S_NULL', value: 1 }, 400],
    [{ type: INT, value: 'AA==', encoding: 'base64' }, 400],
    [{ type: 't-1' }, 400],
    [{ type: 't-00000000-00000000-0000-000000-000000' }, 404],
  ])('put as %j is %d', async (body, status) => {
    expect((await put(attributes(root, 'bad'), body)).status).toBe(status);
  });
});

describe('values by themselves', () => {
  it('are read and written as JSON, base64 and bytes', async () => {
    const path = attributes(await group(), 'a');
    const value = `${path}/value`;
    await put(path, { type: INT, shape: [2] });
    expect((await get(value)).json).toMatchObject({ value: null });
    const zeros = await server.request('GET', value, { accept: BYTES });
    expect([zeros.contentType, zeros.bytes.length]).toEqual([BYTES, 8]);
    expect(await put(value, Uint8Array.of(1, 0, 0, 0, 2, 0, 0, 0))).toMatchObject({ status: 200 });
    expect((await get(value)).json).toMatchObject({ value: [1, 2] });
    expect((await get(value)).json).not.toHaveProperty('type');
    expect((await get(value, { encoding: 'base64' })).json).toMatchObject({
      value: 'AQAAAAIAAAA=',
      encoding: 'base64',
    });
    expect((await put(value, { value: ['3', 4.7] })).status).toBe(200);
    expect(at(await get(value), 'value')).toEqual([3, 4]);
    expect((await put(value, { value: null })).status).toBe(200);
    expect(at(await get(value), 'value')).toEqual([0, 0]);
    expect((await put(value, Uint8Array.of(1))).status).toBe(400);
    expect((await put(value, { value: [1] })).status).toBe(400);
    expect((await put(value, {})).status).toBe(400);
    expect((await put(`${attributes(root, 'none')}/value`, { value: 1 })).status).toBe(404);
  });

  it('fall back to base64, and are refused for null spaces', async () => {
    const id = await group();
    await put(attributes(id, 't'), { type: TEXT });
    await put(`${attributes(id, 't')}/value`, Uint8Array.of(0xfe, 0xff));
    expect((await get(attributes(id, 't'))).json).toMatchObject({
      value: '/v8=',
      encoding: 'base64',
    });
    await put(attributes(id, 'n'), { type: INT, shape: 'H5S_NULL' });
    expect((await get(`${attributes(id, 'n')}/value`)).status).toBe(400);
  });
});

describe('many attributes', () => {
  const item = (value: unknown) => ({ type: INT, value });

  it('list as asked for', async () => {
    const id = await group();
    const all = { b: item(1), a: item(2), c: { type: 'H5T_STD_I8LE', shape: [10] } };
    expect((await put(attributes(id), { attributes: all })).status).toBe(201);
    expect((await put(attributes(id), { attributes: all })).status).toBe(200);
    const plain = await get(attributes(id));
    expect(names(plain)).toEqual(['a', 'b', 'c']);
    expect(at(plain, 'attributes', 0)).not.toHaveProperty('value');
    expect(names(await get(attributes(id), { CreateOrder: 1 }))).toEqual(['b', 'a', 'c']);
    const small = await get(attributes(id), {
      IncludeData: 1,
      max_data_size: 4,
      encoding: 'base64',
    });
    expect(at(small, 'attributes', 1)).toMatchObject({ value: 'AQAAAA==', encoding: 'base64' });
    expect(at(small, 'attributes', 2)).not.toHaveProperty('value');
    expect(names(await get(attributes(id), { pattern: '[b-c]', Limit: 1 }))).toEqual(['b']);
    expect((await get(attributes(id), { Marker: 'x' })).status).toBe(404);
    expect((await get(attributes(id), { encoding: 'hex' })).status).toBe(400);
  });

  it('are written to several objects, and follow hard links', async () => {
    const [top, dataset] = [await group(), await make('datasets')];
    await put(`/groups/${top}/links/d`, { id: dataset });
    const body = { obj_ids: [top, dataset], attributes: { x: item(1) } };
    expect((await put(attributes(root), body)).status).toBe(201);
    const each = { obj_ids: { [top]: { attributes: { y: item(2) } } } };
    expect((await put(attributes(root), each)).status).toBe(201);
    const followed = await get(attributes(top), { follow_links: 1, IncludeData: 1, Limit: 2 });
    expect(at(followed, 'attributes')).toMatchObject({
      [top]: [{ name: 'x', value: 1 }, { name: 'y' }],
      [dataset]: [],
    });
    const post = (wanted: object) => server.request('POST', attributes(root), { body: wanted });
    const read = await post({ obj_ids: { [top]: ['y'], [dataset]: [] } });
    expect(at(read, 'attributes')).toMatchObject({
      [top]: [{ name: 'y' }],
      [dataset]: [{ name: 'x' }],
    });
    expect(names(await post({ obj_ids: [top], attr_names: ['y', 'y'] }))).toEqual(['y', 'y']);
    expect((await post({ obj_ids: [top, dataset], attr_names: ['y'] })).status).toBe(404);
    expect((await get(attributes(dataset), { follow_links: 1 })).status).toBe(400);
  });

  it('take the single form, and replace by rule', async () => {
    const id = await group();
    expect((await put(attributes(id), { name: 'n', ...item(1) })).status).toBe(201);
    expect((await put(attributes(id), { name: 'n', ...item(2) })).status).toBe(409);
    expect((await put(attributes(id), { name: 'n', ...item(2) }, { replace: 1 })).status).toBe(201);
    expect((await put(attributes(id), {})).status).toBe(400);
    const now = Date.now() / 1000;
    const send = (value: number, created: number) =>
      put(attributes(root), {
        obj_ids: { [id]: { attributes: { t: { ...item(value), created } } } },
      });
    expect((await send(1, now)).status).toBe(201);
    expect((await send(1, now - 1000)).status).toBe(200);
    expect((await send(2, now - 1000)).status).toBe(409);
    expect((await send(2, now + 1)).status).toBe(201);
    expect((await get(attributes(id, 't'))).json).toMatchObject({ value: 2 });
  });

  it('are deleted together, by any separator', async () => {
    const id = await group();
    await put(attributes(id), { attributes: { a: item(1), 'b/#': item(2), c: item(3) } });
    const remove = (query: Call['query']) =>
      server.request('DELETE', attributes(id), { query: query ?? {} });
    const some = await remove({ attr_names: 'none!b/#', separator: '!' });
    expect(some).toMatchObject({ status: 200, json: { hrefs: [] } });
    const encoded = Buffer.from('a/c').toString('base64');
    expect((await remove({ attr_names: encoded, encoding: 'base64' })).status).toBe(200);
    expect(names(await get(attributes(id)))).toEqual([]);
    expect((await get(attributes(id, 'a'))).status).toBe(410);
    expect((await remove({})).status).toBe(400);
    expect((await remove({ attr_names: 'a', separator: '' })).status).toBe(400);
  });
});
