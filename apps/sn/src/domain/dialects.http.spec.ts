import { at, startServer, textAt, type TestServer } from '../../../../test/kit/embedded-server.js';

const dataset = {
  type: 'H5T_IEEE_F32LE',
  shape: [365, 780, 1024],
  maxdims: [0, 780, 1024],
  creationProperties: { layout: { class: 'H5D_CHUNKED', dims: [1, 390, 512] } },
};
const external = { h5path: '/x', h5domain: '/o.h5' };

describe.each(['0.9', '1.0'] as const)('dialect %s', (dialect) => {
  const isOld = dialect === '0.9';
  let server: TestServer;

  beforeAll(async () => {
    server = await startServer({ api_dialect: dialect });
  });

  afterAll(() => server.close());

  it('describes domains and folders as its suite counts', async () => {
    expect((await server.request('GET', '/', { domain: '' })).status).toBe(isOld ? 200 : 400);
    const folder = await server.request('GET', '/', { domain: '/home' });
    expect(at(folder, 'limits') === undefined).toBe(isOld);
    expect(at(folder, 'hrefs')).toHaveLength(isOld ? 3 : 2);
    const rescan = { domain: '/home', user: 'admin', query: { rescan: 1 } };
    expect((await server.request('PUT', '/', rescan)).status).toBe(isOld ? 204 : 400);
    const domain = await server.request('GET', '/');
    expect(at(domain, 'version')).toBe(isOld ? '0.9.4' : '1.0.2');
  });

  it('shows objects as its clients expect them', async () => {
    const made = await server.request('POST', '/datasets', { body: dataset });
    const id = textAt(made, 'id');
    const shown = await server.request('GET', `/datasets/${id}`);
    expect(at(shown, 'shape', 'maxdims', 0)).toBe(isOld ? 0 : 'H5S_UNLIMITED');
    const given = at(shown, 'creationProperties', 'layout', 'dims');
    expect(given).toEqual([1, 390, 512]);
    expect(at(shown, 'layout', 'dims')).toEqual(isOld ? [1, 390, 1024] : undefined);
    const root = textAt(shown, 'root');
    await server.request('PUT', `/groups/${root}/links/x`, { body: external });
    const link = at(await server.request('GET', `/groups/${root}/links/x`), 'link') as object;
    expect(Object.keys(link)).toEqual(['title', 'class', 'h5path', isOld ? 'h5domain' : 'file']);
  });

  it('takes or refuses what the other one says', async () => {
    const root = textAt(await server.request('GET', '/'), 'root');
    const attributes = `/groups/${root}/attributes`;
    const single = { body: { name: 'n', type: 'H5T_STD_I8LE', value: 1 } };
    expect((await server.request('PUT', attributes, single)).status).toBe(isOld ? 201 : 400);
    const contiguous = { filters: ['gzip'], layout: { class: 'H5D_CONTIGUOUS' } };
    const body = { type: 'H5T_STD_I8LE', shape: [4], creationProperties: contiguous };
    expect((await server.request('POST', '/datasets', { body })).status).toBe(isOld ? 201 : 400);
    const missing = { query: { titles: 'never' } };
    const removed = await server.request('DELETE', `/groups/${root}/links`, missing);
    expect(removed.status).toBe(isOld ? 200 : 404);
  });
});
