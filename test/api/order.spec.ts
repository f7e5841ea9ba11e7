import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeApi, itHere } from '../kit/api.js';
import { basic, type Call } from '../kit/client.js';
import { I32, type TestFile } from '../kit/file.js';

const NOBODY = { headers: { authorization: basic('test_user1', 'wrong') } };
const STRANGER = { user: 'test_user2' };

describeApi('the order of checks', (api) => {
  let file: TestFile;
  let other: TestFile;
  let unknown: string;

  beforeAll(async () => {
    file = await api.file();
    other = await api.file();
    unknown = `${file.root.slice(0, 20)}1234-123456-123456`;
  });

  const get = async (path: string, call: Call = {}) => (await file.get(path, {}, call)).status;

  it('[1/3.3.1] the route comes before credentials', async () => {
    expect(await get('/nosuch', NOBODY)).toBe(404);
    const wrong = await file.request('PUT', '/domains', NOBODY);
    expect(wrong.status).toBe(405);
  });

  it('[1/3.3.3] [2/1.4] ids in paths come before credentials', async () => {
    expect(await get('/groups/foobar', NOBODY)).toBe(400);
    expect(await get(`/datasets/${file.root}`, NOBODY)).toBe(400);
  });

  it('[1/3.3.4] credentials come before the domain', async () => {
    expect(await get('/groups', { ...NOBODY, domain: `${file.path}x` })).toBe(401);
    expect(await get('/', { ...NOBODY, domain: `${file.path}x` })).toBe(401);
  });

  it('[1/3.3.5] the bucket’s syntax comes before existence', async () => {
    const reply = await file.get('/groups', { bucket: 'a/b' }, { domain: `${file.path}x` });
    expect([400, 404, 500]).toContain(reply.status);
  });

  it('[1/3.3.6] the domain comes before the object and the ACL', async () => {
    const missing = { ...STRANGER, domain: `${file.path}x` };
    expect(await get(`/groups/${unknown}`, missing)).toBe(404);
    expect(await get(`/groups/${unknown}`, { ...STRANGER, domain: '/home' })).toBe(400);
  });

  it('[1/3.3.7] the object and its membership come before the ACL', async () => {
    expect(await get(`/groups/${unknown}`, STRANGER)).toBe(404);
    expect(await get(`/groups/${other.root}`, STRANGER)).toBe(400);
  });

  it('[1/3.3.8] [1/3.3.9] the ACL comes before the rest', async () => {
    expect(await get(`/groups/${file.root}/links?Limit=x`, STRANGER)).toBe(403);
    expect(await get(`/groups/${file.root}/links?Limit=x`)).toBe(400);
    expect(await get(`/groups/${file.root}/links/nosuch`, STRANGER)).toBe(403);
  });

  it('[1/3.2] [1/3.1] every failure has its status and text', async () => {
    const replies = await Promise.all([
      file.get('/', {}, { domain: 'bad' }),
      file.get('/', {}, NOBODY),
      file.get('/', {}, STRANGER),
      file.get(`/groups/${unknown}`),
      file.put('/', {}),
    ]);
    expect(replies.map(({ status }) => status)).toEqual([400, 401, 403, 404, 409]);
    for (const reply of replies) {
      expect(reply.text).toMatch(new RegExp(`^${reply.status}: .+`));
      expect(reply.text).not.toContain('\n');
    }
  });

  itHere('[2/2.3] [2/20] ids with other letters or dashes are 400', async () => {
    const odd = [`g-${'z'.repeat(36)}`, `g-${'-'.repeat(36)}`, file.root.replace('-', '0')];
    for (const id of [...odd, `${file.root}_0`, `g-${'0'.repeat(36)}`]) {
      expect([id, await get(`/groups/${id}`)]).toEqual([id, 400]);
    }
  });

  it('[2/2.1] [2/2.2] ids of one domain share the first half of the root', async () => {
    const made = [await file.group(), await file.dataset(I32, [1]), await file.datatype(I32)];
    for (const id of made) expect(id.slice(1, 19)).toBe(file.root.slice(1, 19));
    const [first, second] = [file.root.slice(2, 19), file.root.slice(20)].map((half) =>
      half.replaceAll('-', ''),
    );
    const rotated = Array.from(first ?? '', (digit) => (parseInt(digit, 16) ^ 8).toString(16));
    expect(second).toBe(rotated.join(''));
  });
});

describe('groups of users', () => {
  const folder = mkdtempSync(join(tmpdir(), 'groups-'));
  const groups_file = join(folder, 'groups.txt');
  writeFileSync(groups_file, '# people\nreaders: test_user2 other\nchiefs: test_user1\n');
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  describeApi(
    'from a file',
    (api) => {
      itHere('[1/12.2.4] [1/12.1] [1/13.4] an entry of a group grants its members', async () => {
        const file = await api.file();
        const read = async () => (await file.get('/', {}, STRANGER)).status;
        expect(await read()).toBe(403);
        await file.put('/acls/g:readers', { read: true });
        expect(await read()).toBe(200);
        await file.put('/acls/test_user2', {});
        expect(await read()).toBe(403);
      });

      itHere('[1/13.5] members of the admin group may do everything', async () => {
        const about = await api.request('GET', '/about');
        expect(about.at('isadmin')).toBe(true);
        const made = await api.request('PUT', '/', { domain: '/chief.h5' });
        expect(made.status).toBe(201);
      });
    },
    { groups_file, admin_group: 'chiefs' },
  );
});
