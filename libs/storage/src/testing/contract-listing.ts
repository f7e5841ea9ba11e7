import type { ListOptions } from '../object-store.js';
import type { ContractContext } from './contract.js';
import { listModel } from './listing-model.js';

const NAMES = [
  'a',
  'a-b/x',
  'a.json',
  'b/1',
  'b/2',
  'b/c/3',
  'b/c/d/4',
  'bb/5',
  'c\u{1F600}/6',
  'c\uffee/7',
  'd/.domain.json',
  'd/e/.domain.json',
  'f0/g',
  'f/g',
];
const PREFIXES = ['', 'b', 'b/', 'b/c', 'b/c/', 'a', 'd/e/', 'f', 'zz', 'c\u{1F600}', 'b/1'];
const AFTERS = [undefined, 'a', 'a-b/', 'b/', 'b/1', 'b/c/', 'b/c/3', 'bb/', 'c', 'd/e', 'zz'];

/** Listings against a model: every prefix, start, fold and page size of a small tree. */
export function describeListing(context: ContractContext): void {
  describeModel(context);
  describePaging(context);
}

function describeModel({ store, fresh }: ContractContext): void {
  it('lists as the model does', async () => {
    const { bucket, key: base } = fresh('tree/');
    const keys = NAMES.map((name) => base + name);
    for (const key of keys) await store().put({ bucket, key }, Uint8Array.of(1, 2));
    for (const prefix of PREFIXES) {
      for (const after of AFTERS) {
        for (const [limit, folders] of [
          [2, true],
          [3, false],
          [1000, true],
        ] as const) {
          const options: ListOptions = {
            prefix: base + prefix,
            folders,
            limit,
            ...(after === undefined ? {} : { after: base + after }),
          };
          const page = await store().list(bucket, options);
          const listed = {
            keys: page.objects.map(({ key }) => key),
            prefixes: page.prefixes,
            truncated: page.truncated,
          };
          expect({ options, ...listed }).toEqual({ options, ...listModel(keys, options) });
        }
      }
    }
  });
}

function describePaging({ store, fresh }: ContractContext): void {
  it('pages through everything, once each', async () => {
    const { bucket, key: base } = fresh('tree/');
    const keys = Array.from({ length: 23 }, (_, at) => `${base}${at % 3}/${at}`);
    await Promise.all(keys.map((key) => store().put({ bucket, key }, Uint8Array.of(1))));
    const listed: string[] = [];
    for (let more = true; more;) {
      const after = listed.at(-1);
      const page = await store().list(bucket, {
        prefix: base,
        limit: 4,
        ...(after === undefined ? {} : { after }),
      });
      listed.push(...page.objects.map(({ key }) => key));
      more = page.truncated;
    }
    expect(listed).toEqual(listModel(keys, { prefix: base }).keys);
  });

  it('lists the versions that a head shows, and nothing that was deleted', async () => {
    const { bucket, key: base } = fresh('tree/');
    await store().put({ bucket, key: `${base}x/y/z` }, Uint8Array.of(1));
    const { etag } = await store().put({ bucket, key: `${base}k` }, Uint8Array.of(1, 2, 3));
    await store().delete({ bucket, key: `${base}x/y/z` });
    const page = await store().list(bucket, { prefix: base, folders: true });
    expect(page.prefixes).toEqual([]);
    expect(page.objects).toEqual([expect.objectContaining({ key: `${base}k`, etag, size: 3 })]);
  });
}
