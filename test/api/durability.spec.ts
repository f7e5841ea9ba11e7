import { describeApi, itHere, type Api } from '../kit/api.js';
import { expectStatus, I32, TestFile } from '../kit/file.js';
import { Client } from '../kit/client.js';
import { startService } from '../kit/service.js';

const BUCKET = 'hsdstest';
/** Nothing is stored for its age while a test runs. */
const OLD = { s3_age_time: 3600 };

const chunkKey = (id: string) => `db/${id.slice(2, 19)}/d/${id.slice(20)}/0`;
const isStored = async (api: Api, id: string) =>
  (await api.service.opened.store.get({ bucket: BUCKET, key: chunkKey(id) })) !== null;

describeApi(
  'writes answered when in memory (D0)',
  (api) => {
    let file: TestFile;

    beforeAll(async () => {
      file = await api.file();
    });

    const write = async (id: string, headers: Record<string, string> = {}) =>
      expectStatus(await file.put(`/datasets/${id}/value`, { value: [1, 2] }, { headers }), 200);

    itHere('are stored by a flush, which waits for the store', async () => {
      const id = await file.dataset(I32, [2]);
      await write(id);
      expect(await isStored(api, id)).toBe(false);
      expectStatus(await file.put('/?flush=1', 'null'), 204);
      expect(await isStored(api, id)).toBe(true);
    });

    itHere('are stored before the answer where a request asks for D3', async () => {
      const id = await file.dataset(I32, [2]);
      await write(id, { 'x-hsds-durability': 'D3' });
      expect(await isStored(api, id)).toBe(true);
      const reply = await file.put(
        `/datasets/${id}/value`,
        { value: [1, 2] },
        { headers: { 'x-hsds-durability': 'D9' } },
      );
      expect(reply.status).toBe(400);
    });
  },
  OLD,
);

describeApi(
  'writes answered when stored (D3)',
  (api) => {
    itHere('are stored before the answer, but not where a request asks for D0', async () => {
      const file = await api.file();
      const stored = await file.filled(I32, [2], [1, 2]);
      expect(await isStored(api, stored)).toBe(true);
      const id = await file.dataset(I32, [2]);
      const headers = { 'x-hsds-durability': 'd0' };
      expectStatus(await file.put(`/datasets/${id}/value`, { value: [1, 2] }, { headers }), 200);
      expect(await isStored(api, id)).toBe(false);
    });
  },
  { ...OLD, durability: 'D3' },
);

describe('a service that ends', () => {
  it('has stored what it answered', async () => {
    const service = await startService({ settings: OLD });
    const client = new Client(service.endpoint);
    const path = '/home/test_user1/last.h5';
    const made = await client.request('PUT', '/', { domain: path, body: {} });
    const file = new TestFile(client, path, expectStatus(made, 201).textAt('root'));
    const id = await file.filled(I32, [2], [1, 2]);
    const { store } = service.opened;
    const address = { bucket: BUCKET, key: chunkKey(id) };
    expect(await store.get(address)).toBeNull();
    await client.close();
    await service.app.close();
    expect(await store.get(address)).toMatchObject({ size: 8 });
    await store.close();
  });
});
