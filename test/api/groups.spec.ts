import { describeApi, itHere } from '../kit/api.js';
import { expectStatus, I32, type TestFile } from '../kit/file.js';

const UNKNOWN_V1 = 'g-314d61b8-9954-11e6-a733-3c15c2da029e';

describeApi('groups', (api) => {
  let file: TestFile;
  let other: TestFile;

  beforeAll(async () => {
    file = await api.file();
    other = await api.file();
  });

  it('[2/7.1] POST without a body makes an anonymous group', async () => {
    const made = expectStatus(await file.post('/groups', undefined), 201);
    expect(made.keysAt()).toEqual(
      'attributeCount created id lastModified linkCount root'.split(' '),
    );
    expect(made.json).toMatchObject({ root: file.root, linkCount: 0, attributeCount: 0 });
    const id = made.textAt('id');
    expect(id.slice(2, 19)).toBe(file.root.slice(2, 19));
    const alias = await file.get(`/groups/${id}`, { getalias: 1 });
    expect(alias.at('alias')).toEqual([]);
  });

  it.each(['{}', 'null', '[]'])('[2/7.1] POST with %s makes one, too', async (body) => {
    expect((await file.post('/groups', body)).status).toBe(201);
  });

  it('[2/6.2] link places a new group', async () => {
    const fresh = await api.file();
    const body = { link: { id: fresh.root, name: 'linked_group' } };
    const id = expectStatus(await fresh.post('/groups', body), 201).textAt('id');
    expect((await fresh.get(`/groups/${fresh.root}`)).at('linkCount')).toBe(1);
    const alias = await fresh.get(`/groups/${id}`, { getalias: 1 });
    expect(alias.at('alias')).toEqual(['/linked_group']);
  });

  it('[2/6.2.4] missing intermediate groups are made with implicit only', async () => {
    const fresh = await api.file();
    const body = { h5path: 'g2/g2.1' };
    const before = await fresh.state();
    expect((await fresh.post('/groups', body)).status).toBe(404);
    expect(await fresh.state()).toBe(before);
    const query = { implicit: 1 };
    expect((await fresh.post('/groups', body, { query })).status).toBe(201);
    expect((await fresh.post('/groups', { h5path: 'g2/g2.2' })).status).toBe(201);
    expect((await fresh.get(`/groups/${fresh.root}`)).at('linkCount')).toBe(1);
    const g2 = await fresh.get('/groups/', { h5path: '/g2' });
    expect(g2.at('linkCount')).toBe(2);
  });

  it('[2/6.2.5] [2/6.2.9] a taken title is 409 and nothing is made', async () => {
    const fresh = await api.file();
    await fresh.group('g');
    await fresh.link(fresh.root, 's', { h5path: '/x' });
    const before = await fresh.state();
    const put = { link: { id: fresh.root, name: 'g' } };
    expect((await fresh.post('/groups', put)).status).toBe(409);
    expect((await fresh.post('/groups', { h5path: 's' })).status).toBe(409);
    expect((await fresh.post('/datasets', { type: I32, h5path: 'g' })).status).toBe(409);
    expect((await fresh.post('/datatypes', { type: I32, h5path: 'g' })).status).toBe(409);
    expect(await fresh.state()).toBe(before);
  });

  it.each([
    ['6.2.1', { link: { id: 'ROOT', name: 'x' }, h5path: 'x' }],
    ['6.2.2', { link: { id: 'ROOT', name: '' } }],
    ['6.2.2', { link: { id: 'ROOT', name: 'a/b' } }],
    ['6.2.2', { link: { id: 'ROOT', name: 5 } }],
    ['6.2.3', { h5path: '' }],
    ['6.2.3', { h5path: '/' }],
  ])('[2/%s] POST /groups %j is 400', async (_rule, body) => {
    await refused(JSON.stringify(body).replace('ROOT', file.root), [400]);
  });

  itHere.each([
    ['6.2.2', { link: { name: 'x' } }],
    ['6.2.2', { link: { id: 'ROOT' } }],
    ['6.2.2', { link: 'x' }],
    ['6.2.2', { h5path: 5 }],
    ['6.2.6', { link: { id: 'foobar', name: 'x' } }],
    ['6.2.6', { h5path: 'x', parent_id: 'foobar' }],
    ['6.2.7', { link: { id: 'OTHER', name: 'x' } }],
    ['6.2.7', { h5path: 'x', parent_id: 'OTHER' }],
    ['6.3', { creationProperties: [] }],
    ['7.1', 'x'],
    ['7.1', [1]],
  ])('[2/%s] POST /groups %j is 400, done right', async (_rule, body) => {
    const before = await other.state();
    const text = JSON.stringify(body).replace('ROOT', file.root).replace('OTHER', other.root);
    await refused(text, [400]);
    expect(await other.state()).toBe(before);
  });

  const refused = async (body: string, statuses: number[]) => {
    const before = await file.state();
    expect(statuses).toContain((await file.post('/groups', body)).status);
    expect(await file.state()).toBe(before);
  };

  it('[2/6.2.6] an unknown parent is 404, a deleted one 410', async () => {
    const link = (id: string) => JSON.stringify({ link: { id, name: 'x' } });
    await refused(link(`${file.root.slice(0, 20)}0000-000000-000000`), [404]);
    const gone = await file.group();
    await file.delete(`/groups/${gone}`);
    await refused(link(gone), [410]);
  });

  it('[2/6.2.3] an absolute path needs the root as parent', async () => {
    const fresh = await api.file();
    const g = await fresh.group('g');
    expect((await fresh.post('/groups', { h5path: '/abs/' })).status).toBe(201);
    expect((await fresh.post('/groups', { h5path: 'a', parent_id: g })).status).toBe(201);
    expect((await fresh.post('/groups', { h5path: '/b', parent_id: g })).status).toBe(400);
  });

  it('[2/6.2.4] a path through a soft link or a dataset is 400', async () => {
    const fresh = await api.file();
    await fresh.link(fresh.root, 's', { h5path: '/x' });
    await fresh.dataset(I32, [1], { h5path: 'd' });
    for (const h5path of ['s/x', 'd/x']) {
      const reply = await fresh.post('/groups', { h5path }, { query: { implicit: 1 } });
      expect([h5path, reply.status]).toEqual([h5path, 400]);
    }
  });

  it('[2/6.2.8] a new link raises the parent’s count and time', async () => {
    const fresh = await api.file();
    const before = await fresh.get(`/groups/${fresh.root}`);
    await fresh.group('g');
    const after = await fresh.get(`/groups/${fresh.root}`);
    expect(after.at('linkCount')).toBe(1);
    expect(after.at('lastModified')).toBeGreaterThan(before.at('lastModified') as number);
    const link = await fresh.get(`/groups/${fresh.root}/links/g`);
    expect(link.at('created')).toBe(after.at('lastModified'));
    expect(after.at('created')).toBe(before.at('created'));
  });

  it('[2/6.3] creation properties come back as given', async () => {
    const creationProperties = { CreateOrder: true, rdcc_nbytes: 1024 };
    const made = await file.post('/groups', { creationProperties });
    expect(made.json).not.toHaveProperty('creationProperties');
    const read = await file.get(`/groups/${made.textAt('id')}`);
    expect(read.at('creationProperties')).toEqual(creationProperties);
  });

  itHere('[4/20.4] creation properties of groups may be text', async () => {
    const text = await file.post('/groups', { creationProperties: 'base64text==' });
    const kept = await file.get(`/groups/${text.textAt('id')}`);
    expect(kept.at('creationProperties')).toBe('base64text==');
  });

  it('[2/6.1] [2/7.2.3] [4/7.3] [2/7.2.2] [2/7.2.1] GET has five hrefs, and links and attributes when asked', async () => {
    const fresh = await api.file();
    await fresh.group('g1');
    await fresh.link(fresh.root, 's', { h5path: '/g2' });
    await fresh.attribute(`groups/${fresh.root}`, 'b', { type: I32, value: 7 });
    await fresh.attribute(`groups/${fresh.root}`, 'a', { type: I32 });
    const plain = expectStatus(await fresh.get(`/groups/${fresh.root}`), 200);
    expect(plain.json).toMatchObject({
      id: fresh.root,
      root: fresh.root,
      linkCount: 2,
      attributeCount: 2,
      domain: fresh.path,
      bucket: 'hsdstest',
    });
    const rels = plain.listAt('hrefs').map((href) => (href as { rel: string }).rel);
    expect(rels).toEqual(['self', 'links', 'root', 'home', 'attributes']);
    expect(plain.json).not.toHaveProperty('links');
    expect(plain.json).not.toHaveProperty('creationProperties');
    const query = { include_links: 1, include_attrs: 1, getalias: 1 };
    const full = await fresh.get(`/groups/${fresh.root}`, query);
    expect(Object.keys(full.at('links') as object)).toEqual(['g1', 's']);
    expect(Object.keys(full.at('attributes') as object)).toEqual(['b', 'a']);
    expect(full.at('attributes', 'a', 'value')).toBeNull();
    expect(full.at('alias')).toEqual(['/']);
    const zero = await fresh.get(`/groups/${fresh.root}`, { include_links: 0 });
    expect(zero.json).not.toHaveProperty('links');
  });

  it.each([
    ['foobar', 400],
    ['d-314d61b8-9954-11e6-a733-3c15c2da029e', 400],
    ['g-314d61b8', 400],
    [UNKNOWN_V1, 404],
  ])('[2/2.3] [2/7.2.4] GET /groups/%s is %i', async (id, status) => {
    expect((await file.get(`/groups/${id}`)).status).toBe(status);
  });

  it('[2/1.4] a group of another domain is 400, a folder as domain too', async () => {
    expect((await file.get(`/groups/${other.root}`)).status).toBe(400);
    const folder = { domain: api.folder };
    expect((await file.get(`/groups/${file.root}`, {}, folder)).status).toBe(400);
    expect((await file.get(`/groups/${file.root}`, {}, { user: 'test_user2' })).status).toBe(403);
  });

  it('[2/6.4.1] [2/6.4.2] [2/6.4.5] a deleted group is 410; links to it stay', async () => {
    const fresh = await api.file();
    const id = await fresh.group('g');
    expect((await fresh.delete(`/groups/${id}`, {}, { domain: file.path })).status).toBe(400);
    const gone = await fresh.delete(`/groups/${id}`);
    expect([gone.status, gone.json]).toEqual([200, {}]);
    for (const path of ['', '/links', '/attributes']) {
      expect((await fresh.get(`/groups/${id}${path}`)).status).toBe(410);
    }
    expect((await fresh.delete(`/groups/${id}`)).status).toBe(410);
    const link = await fresh.get(`/groups/${fresh.root}/links/g`);
    expect(link.at('link', 'id')).toBe(id);
  });

  it('[2/6.4.3] deleting a group leaves what is in it', async () => {
    const fresh = await api.file();
    const id = await fresh.group('g');
    const inner = await fresh.group('g/inner');
    await fresh.delete(`/groups/${id}`);
    expect((await fresh.get(`/groups/${inner}`)).status).toBe(200);
  });

  it('[2/6.4.4] [2/7.3] the root can not be deleted', async () => {
    expect((await file.delete(`/groups/${file.root}`)).status).toBe(403);
    expect((await file.get(`/groups/${file.root}`)).status).toBe(200);
  });

  it('[2/6.6] alias is the first path by depth-first search', async () => {
    const fresh = await api.file();
    const x = await fresh.group('b');
    const a = await fresh.group('a');
    await fresh.link(a, 'x', { id: x });
    const alias = await fresh.get(`/groups/${x}`, { getalias: 1 });
    expect(alias.at('alias')).toEqual(['/a/x']);
  });

  it('[2/6.7] groups by path', async () => {
    const fresh = await api.file();
    const g1 = await fresh.group('g1');
    const g11 = await fresh.group('g1/g1.1');
    await fresh.dataset(I32, [1], { h5path: 'd' });
    for (const h5path of ['/g1/g1.1', '/g1/g1.1/']) {
      expect((await fresh.get('/groups/', { h5path })).at('id')).toBe(g11);
    }
    expect((await fresh.get('/groups/', { h5path: 'g1/g1.1' })).status).toBe(400);
    for (const h5path of ['./g1.1', 'g1.1', '/g1/g1.1']) {
      expect((await fresh.get(`/groups/${g1}`, { h5path })).at('id')).toBe(g11);
    }
    expect((await fresh.get('/groups/', { h5path: '/g1/foobar' })).status).toBe(404);
    expect((await fresh.get('/groups/', { h5path: '/d' })).status).toBe(404);
    expect((await fresh.get('/groups/')).status).toBe(400);
  });
});
