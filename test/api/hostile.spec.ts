import fc from 'fast-check';
import { describeApi, itHere, type Api } from '../kit/api.js';
import type { Call, Method } from '../kit/client.js';
import { compound, F64, fixedString, I32, VSTR, type TestFile } from '../kit/file.js';
import { hostileRequest, type HostileRequest, type Template } from '../kit/hostile.js';

const RUNS = Number(process.env.HSDS_FUZZ_RUNS ?? 120);
const ROWS = compound(['a', I32], ['b', fixedString(4)]);
const TIMEOUT_MS = 240_000;

/** A domain with one of everything, and ids of every kind; the first is the named object's. */
interface Target {
  readonly file: TestFile;
  readonly ids: Readonly<Record<'group' | 'dataset' | 'rows' | 'datatype', string>>;
  readonly all: readonly string[];
}

async function target(api: Api): Promise<Target> {
  const file = await api.file();
  const other = await api.file();
  const ids = {
    group: await file.group('g'),
    dataset: await file.filled(I32, [4, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], {
      h5path: 'd',
      maxdims: [0, 3],
    }),
    rows: await file.filled(
      ROWS,
      [3],
      [
        [1, 'x'],
        [2, 'y'],
        [3, 'z'],
      ],
      { h5path: 'rows' },
    ),
    datatype: await file.datatype(F64, { h5path: 't' }),
  };
  await file.filled(VSTR, [2], ['one', 'two'], { h5path: 's' });
  await file.link(ids.group, 'a', { h5path: '/d' });
  await file.link(ids.group, 'loop', { id: file.root });
  for (const owner of [`groups/${ids.group}`, `datasets/${ids.dataset}`]) {
    await file.attribute(owner, 'a', { type: I32, shape: [2], value: [1, 2] });
  }
  const gone = await file.group();
  await file.delete(`/groups/${gone}`);
  const odd = [
    'foobar',
    'g-',
    `${file.root}0`,
    file.root.toUpperCase(),
    `c${file.root.slice(1)}_0`,
  ];
  const unknown = ['g', 'd', 't'].map(
    (kind) => `${kind}${file.root.slice(1, 20)}1111-111111-111111`,
  );
  const all = [...Object.values(ids), file.root, other.root, gone, ...unknown, ...odd];
  return { file, ids, all };
}

