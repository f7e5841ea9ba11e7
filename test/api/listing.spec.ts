import { describeApi, itHere, type Api } from '../kit/api.js';
import { expectStatus, fixedString, I32 } from '../kit/file.js';
import type { Call, Reply } from '../kit/client.js';

describeApi('listing of domains', (api) => {
  let folder: string;

  beforeAll(async () => {
    folder = `${api.folder}/list`;
    await api.request('PUT', '/', { domain: folder, body: { folder: true } });
    for (let i = 0; i < 8; i++) await domainWithAttributes(api, `${folder}/domain_${i}.h5`, i);
  });

  const list = (query: Call['query'] = {}, call: Call = {}) =>
    api.request('GET', '/domains', { query: { domain: `${folder}/`, ...query }, ...call });

  it('[4/5.2] [1/10] [1/10.1.7] items have the public members and absolute names', async () => {
    const reply = expectStatus(await list(), 200);
    expect(names(reply)).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map((i) => `${folder}/domain_${i}.h5`));
    expect(reply.keysAt('domains', 0)).toEqual(
      'class created hrefs lastModified name owner root'.split(' '),
    );
    expect(reply.at('hrefs')).toEqual([]);
    expect(reply.at('domains', 0, 'hrefs')).toEqual([
      { rel: 'domain', href: `${api.base}/?domain=${folder}/domain_0.h5` },
    ]);
    expect(reply.at('domains', 0, 'class')).toBe('domain');
  });

  it('[1/10] the top level: no domain, or a slash', async () => {
    for (const query of [{ domain: undefined }, { domain: '/' }]) {
      const reply = expectStatus(await list(query), 200);
      expect(names(reply)).toContain('/home');
    }
  });

  it('[1/10] the folder may be named by header, without a slash, with hdf5:/ and a bucket', async () => {
    const all = names(await list());
    expect(names(await list({ domain: folder }))).toEqual(all);
    expect(names(await list({ domain: `hdf5:/${folder}/` }))).toEqual(all);
    expect(names(await list({ domain: `hsdstest${folder}/` }))).toEqual(all);
    expect(names(await list({ domain: undefined }, { domain: `${folder}/` }))).toEqual(all);
  });

  it('[1/10.1.1] the path of a domain gives an empty list, an unknown one 404', async () => {
    const reply = await list({ domain: `${folder}/domain_0.h5/` });
    expect([reply.status, reply.at('domains')]).toEqual([200, []]);
    expect((await list({ domain: `${folder}/nosuch/` })).status).toBe(404);
    const Marker = `${folder}/nosuch/x.h5`;
    expect((await list({ domain: `${folder}/nosuch/`, Marker })).status).toBe(404);
  });

  it('[1/10.1.4] [1/10.1.2] Limit and Marker page in name order', async () => {
    const first = names(await list({ Limit: 4 }));
    expect(first).toEqual([0, 1, 2, 3].map((i) => `${folder}/domain_${i}.h5`));
    const second = names(await list({ Limit: 4, Marker: first[3] }));
    expect(second).toEqual([4, 5, 6, 7].map((i) => `${folder}/domain_${i}.h5`));
    expect(names(await list({ Limit: 4, Marker: second[3] }))).toEqual([]);
    expect(names(await list({ Limit: 0 }))).toHaveLength(8);
    expect((await list({ Limit: 'x' })).status).toBe(400);
  });

  itHere(
    '[1/2.4] [1/10.1.4] a negative Limit is 400, an unknown Marker continues after it',
    async () => {
      expect((await list({ Limit: -1 })).status).toBe(400);
      expect(names(await list({ Marker: `${folder}/domain_3.h5x` }))).toHaveLength(4);
    },
  );

  itHere('[1/10.1.5] what was deleted does not shorten a page', async () => {
    const shorter = `${api.folder}/holes`;
    await api.request('PUT', '/', { domain: shorter, body: { folder: true } });
    for (const name of ['a', 'b', 'c', 'd']) {
      await api.request('PUT', '/', { domain: `${shorter}/${name}` });
    }
    await api.request('DELETE', '/', { domain: `${shorter}/b` });
    const reply = await list({ domain: `${shorter}/`, Limit: 3 });
    expect(names(reply)).toEqual(['a', 'c', 'd'].map((name) => `${shorter}/${name}`));
  });

  it.each([
    ['domain_[0-3].h5', 4],
    ['domain_*.h5', 8],
    ['domain_?.h5', 8],
    ['domain_1.h5', 1],
    ['*', 8],
    ['DOMAIN_*', 0],
    ['domain_[5].h5', 1],
  ])('[1/10.2] pattern %s finds %i', async (pattern, count) => {
    expect(names(await list({ pattern }))).toHaveLength(count);
  });

  itHere.each(['*a*', 'a[', '[ab]', '[z-a]', 'x]', '[-c]'])(
    '[1/10.2] pattern %s is 400',
    async (pattern) => {
      expect((await list({ pattern })).status).toBe(400);
    },
  );

  itHere('[1/10.2] a bracket left of the star matches', async () => {
    expect(names(await list({ pattern: '[a-f]omain_[0-1]*' }))).toHaveLength(2);
  });

  it.each([
    ['attr1 > 7', 4],
    ["attr2 != 'A0000004'", 7],
    ["attr1 > 7 AND attr2 != 'A0000004'", 3],
    ["attr1 == 2 OR attr2 == 'A0000007'", 2],
    ['attr1 >= 0', 8],
    ['nosuch == 1', 0],
  ])('[1/10.3] query %s finds %i', async (query, count) => {
    expect(names(await list({ query }))).toHaveLength(count);
  });

  itHere.each(['attr1 > 7 AND', 'where x', '1 + ', '(attr1 > 7', 'attr1 > 7)', '> 7'])(
    '[1/10.3] query %s is 400',
    async (query) => {
      expect((await list({ query })).status).toBe(400);
    },
  );

  itHere('[1/10.1.6] Limit counts what the query finds; folders are skipped', async () => {
    await api.request('PUT', '/', { domain: `${folder}/sub`, body: { folder: true } });
    expect(names(await list({ query: 'attr1 > 7', Limit: 2 }))).toEqual(
      [4, 5].map((i) => `${folder}/domain_${i}.h5`),
    );
    await api.request('DELETE', '/', { domain: `${folder}/sub` });
  });

  itHere('[1/10.3] queries see only domains that the caller may read', async () => {
    const query = { query: 'attr1 >= 0' };
    expect(names(await list(query, { user: 'test_user2' }))).toEqual([]);
  });

  it('[1/12.3] no ACL is checked on listing', async () => {
    expect(names(await list({}, { user: 'test_user2' }))).toHaveLength(8);
    expect(names(await list({}, { user: null }))).toHaveLength(8);
  });

  it('[1/10] [1/5.5] verbose adds the figures to domains', async () => {
    const reply = expectStatus(await list({ verbose: 1, Limit: 1 }), 200);
    expect(reply.keysAt('domains', 0)).toEqual(
      expect.arrayContaining(['num_objects', 'allocated_bytes', 'total_size']),
    );
    expect(reply.json).not.toHaveProperty('compressors');
  });

  it('[1/10] a bad bucket is 400', async () => {
    expect((await list({ bucket: 'bad/bucket' })).status).toBe(400);
  });
});

describeApi(
  'fixed top level',
  (api) => {
    itHere('[1/10.1.3] top_level_domains are the candidates; the window applies', async () => {
      const reply = await api.request('GET', '/domains');
      expect(names(reply)).toEqual(['/home']);
      const none = await api.request('GET', '/domains', { query: { pattern: 'x*' } });
      expect(names(none)).toEqual([]);
    });
  },
  { top_level_domains: ['/home', '/nosuch'] },
);

function names(reply: Reply): string[] {
  return reply.listAt('domains').map((item) => (item as { name: string }).name);
}

async function domainWithAttributes(api: Api, domain: string, i: number): Promise<void> {
  const made = expectStatus(await api.request('PUT', '/', { domain }), 201);
  const attributes = {
    attr1: { type: I32, value: 2 * i },
    attr2: { type: fixedString(8), value: `A000000${i}` },
  };
  const path = `/groups/${made.textAt('root')}/attributes`;
  expectStatus(await api.request('PUT', path, { domain, body: { attributes } }), 201);
}
