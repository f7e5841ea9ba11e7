import { readFileSync } from 'node:fs';
import { gunzipSync, inflateSync } from 'node:zlib';
import { describeApi, itHere } from '../kit/api.js';
import { compound, I32, type TestFile } from '../kit/file.js';

const BUCKET = 'samples';
const TABLE = compound(['offset', 'H5T_STD_I64LE'], ['size', I32]);

type Row = [chunk: number[], offset: number, size: number];
const LOCATIONS = JSON.parse(readFileSync('test/fixtures/hdf5/locations.json', 'utf8')) as Record<
  string,
  Record<string, Row[]>
>;

interface Golden {
  name: string;
  plain: string;
  stored: string;
  filters: object[];
}
const filter = (file: string) => readFileSync(`test/fixtures/filters/${file}`);
const GOLDEN = JSON.parse(filter('index.json').toString()) as Golden[];

describeApi('files of libhdf5', (api) => {
  let file: TestFile;

  const put = async (key: string, bytes: Uint8Array) =>
    api.service.opened.store.put({ bucket: BUCKET, key }, bytes);

  beforeAll(async () => {
    if (process.env.HSDS_ENDPOINT) return;
    file = await api.file();
    await api.service.opened.store.createBucket(BUCKET);
  });

  /** A chunk table that is computed from a file. */
  const located = (path: string, key: string, shape: number[]) => {
    const initializer = ['chunklocator', `--h5path=${path}`, `--filepath=${key}`];
    return file.dataset(TABLE, shape, {
      creationProperties: { initializer: [...initializer, `--bucket=${BUCKET}`] },
    });
  };

  itHere(
    '[3/19.47] chunks of a dataset with one unlimited dimension are found and read',
    async () => {
      await put('growing.h5', gunzipSync(readFileSync('test/fixtures/hdf5/growing.h5.gz')));
      const chunk_table = await located('first', 'growing.h5', [50, 4]);
      const table = (await file.value(chunk_table)) as number[][][];
      for (const [[row = 0, column = 0], offset, size] of LOCATIONS.growing?.first ?? []) {
        expect(table[row]?.[column]).toEqual([offset, size]);
      }
      const layout = {
        class: 'H5D_CHUNKED_REF_INDIRECT',
        file_uri: `${BUCKET}/growing.h5`,
        dims: [2, 8],
        chunk_table,
      };
      const id = await file.dataset('H5T_STD_I16LE', [100, 30], { creationProperties: { layout } });
      const expected = [3, 4].map((row) => [7, 8, 29].map((column) => row * 30 + column));
      expect(await file.value(id, { select: '[3:5,[7,8,29]]' })).toEqual(expected);
    },
  );

  itHere(
    '[3/19.47] an index that cannot be read is refused, not taken for fill values',
    async () => {
      const bytes = gunzipSync(readFileSync('test/fixtures/hdf5/growing.h5.gz'));
      // Kind 4 of a chunk index and its parameters; there is no kind 9.
      const kind = Buffer.from([4, 32, 4, 4, 16, 10]);
      for (let at = bytes.indexOf(kind); at >= 0; at = bytes.indexOf(kind, at + 1)) bytes[at] = 9;
      await put('unknown.h5', bytes);
      const table = await located('first', 'unknown.h5', [50, 4]);
      const reply = await file.get(`/datasets/${table}/value`);
      expect([reply.status, reply.reason]).toEqual([501, 'HDF5 chunk index of kind 9']);
      const missing = await located('nosuch', 'unknown.h5', [2]);
      expect(await file.value(missing)).toEqual([
        [0, 0],
        [0, 0],
      ]);
    },
  );

  itHere.each([
    ['hdf5-nbit', 'H5T_STD_I16LE', Int16Array],
    ['hdf5-scaleoffset-i4', I32, Int32Array],
    ['hdf5-scaleoffset-gzip', I32, Int32Array],
    ['hdf5-scaleoffset-lef8', 'H5T_IEEE_F64LE', Float64Array],
    ['hdf5-shuffle-gzip-fletcher32', I32, Int32Array],
  ] as const)('[3/10.7] chunks with the filters of %s are decoded', async (name, type, array) => {
    const golden = GOLDEN.find((one) => one.name === name);
    const plain = new Uint8Array(inflateSync(filter(golden?.plain ?? '')));
    const numbers = [...new array(plain.buffer)];
    const stored = filter(golden?.stored ?? '');
    await put(`${name}.h5`, Buffer.concat([Buffer.alloc(100), stored]));
    const layout = {
      class: 'H5D_CHUNKED_REF',
      file_uri: `${BUCKET}/${name}.h5`,
      dims: [numbers.length],
      chunks: { '0': [100, stored.length] },
    };
    const creationProperties = { layout, filters: golden?.filters };
    const id = await file.dataset(type, [numbers.length], { creationProperties });
    const value = await file.value(id);
    expect(value).toEqual(numbers);
  });
});
