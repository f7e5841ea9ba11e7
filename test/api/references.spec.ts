import { describeApi, itHere } from '../kit/api.js';
import { compound, I32, type TestFile } from '../kit/file.js';

const BUCKET = 'samples';
const TABLE = compound(['offset', 'H5T_STD_I64LE'], ['size', I32]);

describeApi('datasets that refer to bytes of a file', (api) => {
  let file: TestFile;
  const numbers = Int32Array.from({ length: 100 }, (_none, i) => i * 3);
  const file_uri = `${BUCKET}/run7.h5`;

  beforeAll(async () => {
    if (process.env.HSDS_ENDPOINT) return;
    file = await api.file();
    const { store } = api.service.opened;
    await store.createBucket(BUCKET);
    const bytes = Buffer.concat([Buffer.alloc(64), Buffer.from(numbers.buffer)]);
    await store.put({ bucket: BUCKET, key: 'run7.h5' }, bytes);
  });

  const refer = (shape: number[], layout: object, more: object = {}) =>
    file.dataset(I32, shape, { creationProperties: { layout, ...more } });
  const some = (from: number, count: number) => [...numbers.slice(from, from + count)];

  itHere('[3/10.3] [3/10.2] contiguous bytes are read', async () => {
    const layout = { class: 'H5D_CONTIGUOUS_REF', file_uri, offset: 64, size: 400 };
    const id = await refer([10, 10], layout);
    expect(await file.value(id, { select: '[3,2:5]' })).toEqual([some(32, 3)]);
    expect(((await file.value(id)) as number[][]).flat()).toEqual(some(0, 100));
  });

  itHere('[3/10.3] [3/19.42] bytes past the end of the file are the fill value', async () => {
    const layout = { class: 'H5D_CONTIGUOUS_REF', file_uri, offset: 64, size: 480 };
    const id = await refer([120], layout, { fillValue: 9 });
    const value = (await file.value(id, { select: '[98:103]' })) as number[];
    expect(value).toEqual([...some(98, 2), 9, 9, 9]);
  });

  itHere('[3/10.4] chunks by their place; missing ones are the fill value', async () => {
    const chunks = { '0_0': [64, 40], '1_1': [104, 40] };
    const layout = { class: 'H5D_CHUNKED_REF', file_uri, dims: [2, 5], chunks };
    const id = await refer([4, 10], layout, { fillValue: -1 });
    expect(await file.value(id, { select: '[0,:]' })).toEqual([
      [...some(0, 5), -1, -1, -1, -1, -1],
    ]);
    expect(await file.value(id, { select: '[3,5:10]' })).toEqual([some(15, 5)]);
  });

  itHere('[3/10.5] chunks by a table that may be filled later', async () => {
    const chunk_table = await file.dataset(TABLE, [2]);
    const layout = { class: 'H5D_CHUNKED_REF_INDIRECT', file_uri, dims: [10], chunk_table };
    const id = await refer([20], layout);
    expect(await file.value(id, { select: '[10:13]' })).toEqual([0, 0, 0]);
    await file.write(chunk_table, [
      [64, 40],
      [144, 40],
    ]);
    expect(await file.value(id, { select: '[8:12]' })).toEqual([...some(8, 2), ...some(20, 2)]);
    const path = `/datasets/${id}/value`;
    const points = await file.post(path, { points: [19, 0] });
    expect(points.at('value')).toEqual([numbers[29], numbers[0]]);
  });

  itHere('[3/10.5] [3/19.45] small chunks are put together to larger ones', async () => {
    const chunk_table = await file.filled(
      TABLE,
      [4],
      [
        [64, 20],
        [84, 20],
        [0, 0],
        [124, 20],
      ],
    );
    const hyper = { hyper_dims: [5], dims: [10], chunk_table };
    const layout = { class: 'H5D_CHUNKED_REF_INDIRECT', file_uri, ...hyper };
    const id = await refer([20], layout);
    const expected = [...some(0, 10), 0, 0, 0, 0, 0, ...some(15, 5)];
    expect(await file.value(id)).toEqual(expected);
  });

  itHere('[3/7.1] [3/10.4] they are searched as any others', async () => {
    const type = compound(['a', I32], ['b', I32]);
    const chunks = { '0': [64, 80], '2': [224, 80] };
    const layout = { class: 'H5D_CHUNKED_REF', file_uri, dims: [10], chunks };
    const id = await file.dataset(type, [30], { creationProperties: { layout } });
    const reply = await file.get(`/datasets/${id}/value`, { query: 'a > 40', Limit: 6 });
    expect(reply.at('value')).toEqual([
      ...[7, 8, 9].map((row) => [row, row * 6, row * 6 + 3]),
      ...[20, 21, 22].map((row) => [row, row * 6, row * 6 + 3]),
    ]);
  });

  itHere(
    '[3/10.8] [3/19.44] they can not be written; a missing file is no fault of ours',
    async () => {
      const layout = { class: 'H5D_CONTIGUOUS_REF', file_uri, offset: 64, size: 400 };
      const id = await refer([100], layout);
      const put = await file.put(`/datasets/${id}/value`, { value: 1, element_count: 1 });
      expect([400, 405]).toContain(put.status);
      const missing = await refer([100], { ...layout, file_uri: `${BUCKET}/nosuch.h5` });
      expect([200, 404]).toContain((await file.get(`/datasets/${missing}/value`)).status);
      for (const uri of ['nobucket', '/x', 'gs://b/k', `${BUCKET}/../x`, '']) {
        const reply = await file.post('/datasets', {
          type: I32,
          shape: [100],
          creationProperties: { layout: { ...layout, file_uri: uri } },
        });
        if (reply.status === 400) continue;
        const read = await file.get(`/datasets/${reply.textAt('id')}/value`);
        expect([uri, read.status >= 400 && read.status < 500]).toEqual([uri, true]);
      }
    },
  );
});

