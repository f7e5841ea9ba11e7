import { jest } from '@jest/globals';
import { HdfError } from '#hdf5';
import { at, startServer, textAt, type TestServer } from '../../../../test/kit/embedded-server.js';

let server: TestServer;
let root: string;

const get = (path: string) => server.request('GET', path);
const post = (path: string, body: unknown) =>
  server.request('POST', path, { body, query: { implicit: 1 } });
const titles = async () =>
  (at(await get(`/groups/${root}/links`), 'links') as { title: string }[]).map((l) => l.title);

beforeAll(async () => {
  server = await startServer();
  root = textAt(await get('/'), 'root');
});

afterAll(() => server.close());

describe('a creation that fails half way', () => {
  it('leaves neither objects nor links nor values', async () => {
    const { nodes } = server;
    const call = nodes.call.bind(nodes);
    let puts = 0;
    const spy = jest.spyOn(nodes, 'call').mockImplementation((operation, request, context) => {
      if (operation === 'link.put' && ++puts === 2) throw new HdfError('unavailable', 'gone away');
      return call(operation, request, context);
    });
    const parent = textAt(await post('/groups', {}), 'id');
    const id = `d-${root.slice(2, 20)}aaaa-bbbbbb-cccccc`;
    const type = 'H5T_STD_I32LE';
    const items = [
      { id, type, value: 7, h5path: 'made/d' },
      { type, link: { id: parent, name: 'x' } },
    ];
    const failed = await post('/datasets', items);
    spy.mockRestore();
    expect([failed.status, puts]).toEqual([503, 2]);
    expect((await get(`/datasets/${id}`)).status).toBe(410);
    expect(await titles()).toEqual([]);
    expect(at(await get(`/groups/${parent}`), 'linkCount')).toBe(0);
    const again = await post('/datasets', { id, type });
    expect(again.status).toBe(201);
    expect(at(await get(`/datasets/${id}/value`), 'value')).toBe(0);
  });

  it('uses the group that another request made first', async () => {
    const both = await Promise.all([
      post('/groups', { h5path: 'race/a' }),
      post('/groups', { h5path: 'race/b' }),
    ]);
    expect(both.map(({ status }) => status)).toEqual([201, 201]);
    expect(await titles()).toEqual(['race']);
    const found = await server.request('POST', '/', { body: { h5paths: ['/race/a', '/race/b'] } });
    expect(found.status).toBe(200);
  });
});