describeApi('hostile requests', (api) => {
  let goal: Target;

  beforeAll(async () => {
    goal = await target(api);
  });

  /** Sends it; no 5xx, and after a 4xx all that is stored is as before. */
  const survives = async (request: HostileRequest, before: string): Promise<string> => {
    const { file } = goal;
    const { method, path, query, body, accept } = request;
    const call: Call = { query, accept, ...(body === undefined ? {} : { body }) };
    const reply = await file.request(method, path, call);
    const about = `${method} ${path} ${JSON.stringify(query)}: ${reply.status} ${reply.reason}`;
    if (reply.status >= 500) throw new Error(about);
    const after = await file.state();
    if (reply.status >= 400 && after !== before) throw new Error(`changed the store: ${about}`);
    return after;
  };

  const check = async (templates: readonly Template[], first: keyof Target['ids']) => {
    const ids = [goal.ids[first], ...goal.all];
    let state = await goal.file.state();
    const property = fc.asyncProperty(hostileRequest(templates, ids), async (request) => {
      state = await survives(request, state);
    });
    await fc.assert(property, { numRuns: RUNS, interruptAfterTimeLimit: TIMEOUT_MS - 20_000 });
  };

  itHere(
    'groups and links: no 5xx, a 4xx changes nothing',
    async () => {
      const item = { id: 'ID', created: 1 };
      await check(
        [
          { method: 'GET', path: '/groups/ID' },
          { method: 'GET', path: '/groups/' },
          { method: 'GET', path: '/groups' },
          { method: 'GET', path: '/', query: { h5path: '/g' } },
          { method: 'POST', path: '/', body: { h5paths: ['/g', 'd'] } },
          { method: 'POST', path: '/groups', body: { h5path: 'p/q', parent_id: 'ID' } },
          { method: 'POST', path: '/groups', body: { link: { id: 'ID', name: 'n' } } },
          { method: 'POST', path: '/groups', body: [{ id: 'ID' }, { links: { a: item } }] },
          { method: 'GET', path: '/groups/ID/links' },
          { method: 'GET', path: '/groups/ID/links/NAME' },
          { method: 'PUT', path: '/groups/ID/links/NAME', body: { h5path: 'x', h5domain: 'y' } },
          { method: 'PUT', path: '/groups/ID/links', body: { links: { a: item, b: item } } },
          { method: 'PUT', path: '/groups/ID/links', body: { grp_ids: { ID: { links: {} } } } },
          { method: 'POST', path: '/groups/ID/links', body: { titles: ['a', 'b'] } },
          { method: 'POST', path: '/groups/ID/links', body: { grp_ids: { ID: ['a'] } } },
          { method: 'DELETE', path: '/groups/ID/links', query: { titles: 'q' } },
          { method: 'DELETE', path: '/groups/ID/links/NAME' },
        ],
        'group',
      );
    },
    TIMEOUT_MS,
  );

  itHere(
    'attributes: no 5xx, a 4xx changes nothing',
    async () => {
      const item = { type: I32, shape: [2], value: [1, 2], created: 1 };
      const coded = { type: ROWS, shape: [1], value: 'AQAAAHgAAAA=', encoding: 'base64' };
      const owner = '/datasets/ID/attributes';
      await check(
        [
          { method: 'GET', path: owner, query: { IncludeData: '1' } },
          { method: 'GET', path: `${owner}/NAME` },
          { method: 'GET', path: `${owner}/a/value` },
          { method: 'PUT', path: `${owner}/NAME`, body: item },
          { method: 'PUT', path: `${owner}/NAME`, body: coded },
          { method: 'PUT', path: `${owner}/a/value`, body: { value: [3, 4] } },
          { method: 'PUT', path: owner, body: { attributes: { a: item, b: coded } } },
          { method: 'PUT', path: owner, body: { obj_ids: { ID: { attributes: { a: item } } } } },
          { method: 'POST', path: owner, body: { attr_names: ['a'], obj_ids: ['ID'] } },
          { method: 'POST', path: owner, body: { obj_ids: { ID: ['a'] } } },
          { method: 'DELETE', path: owner, query: { attr_names: 'q' } },
          { method: 'DELETE', path: `${owner}/NAME` },
        ],
        'dataset',
      );
    },
    TIMEOUT_MS,
  );

  itHere(
    'types, shapes and creation: no 5xx, a 4xx changes nothing',
    async () => {
      const filters = [{ class: 'H5Z_FILTER_DEFLATE', id: 1, level: 5, name: 'gzip' }, 'shuffle'];
      const chunks = { class: 'H5D_CHUNKED', dims: [2, 2] };
      const reference = { class: 'H5D_CHUNKED_REF', file_uri: 'x', dims: [2, 2], chunks: {} };
      const table = { class: 'H5D_CHUNKED_REF_INDIRECT', dims: [2, 2], chunk_table: 'ID' };
      const enumType = {
        class: 'H5T_ENUM',
        base: { class: 'H5T_INTEGER', base: I32 },
        mapping: { A: 1 },
      };
      const array = { class: 'H5T_ARRAY', dims: [2], base: enumType.base };
      const types = compound(['e', enumType], ['r', array], ['v', VSTR]);
      const shaped = { shape: [4, 4], maxdims: [0, 4] };
      const create = (body: object): Template => ({
        method: 'POST',
        path: '/datasets',
        body,
      });
      await check(
        [
          create({
            type: types,
            shape: [2],
            value: [
              [1, [1, 2], 'x'],
              [1, [1, 2], 'y'],
            ],
          }),
          create({ type: I32, ...shaped, creationProperties: { layout: chunks, filters } }),
          create({ type: I32, ...shaped, creationProperties: { layout: reference } }),
          create({ type: I32, ...shaped, creationProperties: { layout: table, fillValue: 1 } }),
          create({ type: 'ID', shape: [3], attributes: { a: { type: I32, value: 1 } } }),
          { method: 'POST', path: '/datatypes', body: { type: types } },
          { method: 'GET', path: '/datasets/ID', query: { include_attrs: '1', verbose: '1' } },
          { method: 'PUT', path: '/datasets/ID/shape', body: { shape: [5, 3] } },
          { method: 'PUT', path: '/datasets/ID/shape', body: { extend: 1, extend_dim: 0 } },
        ],
        'dataset',
      );
    },
    TIMEOUT_MS,
  );

  const VALUE = '/datasets/ID/value';
  itHere.each(['dataset', 'rows'] as const)(
    'values of %s: no 5xx, a 4xx changes nothing',
    async (first) => {
      const selects = ['[0:1]', '[0:2,0:2]', '[[0,1],[1,2]]', '[1,1]', '[1:4:2,:]'];
      await check(
        [
          ...selects.map((select): Template => ({ method: 'GET', path: VALUE, query: { select } })),
          { method: 'GET', path: VALUE, query: { query: 'a > 1', fields: 'a' } },
          {
            method: 'POST',
            path: VALUE,
            body: {
              points: [
                [0, 1],
                [2, 2],
              ],
              fields: 'a',
            },
          },
          { method: 'POST', path: VALUE, body: { start: [0, 0], stop: [2, 2], step: [1, 1] } },
          { method: 'PUT', path: VALUE, body: { select: '[0:1,0:2]', value: [[1, 2]] } },
          { method: 'PUT', path: VALUE, body: { select: '[0:1]', value: [[7, 'ab']] } },
          {
            method: 'PUT',
            path: VALUE,
            body: {
              points: [
                [0, 1],
                [2, 2],
              ],
              value: [1, 2],
            },
          },
          { method: 'PUT', path: VALUE, body: { points: [0, 1], value_base64: 'AQAAAAAAAAA=' } },
          { method: 'PUT', path: VALUE, body: { value: [[1, 2, 3]], append: 1, append_dim: 0 } },
          { method: 'PUT', path: VALUE, body: { value: 5, element_count: 1, fields: 'a' } },
          { method: 'PUT', path: VALUE, query: { query: 'a > 1' }, body: { a: 5, Limit: 1 } },
        ],
        first,
      );
    },
    TIMEOUT_MS,
  );

  itHere(
    'domains and ACLs: no 5xx, a 4xx changes nothing',
    async () => {
      const { file } = goal;
      const text = fc.oneof(
        fc.string({ unit: 'grapheme', maxLength: 20 }),
        fc.constantFrom('', '/', '//', '..', file.path, `${file.path}/`, 'hdf5:/', 's3://', 'a'),
        fc.constantFrom('/home/../etc', '\u0000', 'x'.repeat(2000), '/db/x', '/_hsds/x', '%2F'),
      );
      const routes: [Method, string][] = [
        ['GET', '/'],
        ['PUT', '/'],
        ['POST', '/'],
        ['GET', '/domains'],
        ['GET', '/acls'],
        ['PUT', '/acls/NAME'],
        ['GET', '/groups'],
      ];
      const request = fc.record({
        route: fc.constantFrom(...routes),
        domain: text,
        name: text.filter((name) => name !== ''),
        query: fc.dictionary(
          fc.constantFrom('pattern', 'Marker', 'Limit', 'query', 'bucket', 'h5path', 'verbose'),
          text,
          { maxKeys: 2 },
        ),
        body: fc.json(),
      });
      let state = await file.state();
      const property = fc.asyncProperty(request, async ({ route, domain, name, query, body }) => {
        const [method, path] = route;
        state = await survives(
          {
            method,
            path: path.replace('NAME', encodeURIComponent(name)),
            query: { domain, ...query },
            body: method === 'GET' ? undefined : body,
            accept: '*/*',
          },
          state,
        );
      });
      await fc.assert(property, { numRuns: RUNS });
    },
    TIMEOUT_MS,
  );

  itHere('[1/2.9] bodies over the limit are 413, deep ones 400', async () => {
    const { file, ids } = goal;
    const before = await file.state();
    const path = `/datasets/${ids.dataset}/value`;
    const deep = `{"value": ${'['.repeat(200_000)}${']'.repeat(200_000)}}`;
    expect((await file.put(path, deep)).status).toBe(400);
    expect((await file.put(`/groups/${ids.group}/attributes/deep`, deep)).status).toBe(400);
    expect(await file.state()).toBe(before);
  });
});

