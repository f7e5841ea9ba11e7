import fc from 'fast-check';
import { parseDatasetSpace, type Dataspace } from '../dataspace/dataspace.js';
import { parseTypeJson } from '../datatype/json.js';
import type { Datatype } from '../datatype/datatype.js';
import type { JsonOut } from '../json/json.js';
import { toJson, toJsonMap } from '../json/literal.js';
import { chunkBytes, shrinkChunk } from './guess.js';
import { effectiveLayout, layoutForBoth, parseLayout, type LayoutRequest } from './layout.js';

const failing = (kind: string) => expect.objectContaining({ kind }) as unknown as Error;

const MIN = 1 << 20;
const MAX = 4 << 20;
const limits = { minChunkSize: MIN, maxChunkSize: MAX, maxChunksPerFolder: 0 };
const I8 = parseTypeJson('H5T_STD_I8LE').type;
const I16 = parseTypeJson('H5T_STD_I16LE').type;
const I32 = parseTypeJson('H5T_STD_I32LE').type;
const F64 = parseTypeJson('H5T_IEEE_F64LE').type;
const S = (length: number | 'variable'): Datatype => ({
  class: 'string',
  length,
  charSet: 'ascii',
});
const V = S('variable');

const spaceOf = (shape: JsonOut, maxdims?: JsonOut): Dataspace =>
  parseDatasetSpace({ shape: toJson(shape), ...(maxdims && { maxdims: toJson(maxdims) }) });
const layoutOf = (
  type: Datatype,
  space: Dataspace,
  layout?: JsonOut,
  more: Partial<LayoutRequest> = {},
) =>
  effectiveLayout({
    type,
    space,
    layoutJson: layout === undefined ? undefined : toJson(layout),
    filtersPresent: false,
    limits,
    keepGivenDims: false,
    ...more,
  });
const chunked = (dims: number[]) => ({ class: 'H5D_CHUNKED', dims });

type Row = [
  type: Datatype,
  dims: number[],
  maxdims: number[] | null,
  given: number[] | null,
  dims: number[],
];

/** The vectors of the reference with default settings. */
const VECTORS: Row[] = [
  [I32, [10, 20], null, null, [10, 20]],
  [I32, [0], null, null, [0]],
  [I32, [5, 0], null, null, [5, 0]],
  [I32, [10], [0], null, [262144]],
  [I32, [0], [0], null, [262144]],
  [I32, [10], [20], null, [20]],
  [I32, [10, 20], [30, 0], null, [30, 16384]],
  [I32, [0, 3, 0], [0, 3, 0], null, [512, 2, 1024]],
  [I8, [5000, 5000], null, null, [1250, 2500]],
  [I8, [4000000], [5000000], null, [2500000]],
  [I32, [50000, 80000], null, null, [782, 1250]],
  [I32, [50000, 80000, 90000], null, null, [49, 79, 176]],
  [I32, [0, 80000, 90000], [0, 80000, 900000], null, [2, 157, 1758]],
  [I32, [365, 780, 1024], [0, 780, 1024], null, [64, 98, 128]],
  [I32, [365, 780, 1024], [0, 780, 1024], [1, 390, 512], [1, 390, 1024]],
  [F64, [1000000000], null, null, [488282]],
  [F64, [0, 0], [0, 0], null, [512, 1024]],
  [F64, [100, 0], [200, 0], null, [200, 1024]],
  [V, [100], null, null, [100]],
  [V, [100000], null, null, [25000]],
  [S(2000000), [1], [0], null, [2]],
  [S(5000000), [3, 4], null, null, [1, 1]],
  [I32, [100, 200], null, [10, 20], [100, 200]],
  [I32, [100], [300], [200], [300]],
  [I32, [100], [0], [400], [409600]],
  [I32, [45, 54], null, [10, 10], [45, 54]],
  [F64, [6], [0], null, [131072]],
  [I32, [4, 8], [4, 0], null, [4, 65536]],
  [I32, [1, 0], [0, 0], null, [1024, 1024]],
  [I32, [0, 12], [0, 12], null, [32768, 12]],
  [F64, [6, 7], [60, 7], null, [60, 7]],
  [I32, [500], [100000000], null, [781250]],
  [F64, [1000000], null, null, [500000]],
  [F64, [1000000000], null, [1000000000], [488282]],
  [I16, [1000, 2000, 30], null, null, [250, 500, 15]],
  [F64, [1000, 1000], null, [10, 10], [320, 640]],
  [V, [100], [0], null, [8192]],
];

