import { createHash } from 'node:crypto';
import { describeApi, itHere, type Api } from '../kit/api.js';
import { OCTETS } from '../kit/client.js';
import { expectStatus, I32, TestFile } from '../kit/file.js';

const BUCKET = 'hsdstest';
const UUIDS = ['a', 'b', 'c'].map((letter) => `9a8b7c6d-5e4f-11e8-a1b2-0242ac11000${letter}`);
const ROOT = `g-${UUIDS[0]}`;
const SUB = `g-${UUIDS[1]}`;
const DATASET = 'd-9a8b7c6d-5e4f-11e8-a1b2-0242ac110002';
const RIGHTS = ['create', 'read', 'update', 'delete', 'readACL', 'updateACL'];
const OWNER = Object.fromEntries(RIGHTS.map((right) => [right, true]));
const TIMES = { created: 1_500_000_000, lastModified: 1_500_000_001 };

/** Schema v1: everything at the top of the bucket, behind five digits of its hash. */
const keyOf = (id: string) => `${createHash('md5').update(id).digest('hex').slice(0, 5)}-${id}`;

describeApi('a domain of schema v1', (api) => {
  let file: TestFile;

  beforeAll(async () => {
    if (process.env.HSDS_ENDPOINT) return;
    file = new TestFile(api.client, `${api.folder}/old.h5`, ROOT);
    await put(api, `${file.path.slice(1)}/.domain.json`, {
      ...{ root: ROOT, owner: 'test_user1', ...TIMES },
      acls: { test_user1: OWNER },
    });
    const hard = (id: string) => ({ class: 'H5L_TYPE_HARD', id, created: TIMES.created });
    const group = { root: ROOT, domain: file.path, attributes: {}, ...TIMES };
    await put(api, keyOf(ROOT), { ...group, id: ROOT, links: { g: hard(SUB) } });
    await put(api, keyOf(SUB), { ...group, id: SUB, links: { d: hard(DATASET) } });
    await put(api, keyOf(DATASET), {
      ...{ id: DATASET, root: ROOT, domain: file.path, ...TIMES },
      type: { class: 'H5T_INTEGER', base: I32 },
      shape: { class: 'H5S_SIMPLE', dims: [4, 5] },
      layout: { class: 'H5D_CHUNKED', dims: [2, 5] },
      attributes: {
        units: {
          ...{ type: { class: 'H5T_INTEGER', base: I32 }, shape: { class: 'H5S_SCALAR' } },
          ...{ value: 7, created: TIMES.created },
        },
      },
    });
    const chunk = Int32Array.from({ length: 10 }, (_none, i) => i + 1);
    await put(api, keyOf(`c-${DATASET.slice(2)}_1_0`), new Uint8Array(chunk.buffer));
  });

  itHere('[3/12.4] has the keys of the reference', () => {
    expect(keyOf(DATASET)).toBe(`3d845-${DATASET}`);
    expect(keyOf(`c-${DATASET.slice(2)}_1_2`)).toBe(`71101-c-${DATASET.slice(2)}_1_2`);
  });

  itHere('[3/12.4] is opened, walked and read', async () => {
    expect(expectStatus(await file.get('/'), 200).at('root')).toBe(ROOT);
    const links = expectStatus(await file.get(`/groups/${ROOT}/links`), 200);
    expect(links.at('links', 0, 'id')).toBe(SUB);
    const found = expectStatus(await file.get('/', { h5path: '/g/d' }), 200);
    expect(found.at('id')).toBe(DATASET);
    const attribute = await file.get(`/datasets/${DATASET}/attributes/units`);
    expect(expectStatus(attribute, 200).at('value')).toBe(7);
    expect(await file.value(DATASET)).toEqual([
      [0, 0, 0, 0, 0],
      [0, 0, 0, 0, 0],
      [1, 2, 3, 4, 5],
      [6, 7, 8, 9, 10],
    ]);
    const bytes = await file.get(
      `/datasets/${DATASET}/value`,
      { select: '[3,1:3]' },
      { accept: OCTETS },
    );
    expect(bytes.bytes.toString('hex')).toBe('0700000008000000');
    const all = expectStatus(await file.get('/', { getobjs: 'T', include_attrs: 'T' }), 200);
    expect(all.keysAt('domain_objs')).toEqual([DATASET, ROOT, SUB].sort());
  });

  itHere('[3/14.2] is not scanned', async () => {
    expect((await file.put('/?rescan=1', 'null')).status).toBe(400);
  });
});

async function put(api: Api, key: string, content: object): Promise<void> {
  const bytes =
    content instanceof Uint8Array ? content : new TextEncoder().encode(JSON.stringify(content));
  await api.service.opened.store.put({ bucket: BUCKET, key }, bytes);
}