describeApi(
  'small requests only',
  (api) => {
    itHere(
      '[2/1.5.3] [3/15.3] [3/17.2] [3/19.18] [1/2.9] [3/2.6] too much is 413, before anything is stored',
      async () => {
        const file = await api.file();
        const id = await file.filled(I32, [3], [1, 2, 3]);
        const large = JSON.stringify({ value: Array(40_000).fill(1) });
        const before = await file.state();
        expect((await file.put(`/datasets/${id}/value`, large)).status).toBe(413);
        expect((await file.put(`/groups/${file.root}/attributes/a`, large)).status).toBe(413);
        expect((await file.post('/groups', large)).status).toBe(413);
        expect(await file.state()).toBe(before);
        const wide = await file.dataset(I32, [100_000]);
        expect((await file.get(`/datasets/${wide}/value`)).status).toBe(413);
        const points = { points: Array.from({ length: 17_000 }, (_none, i) => i % 3) };
        expect((await file.post(`/datasets/${id}/value`, points)).status).toBe(413);
        const accept = 'application/octet-stream';
        const streamed = await file.get(`/datasets/${wide}/value`, {}, { accept });
        expect([streamed.status, streamed.bytes.length]).toEqual([200, 400_000]);
      },
    );
  },
  { max_request_size: 65_536, min_chunk_size: 8192, max_chunk_size: 16_384 },
);
