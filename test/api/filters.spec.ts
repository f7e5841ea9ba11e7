import { describeApi, itHere, type Api } from '../kit/api.js';
import { OCTETS } from '../kit/client.js';
import { F64, I32, VSTR, type TestFile } from '../kit/file.js';

const NUMBERS = Array.from({ length: 2400 }, (_none, i) => (i * i) % 977);
/** HSDS 1.0 knows them, 0.9 does not. */
const ONLY_1_0 = ['lzf', 'snappy', 'szip'];
const LISTS = [
  [],
  ['gzip'],
  ['shuffle', 'lz4hc'],
  ['bitshuffle', 'zstd'],
  ['bitshuffle', 'gzip'],
  ['shuffle', 'blosclz', 'fletcher32'],
  ['nbit'],
  ['nbit', 'gzip'],
  ['scaleoffset', 'gzip'],
  ['shuffle', 'shuffle', 'lz4', 'zstd'],
  ...ONLY_1_0.map((name) => [name]),
];

/** A cache that keeps few chunks: most are read from the store. */
const NO_CACHE = { chunk_mem_cache_size: 6144 };

describeApi(
  'filters',
  (api) => {
    let file: TestFile;

    beforeAll(async () => {
      file = await api.file();
    });

    itHere.each(LISTS)(
      '[3/11.2] numbers and texts come back from the store through: %s %s %s %s',
      async (...filters) => {
        const layout = { class: 'H5D_CHUNKED', dims: [3, 11] };
        const properties = { creationProperties: { filters, layout } };
        const wide = NUMBERS.map((number) => number / 8);
        const texts = NUMBERS.slice(0, 60).map((number) => 'é'.repeat(number % 5) + String(number));
        const i = await file.filled(I32, [40, 60], NUMBERS, properties);
        const x = await file.filled(F64, [40, 60], wide, properties);
        const t = await file.filled(VSTR, [3, 20], texts, properties);
        await file.put('/?flush=1', 'null');
        const before = reads(api);
        expect(((await file.value(i)) as number[][]).flat()).toEqual(NUMBERS);
        expect(((await file.value(x)) as number[][]).flat()).toEqual(wide);
        expect(((await file.value(t)) as string[][]).flat()).toEqual(texts);
        expect(reads(api) - before).toBeGreaterThan(3);
        const bytes = await file.get(`/datasets/${i}/value`, {}, { accept: OCTETS });
        expect(bytes.bytes).toEqual(Buffer.from(Int32Array.from(NUMBERS).buffer));
      },
    );

    itHere.each([
      ['a name', 'zfp', 'filter zfp not recognized'],
      ['a number', 32_022, 'filter 32022 not recognized'],
      ['a class', { class: 'H5Z_FILTER_FOOBAR' }, 'filter H5Z_FILTER_FOOBAR not recognized'],
      [
        'a user filter',
        { class: 'H5Z_FILTER_USER', id: 32_022, name: 'zfp' },
        'filter 32022 not recognized',
      ],
      ['no filter at all', 'none', 'filter none is not supported'],
      ['another id', { class: 'H5Z_FILTER_LZ4', id: 5 }, 'filter H5Z_FILTER_LZ4 has id 32004'],
    ])(
      '[2/13] an unknown filter is 400 at creation, with its name: %s',
      async (_what, given, reason) => {
        const creationProperties = { filters: ['shuffle', given] };
        const before = await file.get('/datasets');
        const reply = await file.post('/datasets', { type: I32, shape: [4], creationProperties });
        expect([reply.status, reply.reason]).toEqual([400, reason]);
        expect((await file.get('/datasets')).at('datasets')).toEqual(before.at('datasets'));
      },
    );
  },
  NO_CACHE,
);

describeApi(
  'filters in the 0.9 dialect',
  (api) => {
    itHere.each(ONLY_1_0)('[2/13] %s is 400', async (name) => {
      const file = await api.file();
      const body = { type: I32, shape: [4], creationProperties: { filters: [name] } };
      const reply = await file.post('/datasets', body);
      expect([reply.status, reply.reason]).toEqual([400, `filter ${name} is not supported`]);
    });
  },
  { api_dialect: '0.9' },
);

function reads(api: Api): number {
  const counted = api.service.opened.meter.snapshot();
  return counted
    .filter(({ operation }) => operation === 'get')
    .reduce((sum, { count }) => sum + count, 0);
}
