import { describeApi, itHere } from '../kit/api.js';
import type { TestFile } from '../kit/file.js';

describeApi('several links at once', (api) => {
  let file: TestFile;
  let other: TestFile;

  beforeEach(async () => {
    file = await api.file();
    other = await api.file();
  });

  const put = (body: unknown) => file.put(`/groups/${file.root}/links`, body);
  const count = async (id: string) => (await file.get(`/groups/${id}`)).at('linkCount');

  it('[4/9.2] [4/14.4.1] [2/8.6] links of mixed classes into one group', async () => {
    const links = {
      h: { id: file.root },
      s: { h5path: '/x', class: 'H5L_TYPE_SOFT' },
      x: { h5path: '/y', h5domain: '/home/u/o.h5' },
    };
    const made = await put({ links });
    expect([made.status, made.json]).toEqual([201, {}]);
    expect((await put({ links })).status).toBe(200);
    expect((await put({ links: {} })).status).toBe(200);
    expect((await put({ links: { ...links, n: { h5path: 'z' } } })).status).toBe(201);
    expect(await count(file.root)).toBe(4);
  });

  it('[2/8.6] the same links into several groups, and different ones', async () => {
    const g = await file.group();
    const links = { s: { h5path: '/x' } };
    expect((await put({ grp_ids: [file.root, g], links })).status).toBe(201);
    const grp_ids = { [file.root]: { links: { a: { h5path: 'a' } } }, [g]: { links } };
    expect((await put({ grp_ids })).status).toBe(201);
    expect((await put({ grp_ids })).status).toBe(200);
    expect([await count(file.root), await count(g)]).toEqual([2, 1]);
  });

  it('[2/8.6] a different link of that title is 409, nothing is written', async () => {
    await file.link(file.root, 's', { h5path: 'x' });
    const before = await file.state();
    const links = { new: { h5path: 'n' }, s: { h5path: 'other' } };
    expect((await put({ links })).status).toBe(409);
    expect(await file.state()).toBe(before);
  });

  it.each([
    undefined,
    '{',
    { links: [] },
    { links: 'x' },
    { links: { 'a/b': { h5path: 'x' } } },
    { links: { a: {} } },
    { links: { a: 'x' } },
    { links: { a: { h5path: 'x', class: 'H5L_TYPE_HARD' } } },
    { links: { good: { h5path: 'x' }, bad: { id: 'foo' } } },
    { grp_ids: ['ROOT'] },
    { grp_ids: [], links: { a: { h5path: 'x' } } },
    { grp_ids: {} },
    { grp_ids: 'ROOT', links: { a: { h5path: 'x' } } },
    { grp_ids: { ROOT: {} } },
    { grp_ids: { ROOT: { links: 5 } } },
    { grp_ids: { ROOT: { links: {} } }, links: { a: { h5path: 'x' } } },
  ])('[2/8.6] PUT of %j is 400 and changes nothing', async (body) => {
    const before = await file.state();
    const text = typeof body === 'object' ? JSON.stringify(body) : body;
    expect((await put(text?.replaceAll('ROOT', file.root))).status).toBe(400);
    expect(await file.state()).toBe(before);
  });

  itHere.each([{}, { links: { '': { h5path: 'x' } } }, { grp_ids: ['foo'], links: ONE() }])(
    '[2/8.6.1] [2/8.1] PUT of %j is 400, done right',
    async (body) => {
      const before = await file.state();
      expect((await put(body)).status).toBe(400);
      expect(await file.state()).toBe(before);
    },
  );

  itHere('[2/8.6.1] [2/8.6.3] unknown and foreign groups and targets stop everything', async () => {
    const before = [await file.state(), await other.state()];
    const unknown = `${file.root.slice(0, 20)}1234-123456-123456`;
    expect((await put({ grp_ids: [file.root, unknown], links: ONE() })).status).toBe(404);
    expect((await put({ grp_ids: [file.root, other.root], links: ONE() })).status).toBe(400);
    expect((await put({ links: { ...ONE(), h: { id: unknown } } })).status).toBe(404);
    expect((await put({ links: { ...ONE(), h: { id: other.root } } })).status).toBe(400);
    expect([await file.state(), await other.state()]).toEqual(before);
  });

  itHere('[2/8.6.2] links of one request share a time and list in request order', async () => {
    const links = { z: { h5path: 'x' }, a: { h5path: 'x' }, m: { h5path: 'x', extra: 1 } };
    await put({ links });
    const reply = await file.get(`/groups/${file.root}/links`, { CreateOrder: 1 });
    const listed = reply.listAt('links') as { title: string; created: number }[];
    expect(listed.map(({ title }) => title)).toEqual(['z', 'a', 'm']);
    expect(new Set(listed.map(({ created }) => created)).size).toBe(1);
    expect(listed[2]).not.toHaveProperty('extra');
  });

  itHere('[4/21.2.17] [4/9.3] created of a client counts near the clock', async () => {
    const now = Date.now() / 1000;
    const at = (created: number) => ({ h5path: 'x', created });
    await put({ links: { near: at(now - 100), far: at(999), ahead: at(now + 9999) } });
    const created = async (title: string) =>
      (await file.get(`/groups/${file.root}/links/${title}`)).at('created') as number;
    expect(await created('near')).toBe(now - 100);
    expect(await created('far')).toBeGreaterThan(now - 60);
    expect(await created('ahead')).toBeLessThan(now + 60);
    await file.link(file.root, 'single', at(Math.floor(now)));
    expect(await created('single')).toBe(Math.floor(now));
    await file.link(file.root, 'old', at(now - 100));
    expect(await created('old')).toBeGreaterThan(now - 60);
  });

  itHere('[4/14.4.3] [4/21.2.16] a newer link of the bulk form replaces the old one', async () => {
    const now = Date.now() / 1000;
    const bulk = (h5path: string, created: number) =>
      put({ grp_ids: { [file.root]: { links: { s: { h5path, created } } } } });
    expect((await bulk('x', now - 20)).status).toBe(201);
    expect((await bulk('x', now - 10)).status).toBe(200);
    expect((await bulk('y', now - 30)).status).toBe(409);
    expect((await bulk('y', now - 5)).status).toBe(201);
    const link = await file.get(`/groups/${file.root}/links/s`);
    expect(link.at('link', 'h5path')).toBe('y');
  });
});

function ONE() {
  return { good: { h5path: 'x' } };
}
