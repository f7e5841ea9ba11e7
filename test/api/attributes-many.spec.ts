import { describeApi, itHere } from '../kit/api.js';
import type { Reply } from '../kit/client.js';
import { A_NUMBER, expectStatus, F64, I32, type TestFile } from '../kit/file.js';

const INT = (value: number) => ({ type: I32, value });

describeApi('several attributes at once', (api) => {
  let file: TestFile;
  let other: TestFile;

  beforeEach(async () => {
    file = await api.file();
    other = await api.file();
  });

  const attributes = () => `/groups/${file.root}/attributes`;
  const put = (body: unknown, query = {}) => file.put(attributes(), body, { query });

  it('[4/10.2] [4/21.2.14] [2/9.6] several of one object; the same again is 200', async () => {
    const body = { attributes: { a: INT(1), 'b/c': INT(2), '': INT(3) } };
    const made = await put(body);
    expect([made.status, made.json]).toEqual([201, {}]);
    expect((await put(body)).status).toBe(200);
    expect((await put({ attributes: {} })).status).toBe(200);
    expect((await put({ attributes: { a: INT(9) } })).status).toBe(409);
    expect((await put({ attributes: { a: INT(9) } }, { replace: 1 })).status).toBe(201);
    expect((await file.get(`${attributes()}/a`)).at('value')).toBe(9);
    expect((await put({ name: 'single', ...INT(4) })).status).toBe(201);
    expect((await file.get(`${attributes()}/single`)).at('value')).toBe(4);
  });

  it('[4/14.4.1] [2/9.6] the same for several objects, and different ones', async () => {
    const d = await file.dataset(I32, [1]);
    const t = await file.datatype(I32);
    expect((await put({ obj_ids: [file.root, d, t], attributes: { a: INT(1) } })).status).toBe(201);
    const each = { [d]: { attributes: { b: INT(2) } }, [t]: { attributes: { c: INT(3) } } };
    expect((await put({ obj_ids: each })).status).toBe(201);
    expect((await put({ obj_ids: each })).status).toBe(200);
    expect((await file.get(`/datasets/${d}/attributes/b`)).at('value')).toBe(2);
    expect((await file.get(`/datatypes/${t}`)).at('attributeCount')).toBe(2);
  });

  it('[2/9.6] a conflict writes nothing', async () => {
    await put({ attributes: { a: INT(1) } });
    const before = await file.state();
    expect((await put({ attributes: { new: INT(1), a: INT(2) } })).status).toBe(409);
    expect(await file.state()).toBe(before);
  });

  it.each([
    undefined,
    '{',
    { attributes: [] },
    { attributes: { a: {} } },
    { attributes: { good: INT(1), bad: { type: 'H5T_FOO' } } },
    { attributes: { good: INT(1), bad: { type: I32, value: 'x' } } },
    { obj_ids: ['ROOT'] },
    { obj_ids: [], attributes: { a: INT(1) } },
    { obj_ids: 'ROOT', attributes: { a: INT(1) } },
    { obj_ids: { ROOT: { attributes: { a: INT(1) } } }, attributes: { a: INT(1) } },
    { obj_ids: {} },
  ])('[2/9.6] PUT of %j is 400 and changes nothing', async (body) => {
    const before = await file.state();
    const text = typeof body === 'object' ? JSON.stringify(body) : body;
    expect((await put(text?.replaceAll('ROOT', file.root))).status).toBe(400);
    expect(await file.state()).toBe(before);
  });

  itHere('[2/9.6] an item that is none is 400', async () => {
    const before = await file.state();
    expect((await put({ attributes: { a: 5 } })).status).toBe(400);
    expect(await file.state()).toBe(before);
  });

  itHere('[2/9.6] [2/1.4] every object is checked before anything is written', async () => {
    const before = [await file.state(), await other.state()];
    const unknown = `${file.root.slice(0, 20)}1234-123456-123456`;
    const body = { attributes: { a: INT(1) } };
    expect((await put({ obj_ids: [file.root, unknown], ...body })).status).toBe(404);
    expect((await put({ obj_ids: [file.root, other.root], ...body })).status).toBe(400);
    expect((await put({ obj_ids: [file.root, 'foobar'], ...body })).status).toBe(400);
    expect((await put({ obj_ids: { [other.root]: body } })).status).toBe(400);
    expect([await file.state(), await other.state()]).toEqual(before);
  });

  itHere(
    '[4/10.3] [2/9.6] created of a client counts near the clock, in request order',
    async () => {
      const now = Date.now() / 1000;
      const at = (created: number) => ({ ...INT(1), created });
      await put({
        attributes: { now: at(now), int: at(Math.floor(now)), far: at(999), x: INT(1) },
      });
      const created = async (name: string) =>
        (await file.get(`${attributes()}/${name}`)).at('created') as number;
      expect(await created('now')).toBe(now);
      expect(await created('int')).toBe(Math.floor(now));
      expect(await created('far')).toBeGreaterThan(now - 60);
      await put({ attributes: { z: INT(1), y: INT(1) } });
      const listed = names(await file.get(attributes(), { CreateOrder: 1 }));
      expect(listed.slice(-2)).toEqual(['z', 'y']);
    },
  );

  itHere('[4/14.4.3] a newer attribute of the bulk form replaces the old one', async () => {
    const now = Date.now() / 1000;
    const bulk = (value: number, created: number) =>
      put({ obj_ids: { [file.root]: { attributes: { a: { ...INT(value), created } } } } });
    expect((await bulk(1, now - 20)).status).toBe(201);
    expect((await bulk(1, now - 10)).status).toBe(200);
    expect((await bulk(2, now - 30)).status).toBe(409);
    expect((await bulk(2, now - 5)).status).toBe(201);
    expect((await file.get(`${attributes()}/a`)).at('value')).toBe(2);
    expect((await file.put(`${attributes()}/a`, { ...INT(3), created: now })).status).toBe(409);
  });

  describe('lists', () => {
    const order = 'first second third fourth fifth sixth'.split(' ');

    beforeEach(async () => {
      for (const [i, name] of order.entries()) {
        await file.attribute(`groups/${file.root}`, name, INT(i));
      }
    });

    it('[2/9.4] [2/9.4.1] entries by name, values only when asked', async () => {
      const reply = expectStatus(await file.get(attributes()), 200);
      expect(names(reply)).toEqual([...order].sort());
      expect(reply.at('attributes', 0)).toEqual({
        name: 'fifth',
        type: { class: 'H5T_INTEGER', base: I32 },
        shape: { class: 'H5S_SCALAR' },
        created: A_NUMBER,
        href: `${api.base}${attributes()}/fifth`,
      });
      expect(reply.listAt('hrefs')).toHaveLength(3);
      const full = await file.get(attributes(), { IncludeData: 1 });
      expect(full.at('attributes', 0, 'value')).toBe(4);
      expect((await file.get(attributes(), { IncludeData: 0 })).text).not.toContain('"value"');
    });

    it('[2/9.4] CreateOrder, Marker, Limit and pattern', async () => {
      const get = async (query: object) => names(await file.get(attributes(), { ...query }));
      expect(await get({ CreateOrder: 1 })).toEqual(order);
      expect(await get({ CreateOrder: 1, Marker: 'fifth', Limit: 1 })).toEqual(['sixth']);
      expect(await get({ Marker: 'fifth', Limit: 1 })).toEqual(['first']);
      expect(await get({ pattern: '*th' })).toEqual(['fifth', 'fourth', 'sixth']);
      expect((await file.get(attributes(), { Marker: 'nosuch' })).status).toBe(404);
      expect((await file.get(attributes(), { Limit: 'x' })).status).toBe(400);
      expect((await file.get(attributes(), { max_data_size: 'x' })).status).toBe(400);
      expect((await file.get(attributes(), { encoding: 'hex' })).status).toBe(400);
    });

    itHere('[2/9.4.2] pattern comes before Marker and Limit', async () => {
      const query = { pattern: '*th', Limit: 2, Marker: 'fifth' };
      expect(names(await file.get(attributes(), query))).toEqual(['fourth', 'sixth']);
      expect((await file.get(attributes(), { Limit: -1 })).status).toBe(400);
      expect((await file.get(attributes(), { pattern: '[ab]' })).status).toBe(400);
    });

    it('[2/9.4.3] max_data_size leaves large values out', async () => {
      const item = { type: F64, shape: [3], value: [1, 2, 3] };
      await file.attribute(`groups/${file.root}`, 'large', item);
      const query = { IncludeData: 1, max_data_size: 10 };
      const reply = await file.get(attributes(), query);
      const values = reply.listAt('attributes') as { name: string }[];
      const shown = values.filter((item) => 'value' in item).map(({ name }) => name);
      expect(shown).toEqual([...order].sort());
      const post = await file.post(attributes(), { attr_names: ['large', 'first'] }, { query });
      expect(post.at('attributes', 0)).not.toHaveProperty('value');
      expect(post.at('attributes', 1, 'value')).toBe(0);
    });

    it('[2/9.4.4] follow_links gives every reachable object', async () => {
      const g = await file.group('g');
      const d = await file.dataset(I32, [1], { h5path: 'g/d' });
      await file.attribute(`datasets/${d}`, 'x', INT(1));
      const query = { follow_links: 1, IncludeData: 1 };
      const all = await file.get(attributes(), query);
      expect(all.keysAt('attributes')).toEqual([file.root, g, d].sort());
      expect(all.at('attributes', d, 0)).toMatchObject({ name: 'x', value: 1 });
      expect(all.at('attributes', d, 0)).not.toHaveProperty('href');
      const limited = await file.get(attributes(), { ...query, Limit: 3 });
      const total = Object.values(limited.at('attributes') as Record<string, unknown[]>).flat();
      expect(total).toHaveLength(3);
      expect((await file.get(`/datasets/${d}/attributes`, query)).status).toBe(400);
    });

    itHere('[2/9.4.4] a dangling link does not matter', async () => {
      const g = await file.group('g');
      await file.delete(`/groups/${g}`);
      const reply = await file.get(attributes(), { follow_links: 1 });
      expect([reply.status, reply.keysAt('attributes')]).toEqual([200, [file.root]]);
    });

    it('[2/9.5.2] POST reads names in the order asked', async () => {
      const query = { IncludeData: 1 };
      const body = { attr_names: ['second', 'first', 'second'] };
      const reply = expectStatus(await file.post(attributes(), body, { query }), 200);
      expect(names(reply)).toEqual(['second', 'first', 'second']);
      expect(reply.at('attributes', 0, 'value')).toBe(1);
      expect(reply.json).not.toHaveProperty('hrefs');
      const bare = await file.post(attributes(), body);
      expect(bare.at('attributes', 0)).not.toHaveProperty('value');
      const all = await file.post(attributes(), { obj_ids: [file.root] });
      expect(names(all)).toHaveLength(6);
    });

    it('[2/9.5.6] [2/9.5.2] POST reads several objects', async () => {
      const d = await file.dataset(I32, [1]);
      await file.attribute(`datasets/${d}`, 'x', INT(1));
      const body = { obj_ids: { [file.root]: ['first'], [d]: [] } };
      const reply = await file.post(attributes(), body, { query: { IncludeData: 1 } });
      expect(reply.listAt('attributes', file.root)).toHaveLength(1);
      expect(reply.keysAt('attributes')).toEqual([file.root, d].sort());
    });

    itHere('[2/9.5] an empty list of names means all', async () => {
      const d = await file.dataset(I32, [1]);
      await file.attribute(`datasets/${d}`, 'x', INT(1));
      const body = { obj_ids: { [file.root]: ['first'], [d]: [] } };
      const reply = await file.post(attributes(), body, { query: { IncludeData: 1 } });
      expect(reply.at('attributes', d, 0, 'value')).toBe(1);
    });

    it('[2/9.5.3] a missing name is 404, a deleted one 410', async () => {
      const post = async (attr_names: string[]) =>
        (await file.post(attributes(), { attr_names })).status;
      expect(await post(['first', 'nosuch'])).toBe(404);
      await file.delete(`${attributes()}/first`);
      expect(await post(['first'])).toBe(410);
    });

    itHere('[2/9.5.4] [2/9.5.5] names, encoding and max_data_size work for several', async () => {
      const d = await file.dataset(I32, [1]);
      await file.attribute(`datasets/${d}`, 'first', INT(1));
      await file.attribute(`datasets/${d}`, 'more', INT(1));
      const body = { obj_ids: [file.root, d], attr_names: ['first'] };
      const query = { IncludeData: 1, encoding: 'base64' };
      const reply = await file.post(attributes(), body, { query });
      expect(reply.listAt('attributes', d)).toHaveLength(1);
      expect(reply.at('attributes', d, 0)).toMatchObject({ value: 'AQAAAA==', encoding: 'base64' });
      const small = { IncludeData: 1, max_data_size: 1 };
      const none = await file.post(attributes(), body, { query: small });
      expect(none.text).not.toContain('"value"');
    });

    it.each([undefined, {}, { attr_names: 'x' }, { attr_names: [1] }])(
      '[2/9.5.1] POST of %j is 400',
      async (body) => {
        expect((await file.post(attributes(), body)).status).toBe(400);
      },
    );

    itHere('[2/9.5.1] [2/1.4] bad and foreign objects are 400', async () => {
      for (const ids of [[], 'x', { x: 'y' }, ['foobar'], [other.root], [file.root, other.root]]) {
        const reply = await file.post(attributes(), { obj_ids: ids });
        expect([ids, reply.status]).toEqual([ids, 400]);
      }
    });

    it('[2/9.8] several are deleted by names and separator', async () => {
      const first = await file.delete(attributes(), { attr_names: 'first/second' });
      expect([first.status, first.json]).toEqual([200, { hrefs: [] }]);
      const query = { attr_names: 'third!#x', separator: '!' };
      await put({ attributes: { '#x': INT(1) } });
      expect((await file.delete(attributes(), query)).status).toBe(200);
      const coded = Buffer.from('fourth/fifth').toString('base64');
      const base64 = { attr_names: coded, encoding: 'base64' };
      expect((await file.delete(attributes(), base64)).status).toBe(200);
      expect(names(await file.get(attributes()))).toEqual(['sixth']);
      expect((await file.get(`${attributes()}/first`)).status).toBe(410);
      expect((await file.delete(attributes())).status).toBe(400);
      expect((await file.delete(attributes(), { attr_names: '' })).status).toBe(400);
    });

    itHere('[2/9.8] a missing name does not stop the others', async () => {
      await file.delete(attributes(), { attr_names: 'first/nosuch/second' });
      expect(names(await file.get(attributes()))).toHaveLength(4);
      const query = { attr_names: 'third', separator: '' };
      expect((await file.delete(attributes(), query)).status).toBe(400);
    });
  });
});

function names(reply: Reply): string[] {
  return reply.listAt('attributes').map((item) => (item as { name: string }).name);
}