describe('effectiveLayout', () => {
  it.each(VECTORS)('of %j with dims %j, maxdims %j, given %j is %j', (type, dims, ...rest) => {
    const [maxdims, given, expected] = rest;
    const layout = given === null ? undefined : chunked(given);
    const found = layoutOf(type, spaceOf(dims, maxdims ?? undefined), layout);
    expect(found).toEqual(toJsonMap(chunked(expected)));
  });

  it('shrinks the first dimensions first', () => {
    const sizing = { itemBytes: 4, minChunkSize: MIN, maxChunkSize: MAX };
    expect(shrinkChunk([117, 201, 189, 1], sizing)).toEqual([59, 101, 95, 1]);
  });

  it.each([
    [[1500001], [750001]],
    [
      [100, 2000000],
      [1, 1000000],
    ],
    [
      [5000, 5000],
      [157, 5000],
    ],
    [
      [10, 0],
      [10, 0],
    ],
    [
      [10, 20],
      [10, 20],
    ],
  ])('gives whole rows of a contiguous file: %j as %j', (dims, expected) => {
    const layout = { class: 'H5D_CONTIGUOUS_REF', file_uri: 'b/k', offset: 2048, size: 80 };
    expect(layoutOf(I32, spaceOf(dims), layout)).toEqual(toJsonMap(chunked(expected)));
  });

  it('keeps what the client asked for where it should', () => {
    const space = spaceOf([365, 780, 1024], [0, 780, 1024]);
    const keep = { keepGivenDims: true };
    const given = chunked([1, 390, 512]);
    expect(layoutOf(I32, space, given, keep)).toEqual(toJsonMap(given));
    expect(layoutOf(I32, space, undefined, keep)).toEqual(toJsonMap(chunked([64, 98, 128])));
    const huge = chunked([2 ** 40, 780, 1024]);
    expect(() => layoutOf(I32, space, huge, keep)).toThrow(failing('invalid'));
    for (const layoutClass of ['H5D_CHUNKED_REF', 'H5D_CHUNKED_REF_INDIRECT']) {
      const table = 'd-5f1c2a90-7be3d481-4c27-1b80ef-96a35d';
      const more = { file_uri: 'b/k', chunks: {}, chunk_table: table };
      const layout = { class: layoutClass, dims: [2, 2], ...more };
      expect(layoutOf(I32, spaceOf([5, 5]), layout)).toEqual(toJsonMap(chunked([2, 2])));
      const parsed = parseLayout(toJson(layout), { type: I32, space: spaceOf([5, 5]) });
      expect(parsed).toMatchObject({ class: layoutClass, dims: [2, 2] });
    }
  });

  it('has no chunks for null spaces, one for scalars, none of its own for compact ones', () => {
    const compact = { class: 'H5D_COMPACT' };
    expect(layoutOf(I32, { class: 'null' })).toBeUndefined();
    expect(layoutOf(I32, { class: 'null' }, { class: 'H5D_CONTIGUOUS' })).toBeUndefined();
    expect(layoutOf(I32, { class: 'null' }, compact)).toEqual(toJsonMap(compact));
    expect(layoutOf(S(5000000), { class: 'scalar' })).toEqual(toJsonMap(chunked([1])));
    expect(layoutOf(I32, spaceOf([10]), compact)).toEqual(toJsonMap(compact));
    expect(layoutOf(I32, spaceOf([10], [20]), compact)).toEqual(toJsonMap(chunked([20])));
    const filtered = { filtersPresent: true };
    const contiguous = { class: 'H5D_CONTIGUOUS' };
    expect(layoutOf(I32, spaceOf([10]), contiguous, filtered)).toEqual(toJsonMap(chunked([10])));
  });

  it('counts partitions only when there are many chunks', () => {
    const partitionsOf = (
      shape: JsonOut,
      maxdims: JsonOut | undefined,
      maxChunksPerFolder: number,
    ) =>
      layoutOf(I8, spaceOf(shape, maxdims), undefined, {
        limits: { ...limits, maxChunksPerFolder },
      })?.get('partition_count');
    expect(partitionsOf([5000, 5000], undefined, 0)).toBeUndefined();
    expect(partitionsOf([5000, 5000], undefined, 8)).toBeUndefined();
    expect(partitionsOf([5000, 5000], undefined, 7)).toBe(2);
    // One unlimited dimension counts 1 000 000 elements: 977 chunks of 1024 by 1024.
    expect(partitionsOf([10, 1024], [0, 1024], 100)).toBe(10);
    expect(partitionsOf([0], undefined, 1)).toBeUndefined();
  });

  it.each<[Datatype, Dataspace, JsonOut, boolean?]>([
    [I32, spaceOf([10]), 5],
    [I32, spaceOf([10]), {}],
    [I32, spaceOf([10]), { class: 'H5D_FOO' }],
    [I32, spaceOf([10]), { class: 'H5D_CHUNKED' }],
    [I32, spaceOf([10]), chunked([0])],
    [I32, spaceOf([10]), chunked([11])],
    [I32, spaceOf([10]), chunked([2, 2])],
    [I32, spaceOf([10]), { class: 'H5D_CHUNKED', dims: [1.5] }],
    [I32, spaceOf([10], [20]), chunked([21])],
    [I32, { class: 'scalar' }, chunked([1])],
    [I32, { class: 'null' }, chunked([1])],
    [I32, spaceOf([10]), { class: 'H5D_CONTIGUOUS', dims: [2] }],
    [I32, spaceOf([10]), { class: 'H5D_COMPACT', dims: [2] }],
    [I32, spaceOf([10]), { class: 'H5D_CONTIGUOUS_REF', offset: 1, size: 2 }],
    [V, spaceOf([10]), { class: 'H5D_CONTIGUOUS_REF', file_uri: 'b/k', offset: 1, size: 2 }],
    [I32, { class: 'null' }, { class: 'H5D_CONTIGUOUS_REF', file_uri: 'b/k', offset: 1, size: 2 }],
    [I32, spaceOf([10]), { class: 'H5D_CHUNKED_REF_INDIRECT', dims: [2], chunk_table: 'd-1' }],
    [I32, spaceOf([10]), { class: 'H5D_COMPACT' }, true],
    [I32, { class: 'null' }, null, true],
    [I32, spaceOf([9]), { class: 'H5D_CONTIGUOUS_REF', file_uri: 'b', offset: 1, size: 2 }, true],
  ])('refuses %j of %j laid out as %j', (type, space, layout, filtersPresent = false) => {
    expect(() => layoutOf(type, space, layout, { filtersPresent })).toThrow(failing('invalid'));
  });

  it('accepts an integer as dims of rank 1', () => {
    const space = spaceOf([10], [0]);
    expect(layoutOf(I32, space, { class: 'H5D_CHUNKED', dims: 400 })).toEqual(
      toJsonMap(chunked([409600])),
    );
  });

  it('ends, and keeps chunks within the maximum, whatever the shape', () => {
    const dim = fc.tuple(fc.nat(1e7), fc.constantFrom(-1, 0, 1, 1e6));
    const property = fc.property(
      fc.array(dim, { minLength: 1, maxLength: 4 }),
      fc.boolean(),
      fc.integer({ min: 1, max: MAX }),
      (list, extensible, length) => {
        const dims = list.map(([extent]) => Math.floor(extent ** (1 / list.length)));
        const maxdims = list.map(([, room], i) => (room < 0 ? dims[i]! : room && dims[i]! + room));
        const layout = layoutOf(S(length), spaceOf(dims, extensible ? maxdims : undefined));
        const chunk = layout?.get('dims') as number[];
        const sizing = { itemBytes: length, ...limits };
        expect(chunkBytes(chunk, sizing)).toBeLessThanOrEqual(Math.max(MAX, 2 * MIN + length));
        if (!extensible) expect(chunk.every((extent, i) => extent <= Math.max(dims[i]!, 1024)));
      },
    );
    fc.assert(property);
  });
});

