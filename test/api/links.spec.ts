import { describeApi, itHere } from '../kit/api.js';
import { A_NUMBER, expectStatus, type TestFile } from '../kit/file.js';
import type { Reply } from '../kit/client.js';

describeApi('links', (api) => {
  let file: TestFile;
  let other: TestFile;

  beforeEach(async () => {
    file = await api.file();
    other = await api.file();
  });

  const links = () => `/groups/${file.root}/links`;

  it('[2/8.2] [2/8.3] the life of a hard link', async () => {
    const id = await file.group();
    const path = `${links()}/g1`;
    expect((await file.get(path)).status).toBe(404);
    expect((await file.put(path, { id }, { user: 'test_user2' })).status).toBe(403);
    const put = await file.put(path, { id });
    expect([put.status, put.json]).toEqual([201, { hrefs: [] }]);
    const read = expectStatus(await file.get(path), 200);
    expect(read.at('link')).toEqual({
      title: 'g1',
      class: 'H5L_TYPE_HARD',
      id,
      collection: 'groups',
    });
    expect(read.at('lastModified')).toBe(read.at('created'));
    expect(read.at('hrefs')).toEqual([
      { rel: 'self', href: `${api.base}${path}` },
      { rel: 'home', href: `${api.base}/` },
      { rel: 'owner', href: `${api.base}/groups/${file.root}` },
      { rel: 'target', href: `${api.base}/groups/${id}` },
    ]);
    expect((await file.put(path, { id })).status).toBe(200);
    expect((await file.put(path, { id: file.root })).status).toBe(409);
    expect((await file.put(`${path}?replace=1`, { id: file.root })).status).toBe(409);
    expect((await file.delete(path, {}, { user: 'test_user2' })).status).toBe(403);
    const gone = await file.delete(path);
    expect([gone.status, gone.json]).toEqual([200, {}]);
    expect((await file.get(path)).status).toBe(410);
    expect((await file.put(path, { id })).status).toBe(201);
  });

  it('[2/8.2] [4/9.1] soft and external links', async () => {
    await file.link(file.root, 's', { h5path: 'somewhere' });
    await file.link(file.root, 'x', { h5path: '/g1', h5domain: '/home/u/o.h5' });
    const soft = await file.get(`${links()}/s`);
    expect(soft.at('link')).toEqual({ title: 's', class: 'H5L_TYPE_SOFT', h5path: 'somewhere' });
    expect(soft.listAt('hrefs')).toHaveLength(3);
    const external = await file.get(`${links()}/x`);
    expect(external.at('link')).toMatchObject({
      title: 'x',
      class: 'H5L_TYPE_EXTERNAL',
      h5path: '/g1',
      h5domain: '/home/u/o.h5',
    });
    expect((await file.put(`${links()}/s`, { h5path: 'somewhere' })).status).toBe(200);
    expect((await file.put(`${links()}/s`, { h5path: 'elsewhere' })).status).toBe(409);
    expect((await file.get(`/groups/${file.root}`)).at('linkCount')).toBe(2);
  });

  itHere('[4/14.4.2] [4/21.2.6] external links are named by file and h5domain', async () => {
    await file.link(file.root, 'x', { h5path: '/g', file: '/home/u/o.h5' });
    const both = { h5domain: '/home/u/o.h5', file: '/home/u/o.h5' };
    expect((await file.get(`${links()}/x`)).at('link')).toMatchObject(both);
    expect((await file.get(links())).at('links', 0)).toMatchObject(both);
    expect((await file.post(links(), { titles: ['x'] })).at('links', 0)).toMatchObject(both);
    const group = await file.get(`/groups/${file.root}`, { include_links: 1 });
    expect(group.at('links', 'x')).toMatchObject(both);
    const again = { h5path: '/g', h5domain: '/home/u/o.h5' };
    expect((await file.put(`${links()}/x`, again)).status).toBe(200);
  });

  it('[2/8.3] class says nothing: the other members do', async () => {
    const id = await file.group();
    const put = await file.put(`${links()}/classed`, { class: 'H5L_TYPE_SOFT', id });
    expect(put.status).toBe(201);
    const link = await file.get(`${links()}/classed`);
    expect(link.at('link')).toMatchObject({ class: 'H5L_TYPE_HARD', id });
  });

  it.each([
    undefined,
    '{',
    {},
    { id: 'g', h5path: 'x' },
    { h5path: '' },
    { h5domain: '/x' },
    { id: 5 },
    { id: 'short' },
    { id: 'c-314d61b8-9954-11e6-a733-3c15c2da029e' },
    { class: 'H5L_TYPE_USER_DEFINED' },
  ])('[2/8.3] PUT of %j is 400 and changes nothing', async (body) => {
    const before = await file.state();
    expect((await file.put(`${links()}/bad`, body)).status).toBe(400);
    expect(await file.state()).toBe(before);
  });

  it('[2/8.7.5] [4/21.2.15] [2/8.3] targets must exist and belong to the domain', async () => {
    const foreign = await other.group();
    const gone = await file.group();
    await file.delete(`/groups/${gone}`);
    const unknown = `${file.root.slice(0, 20)}1234-123456-123456`;
    expect((await file.put(`${links()}/x`, { id: foreign })).status).toBe(400);
    expect((await file.put(`${links()}/x`, { id: unknown })).status).toBe(404);
    expect((await file.put(`${links()}/x`, { id: gone })).status).toBe(410);
    expect((await file.put(`${links()}/`, { id: file.root })).status).toBe(404);
    expect((await file.get(`/groups/${file.root}`)).at('linkCount')).toBe(0);
  });

  it('[2/8.3] [2/8.1] a group may link to itself and the root; titles are free', async () => {
    for (const title of ['self', '  ', 'ü', '#hash', '100%', 'a?b', '__proto__', '{x}']) {
      await file.link(file.root, title, { id: file.root });
      const path = `${links()}/${encodeURIComponent(title)}`;
      expect((await file.get(path)).at('link', 'title')).toBe(title);
      expect((await file.delete(path)).status).toBe(200);
    }
    expect((await file.get(`/groups/${file.root}`)).at('linkCount')).toBe(0);
  });

  itHere('[2/1.3.3] a slash in a title is 400, also on DELETE', async () => {
    const path = `${links()}/a%2Fb`;
    expect((await file.get(path)).status).toBe(400);
    expect((await file.put(path, { h5path: 'x' })).status).toBe(400);
    expect((await file.delete(path)).status).toBe(400);
  });

  it('[2/8.7.1] [2/6.5] deleting what is not there is 200 and changes nothing', async () => {
    await file.link(file.root, 's', { h5path: 'x' });
    const before = await file.state();
    expect((await file.delete(`${links()}/nosuch`)).status).toBe(200);
    expect(await file.state()).toBe(before);
    await file.put(`${links()}/s`, { h5path: 'x' });
    expect(await file.state()).toBe(before);
  });

  it('[2/8.7.4] [2/8.7] [2/8.7.3] several links are deleted by titles and separator', async () => {
    for (const title of ['a', 'b', 'c', 'd']) await file.link(file.root, title, { h5path: 'x' });
    expect((await file.delete(links(), { titles: 'a/b' })).json).toEqual({});
    expect((await file.delete(links(), { titles: 'c:d', separator: ':' })).status).toBe(200);
    for (const title of ['a', 'b', 'c', 'd']) {
      expect((await file.get(`${links()}/${title}`)).status).toBe(410);
    }
    await file.link(file.root, 'a', { h5path: 'y' });
    expect((await file.get(`${links()}/a`)).status).toBe(200);
    expect((await file.delete(links())).status).toBe(400);
  });

  itHere('[2/8.7.1] [2/8.7.2] a missing title does not stop the others', async () => {
    for (const title of ['a', 'c']) await file.link(file.root, title, { h5path: 'x' });
    expect((await file.delete(links(), { titles: 'a/b/c' })).status).toBe(200);
    expect((await file.get(`/groups/${file.root}`)).at('linkCount')).toBe(0);
    expect((await file.delete(links(), { titles: 'a', separator: '' })).status).toBe(400);
    expect((await file.delete(links(), { titles: 'a/b:c', separator: ':' })).status).toBe(400);
  });

  describe('lists', () => {
    const order = 'first second third fourth fifth sixth seventh eighth ninth'.split(' ');

    beforeEach(async () => {
      for (const title of order) await file.link(file.root, title, { h5path: title });
    });

    it('[2/8.4] entries by title, with href; hard links with target', async () => {
      const id = await file.group('a_group');
      const reply = expectStatus(await file.get(links()), 200);
      expect(titles(reply)).toEqual(['a_group', ...[...order].sort()]);
      expect(reply.at('links', 0)).toEqual({
        title: 'a_group',
        class: 'H5L_TYPE_HARD',
        id,
        collection: 'groups',
        created: A_NUMBER,
        href: `${api.base}${links()}/a_group`,
        target: `${api.base}/groups/${id}`,
      });
      expect(reply.listAt('hrefs')).toHaveLength(3);
    });

    it('[2/8.4] CreateOrder, Marker, Limit and pattern', async () => {
      const get = async (query: object) => titles(await file.get(links(), { ...query }));
      expect(await get({ CreateOrder: 1 })).toEqual(order);
      expect(await get({ CreateOrder: 0 })).toEqual([...order].sort());
      expect(await get({ CreateOrder: 1, Marker: 'fifth', Limit: 3 })).toEqual([
        'sixth',
        'seventh',
        'eighth',
      ]);
      expect(await get({ Marker: 'fifth', Limit: 2 })).toEqual(['first', 'fourth']);
      expect(await get({ pattern: 'fi*' })).toEqual(['fifth', 'first']);
      expect(await get({ pattern: 's*th', CreateOrder: 1 })).toEqual(['sixth', 'seventh']);
      expect(await get({ Limit: 0 })).toHaveLength(9);
    });

    it('[2/8.4] an unknown Marker is 404, a bad Limit 400', async () => {
      expect((await file.get(links(), { Marker: 'nosuch' })).status).toBe(404);
      expect((await file.get(links(), { Limit: 'x' })).status).toBe(400);
    });

    itHere('[2/8.4] [2/15] a negative Limit and bad patterns are 400', async () => {
      expect((await file.get(links(), { Limit: -1 })).status).toBe(400);
      for (const pattern of ['[', 'ab[', 'ab[-c]', 'ab]', '*ab*', 'ab[12]', 'ab[c]]', '[z-a]']) {
        expect([pattern, (await file.get(links(), { pattern })).status]).toEqual([pattern, 400]);
      }
    });
  });

  it('[2/8.4.1.5] [2/8.4.1.1] [2/8.4.1.2] [2/8.4.1.3] follow_links gives every reachable group', async () => {
    const a = await file.group('a');
    const b = await file.group('a/b');
    await file.link(b, 'up', { id: file.root });
    await file.link(b, 'soft', { h5path: '/a' });
    const all = expectStatus(await file.get(links(), { follow_links: 1 }), 200);
    expect(all.keysAt('links')).toEqual([file.root, a, b].sort());
    expect(all.at('links', b)).toEqual([
      { title: 'soft', class: 'H5L_TYPE_SOFT', h5path: '/a', created: A_NUMBER },
      { title: 'up', class: 'H5L_TYPE_HARD', id: file.root, created: A_NUMBER },
    ]);
    const some = await file.get(links(), { follow_links: 1, pattern: 'so*' });
    expect(some.at('links')).toMatchObject({ [file.root]: [], [a]: [] });
    expect(some.listAt('links', b)).toHaveLength(1);
    const limited = await file.get(links(), { follow_links: 1, Limit: 2 });
    const total = Object.values(limited.at('links') as Record<string, unknown[]>).flat();
    expect(total).toHaveLength(2);
  });

  itHere(
    '[2/8.4.1.4] [2/8.4.1.6] order is honoured and dangling links are no trouble',
    async () => {
      const z = await file.group('z');
      await file.group('a');
      await file.delete(`/groups/${z}`);
      const reply = await file.get(links(), { follow_links: 1, CreateOrder: 1 });
      expect(reply.status).toBe(200);
      const listed = reply.listAt('links', file.root) as { title: string }[];
      expect(listed.map(({ title }) => title)).toEqual(['z', 'a']);
    },
  );

  it('[2/8.5.8] [2/8.5.3] POST reads titles in the order asked, repeats included', async () => {
    for (const title of ['a', 'b']) await file.link(file.root, title, { h5path: 'x' });
    const reply = expectStatus(await file.post(links(), { titles: ['b', 'a', 'b'] }), 200);
    expect(titles(reply)).toEqual(['b', 'a', 'b']);
    expect(Object.keys(reply.at('links', 0) as object).sort()).toEqual([
      'class',
      'created',
      'h5path',
      'title',
    ]);
    expect(reply.json).not.toHaveProperty('hrefs');
    const all = await file.post(links(), { grp_ids: [file.root] });
    expect(titles(all)).toEqual(['a', 'b']);
    const window = { CreateOrder: 1, Limit: 1 };
    expect(titles(await file.post(links(), { titles: [] }, { query: window }))).toEqual(['a']);
  });

  it('[2/8.5.4] POST reads several groups', async () => {
    const g = await file.group('g');
    await file.link(g, 'g', { h5path: 'x' });
    await file.link(g, 'h', { h5path: 'x' });
    const byList = await file.post(links(), { grp_ids: [file.root, g], titles: ['g'] });
    expect(byList.keysAt('links')).toEqual([file.root, g].sort());
    expect(byList.listAt('links', g)).toHaveLength(1);
    const byMap = await file.post(links(), { grp_ids: { [file.root]: ['g'], [g]: ['h'] } });
    expect(byMap.listAt('links', g)).toHaveLength(1);
    const followed = await file.post(links(), { grp_ids: [file.root] }, { query: FOLLOW });
    expect(followed.keysAt('links')).toEqual([file.root, g].sort());
  });

  itHere('[2/8.5] an empty list of titles means all', async () => {
    const g = await file.group('g');
    await file.link(g, 'h', { h5path: 'x' });
    const reply = await file.post(links(), { grp_ids: { [file.root]: ['g'], [g]: [] } });
    expect(reply.listAt('links', g)).toHaveLength(1);
  });

  it.each([
    [{}, {}],
    [{ titles: 'a' }, {}],
    [{ titles: [1] }, {}],
    [{ titles: ['a/b'] }, {}],
    [{ grp_ids: [] }, {}],
    [{ grp_ids: 'x' }, {}],
    [{ titles: ['a'], grp_ids: {} }, {}],
    [{ titles: ['a'] }, { follow_links: 1 }],
    [{ titles: ['a'] }, { Limit: 1 }],
  ])('[2/8.5.1] [2/8.5.2] POST of %j with %j is 400', async (body, query) => {
    expect((await file.post(links(), body, { query })).status).toBe(400);
  });

  it('[2/8.5.5] a title that is missing is 404, a deleted one 410', async () => {
    await file.link(file.root, 'a', { h5path: 'x' });
    expect((await file.post(links(), { titles: ['a', 'nosuch'] })).status).toBe(404);
    await file.delete(`${links()}/a`);
    expect((await file.post(links(), { titles: ['a'] })).status).toBe(410);
  });

  itHere('[2/8.5.5] [2/8.5.6] [2/8.5.7] several groups are as strict as one', async () => {
    const g = await file.group('g');
    const foreign = await other.group();
    const post = async (body: object) => (await file.post(links(), body)).status;
    expect(await post({ grp_ids: { [file.root]: ['g'], [g]: ['nosuch'] } })).toBe(404);
    expect(await post({ grp_ids: ['foobar'] })).toBe(400);
    expect(await post({ grp_ids: [file.root, 'foobar'] })).toBe(400);
    expect(await post({ grp_ids: [file.root, foreign] })).toBe(400);
    const one = await file.post(links(), { grp_ids: [file.root], titles: ['g'] });
    expect(titles(one)).toEqual(['g']);
  });
});

const FOLLOW = { follow_links: 1 };

function titles(reply: Reply): string[] {
  return reply.listAt('links').map((link) => (link as { title: string }).title);
}
