import {
  at,
  startServer,
  textAt,
  type Call,
  type Reply,
  type TestServer,
} from '../../../../test/kit/embedded-server.js';

const NUMBERS = 'first second third fourth fifth sixth seventh eighth ninth tenth'.split(' ');
let server: TestServer;
let root: string;
let foreign: string;

const links = (id: string, name = '') =>
  `/groups/${id}/links${name === '' ? '' : `/${encodeURIComponent(name)}`}`;
const get = (path: string, query: Call['query'] = {}) => server.request('GET', path, { query });
const put = (path: string, body: unknown) => server.request('PUT', path, { body });
const remove = (path: string, query: Call['query'] = {}) =>
  server.request('DELETE', path, { query });
const titles = (reply: Reply) => (at(reply, 'links') as { title: string }[]).map((l) => l.title);
const group = async (body: object = {}) =>
  textAt(await server.request('POST', '/groups', { body }), 'id');

beforeAll(async () => {
  server = await startServer({}, { wire: true });
  root = textAt(await get('/'), 'root');
  const domain = '/home/test_user1/other.h5';
  foreign = textAt(await server.request('PUT', '/', { domain }), 'root');
});

afterAll(() => server.close());

describe('one link', () => {
  it('lives from 404 to 410 and again', async () => {
    const [parent, target] = [await group(), await group()];
    const path = links(parent, 'a #%+ü');
    expect((await get(path)).status).toBe(404);
    expect(await put(path, { id: target })).toMatchObject({ status: 201, json: { hrefs: [] } });
    expect((await put(path, { id: target })).status).toBe(200);
    expect((await put(path, { id: root })).status).toBe(409);
    const shown = await get(path);
    expect(shown.json).toMatchObject({
      link: { title: 'a #%+ü', class: 'H5L_TYPE_HARD', id: target, collection: 'groups' },
    });
    expect(at(shown, 'hrefs')).toHaveLength(4);
    expect(at(shown, 'created')).toBe(at(shown, 'lastModified'));
    expect(await remove(path)).toMatchObject({ status: 200, json: {} });
    expect((await get(path)).status).toBe(410);
    expect((await remove(path)).status).toBe(200);
    expect((await put(path, { id: target })).status).toBe(201);
    expect((await get(path)).status).toBe(200);
  });

  it('may be soft or external', async () => {
    const parent = await group();
    await put(links(parent, 's'), { h5path: '/g' });
    await put(links(parent, 'x'), { h5path: '/g', file: '/o.h5' });
    const soft = await get(links(parent, 's'));
    expect(at(soft, 'link')).toEqual({ title: 's', class: 'H5L_TYPE_SOFT', h5path: '/g' });
    expect(at(soft, 'hrefs')).toHaveLength(3);
    const external = at(await get(links(parent, 'x')), 'link');
    expect(external).toMatchObject({ h5path: '/g', h5domain: '/o.h5', file: '/o.h5' });
  });

  it('keeps the time that its client gave, when it is near', async () => {
    const parent = await group();
    const now = Math.floor(Date.now() / 1000);
    await put(links(parent, 'a'), { h5path: 'a', created: now });
    await put(links(parent, 'b'), { h5path: 'b', created: 999 });
    expect(at(await get(links(parent, 'a')), 'created')).toBe(now);
    expect(at(await get(links(parent, 'b')), 'created')).toBeGreaterThan(now - 1);
  });

  it.each([
    [{}, 400],
    [[], 400],
    [undefined, 400],
    ['no json', 400],
    [{ h5path: '' }, 400],
    [{ h5domain: '/o.h5' }, 400],
    [{ id: 'g-1' }, 400],
    [{ id: 'g-00000000-00000000-0000-000000-000000' }, 404],
  ])('put as %j is %d', async (body, status) => {
    expect((await put(links(root, 'bad'), body)).status).toBe(status);
  });

  it('refuses targets of other domains and titles with a slash', async () => {
    expect((await put(links(root, 'x'), { id: foreign })).status).toBe(400);
    expect((await put(links(root, 'a/b'), { id: root })).status).toBe(400);
    expect((await get(links(root, 'a/b'))).status).toBe(400);
    expect((await put(`${links(root)}/`, { id: root })).status).toBe(404);
  });
});