describe('layoutForBoth', () => {
  const used = chunked([4]);
  type Layout = Record<string, JsonOut>;
  type Pair = [
    what: string,
    given: Layout,
    dims: number[],
    maxdims: number[] | undefined,
    used: Layout,
    stored: string,
  ];
  it.each<Pair>([
    ['one whole chunk', { class: 'H5D_CONTIGUOUS' }, [10], undefined, chunked([10]), 'given'],
    ['several chunks', { class: 'H5D_CONTIGUOUS' }, [10], undefined, used, 'used'],
    ['an extent that grows', { class: 'H5D_COMPACT' }, [10], [20], chunked([10]), 'used'],
    ['chunks as given', used, [10], undefined, used, 'given'],
    ['partitions', used, [10], undefined, { ...used, partition_count: 2 }, 'used'],
    ['a file', { class: 'H5D_CHUNKED_REF', dims: [5] }, [10], undefined, chunked([5]), 'given'],
    ['a compact one', { class: 'H5D_COMPACT' }, [10], undefined, { class: 'H5D_COMPACT' }, 'given'],
  ])('%s', (_what, ...[given, dims, maxdims, effective, expected]) => {
    const layouts = { given: toJsonMap(given), used: toJsonMap(effective) };
    const found = layoutForBoth(layouts.given, layouts.used, spaceOf(dims, maxdims));
    expect(found).toBe(expected === 'given' ? layouts.given : layouts.used);
  });
});
