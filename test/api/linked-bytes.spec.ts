import { deflateSync } from 'node:zlib';
import type { ObjectStore } from '#storage';
import { describeApi, itHere } from '../kit/api.js';
import { I32, type TestFile } from '../kit/file.js';

const BUCKET = 'samples';
const ROWS = 1000;
const COLUMNS = 1000;
const ROW_BYTES = COLUMNS * 4;
const ALL_BYTES = ROWS * ROW_BYTES;

describeApi('how much of a referenced file is read', (api) => {
  let file: TestFile;
  let read: { offset: number; length: number }[] = [];
  const numbers = Int32Array.from({ length: ROWS * COLUMNS }, (_none, i) => i);
  const packed = deflateSync(Buffer.from(numbers.buffer), { level: 1 });

  beforeAll(async () => {
    if (process.env.HSDS_ENDPOINT) return;
    file = await api.file();
    const { store } = api.service.opened;
    await store.createBucket(BUCKET);
    await store.put({ bucket: BUCKET, key: 'plain.h5' }, Buffer.from(numbers.buffer));
    await store.put({ bucket: BUCKET, key: 'packed.h5' }, packed);
    watch(store);
  });
  beforeEach(() => {
    read = [];
  });

  function watch(store: ObjectStore): void {
    const get = store.get.bind(store);
    store.get = (address, options) => {
      if (address.bucket === BUCKET && options?.range) read.push(options.range);
      return get(address, options);
    };
  }
  const bytesRead = () => read.reduce((sum, { length }) => sum + length, 0);
  const refer = (layout: object, more: object = {}) =>
    file.dataset(I32, [ROWS, COLUMNS], { creationProperties: { layout, ...more } });
  const chunked = (name: string, size: number) => ({
    class: 'H5D_CHUNKED_REF',
    file_uri: `${BUCKET}/${name}.h5`,
    dims: [ROWS, COLUMNS],
    chunks: { '0_0': [0, size] },
  });
  const contiguous = {
    class: 'H5D_CONTIGUOUS_REF',
    file_uri: `${BUCKET}/plain.h5`,
    offset: 0,
    size: ALL_BYTES,
  };

  itHere.each([
    ['contiguous', contiguous],
    ['chunked', chunked('plain', ALL_BYTES)],
  ])('[3/10.6] of plain bytes, %s, what is asked for and no more', async (_name, layout) => {
    const id = await refer(layout);
    const row = [...numbers.slice(500 * COLUMNS, 501 * COLUMNS)];
    expect(await file.value(id, { select: '[500:501,:]' })).toEqual([row]);
    expect(read.map(({ length }) => length)).toEqual([ROW_BYTES]);
    read = [];
    const few = await file.value(id, { select: '[10:20:5,3:6]' });
    expect(few).toEqual([
      [10_003, 10_004, 10_005],
      [15_003, 15_004, 15_005],
    ]);
    expect(read.map(({ length }) => length)).toEqual([12, 12]);
    read = [];
    const points = await file.post(`/datasets/${id}/value`, {
      points: [
        [999, 999],
        [0, 7],
        [0, 9],
      ],
    });
    expect(points.at('value')).toEqual([999_999, 7, 9]);
    expect(read.map(({ length }) => length).sort((a, b) => a - b)).toEqual([4, 12]);
  });

  itHere('[3/10.6] a column is read with few requests, rather with more bytes', async () => {
    const id = await refer(chunked('plain', ALL_BYTES));
    const column = (await file.value(id, { select: '[:,0:1]' })) as number[][];
    expect(column.flat()).toEqual(Array.from({ length: ROWS }, (_none, i) => i * COLUMNS));
    expect(read.length).toBeLessThanOrEqual(64);
    const fancy = await file.value(id, { select: '[[1,7,900],5:6]' });
    expect(fancy).toEqual([[1005], [7005], [900_005]]);
  });

  itHere(
    '[3/10.7] chunks with filters are read and decoded once for many small reads',
    async () => {
      const filters = { filters: ['gzip'] };
      const id = await refer(chunked('packed', packed.length), filters);
      const reads = Array.from({ length: 50 }, async (_none, i) => {
        const value = await file.value(id, { select: `[${i * 20}:${i * 20 + 1},7:8]` });
        expect(value).toEqual([[i * 20 * COLUMNS + 7]]);
      });
      await Promise.all(reads);
      for (let i = 0; i < 50; i += 1) {
        expect(await file.value(id, { select: `[${i}:${i + 1},0:1]` })).toEqual([[i * COLUMNS]]);
      }
      expect([read.length, bytesRead()]).toEqual([1, packed.length]);
    },
  );
});