describe.each([
  ['a list of buckets', { file_uri_buckets: ['elsewhere'] }],
  ['the default bucket only', { allow_any_bucket_read: false }],
])('a service whose datasets may refer to %s', (_what, settings) => {
  describeApi(
    'refuses the others',
    (api) => {
      const layout = { class: 'H5D_CONTIGUOUS_REF', offset: 0, size: 40 };

      const statusOf = async (file: TestFile, properties: object) => {
        const id = await file.dataset(I32, [10], { creationProperties: properties });
        return (await file.get(`/datasets/${id}/value`)).status;
      };

      itHere('[1/2.3] with a clear 403', async () => {
        const { store } = api.service.opened;
        await store.createBucket(BUCKET);
        await store.put({ bucket: BUCKET, key: 'run7.h5' }, Buffer.alloc(64));
        const file = await api.file();
        const file_uri = `${BUCKET}/run7.h5`;
        expect(await statusOf(file, { layout: { ...layout, file_uri } })).toBe(403);
        const initializer = [
          'chunklocator',
          '--h5path=/x',
          '--filepath=run7.h5',
          `--bucket=${BUCKET}`,
        ];
        expect(await statusOf(file, { initializer })).toBe(403);
      });
    },
    settings,
  );
});

describeApi('what the service itself stores', (api) => {
  itHere('[1/2.3] is no file to refer to', async () => {
    const file = await api.file();
    const bucket = 'hsdstest';
    for (const key of ['db/1-2/.group.json', '_hsds/cluster/x/epoch.json', 'home/.domain.json']) {
      const layout = {
        class: 'H5D_CONTIGUOUS_REF',
        file_uri: `${bucket}/${key}`,
        offset: 0,
        size: 40,
      };
      const id = await file.dataset(I32, [10], { creationProperties: { layout } });
      expect((await file.get(`/datasets/${id}/value`)).status).toBe(403);
    }
  });
});