describe('many links', () => {
  it('list in the order of their names or of the request', async () => {
    const parent = await group();
    const all = Object.fromEntries(NUMBERS.map((title) => [title, { h5path: title }]));
    expect(await put(links(parent), { links: all })).toMatchObject({ status: 201, json: {} });
    expect((await put(links(parent), { links: all })).status).toBe(200);
    expect(titles(await get(links(parent)))).toEqual([...NUMBERS].sort());
    expect(titles(await get(links(parent), { CreateOrder: 1 }))).toEqual(NUMBERS);
    const page = await get(links(parent), { Marker: 'seventh', CreateOrder: 1, Limit: 3 });
    expect(titles(page)).toEqual(['eighth', 'ninth', 'tenth']);
    expect((await get(links(parent), { Marker: 'none' })).status).toBe(404);
    const some = { query: { pattern: '*th', Limit: 2 }, body: { grp_ids: [parent] } };
    expect(titles(await server.request('POST', links(parent), some))).toEqual(['eighth', 'fifth']);
  });

  it('are written to all groups named, or to none that conflicts', async () => {
    const [a, b] = [await group(), await group()];
    const body = { grp_ids: [a, b], links: { x: { h5path: 'x' }, y: { id: root } } };
    expect((await put(links(root), body)).status).toBe(201);
    expect(titles(await get(links(b)))).toEqual(['x', 'y']);
    const clash = { grp_ids: { [a]: { links: { new: { h5path: 'n' }, x: { h5path: 'z' } } } } };
    expect((await put(links(root), clash)).status).toBe(409);
    expect(titles(await get(links(a)))).toEqual(['x', 'y']);
    const beyond = {
      grp_ids: { [a]: { links: { z: { h5path: 'z' } } }, [foreign]: { links: {} } },
    };
    expect((await put(links(root), beyond)).status).toBe(400);
    expect(titles(await get(links(a)))).toEqual(['x', 'y']);
  });

  it('replace older ones only where 1.0 clients re-send everything', async () => {
    const parent = await group();
    const now = Date.now() / 1000;
    const send = (h5path: string, created?: number) =>
      put(links(root), { grp_ids: { [parent]: { links: { x: { h5path, created } } } } });
    expect((await send('a', now)).status).toBe(201);
    expect((await send('a', now - 1000)).status).toBe(200);
    expect((await send('b', now - 1)).status).toBe(409);
    expect((await send('b', now - 1000)).status).toBe(409);
    expect((await send('b')).status).toBe(409);
    expect((await send('b', now + 1)).status).toBe(201);
    expect(at(await get(links(parent, 'x')), 'link')).toMatchObject({ h5path: 'b' });
    expect(at(await get(links(parent, 'x')), 'created')).toBeCloseTo(now + 1, 3);
  });

  it('are read by name, and follow hard links', async () => {
    const top = await group();
    const child = await group({ link: { id: top, name: 'child' } });
    await put(links(child), { links: { up: { id: top }, s: { h5path: 'x' } } });
    const post = (body: unknown, query: Call['query'] = {}) =>
      server.request('POST', links(top), { body, query });
    const named = await post({ grp_ids: { [child]: ['up', 's', 'up'], [top]: [] } });
    expect(at(named, 'links', child)).toMatchObject([
      { title: 'up', id: top },
      { title: 's', h5path: 'x' },
      { title: 'up' },
    ]);
    expect(at(named, 'links', top)).toHaveLength(1);
    const followed = await get(links(top), { follow_links: 1, pattern: 's*' });
    expect(at(followed, 'links')).toMatchObject({ [top]: [], [child]: [{ title: 's' }] });
    const limited = await get(links(top), { follow_links: 1, Limit: 2 });
    expect(at(limited, 'links', child)).toHaveLength(1);
    expect((await post({ titles: ['child', 'none'] })).status).toBe(404);
    expect((await post({ titles: ['child'] }, { follow_links: 1 })).status).toBe(400);
    expect((await post({ grp_ids: [foreign] })).status).toBe(400);
    expect((await post({ grp_ids: ['g-1'] })).status).toBe(400);
  });

  it('are deleted together, whether they are there or not', async () => {
    const parent = await group();
    const items = { a: { h5path: 'a' }, b: { h5path: 'b' }, c: { h5path: 'c' } };
    await put(links(parent), { links: items });
    expect((await remove(links(parent), { titles: 'none/a/c' })).status).toBe(200);
    expect(titles(await get(links(parent)))).toEqual(['b']);
    expect((await get(links(parent, 'a'))).status).toBe(410);
    expect((await remove(links(parent), { titles: 'b:x', separator: ':' })).status).toBe(200);
    expect(titles(await get(links(parent)))).toEqual([]);
    expect((await remove(links(parent))).status).toBe(400);
    expect((await remove(links(parent), { titles: 'a/b', separator: ':' })).status).toBe(400);
  });
});
