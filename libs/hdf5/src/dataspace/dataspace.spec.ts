import fc from 'fast-check';
import { parseJson } from '../json/parse.js';
import { toJson, toJsonMap } from '../json/literal.js';
import type { JsonOut } from '../json/json.js';
import {
  formatShape,
  parseAttributeSpace,
  parseDatasetSpace,
  parseStoredShape,
  spaceElementCount,
  type Dataspace,
} from './dataspace.js';
import { parseShapeChange, resize } from './resize.js';

const failing = (kind: string) => expect.objectContaining({ kind }) as unknown as Error;

const simple = (dims: number[], maxdims?: number[]): Dataspace =>
  maxdims === undefined ? { class: 'simple', dims } : { class: 'simple', dims, maxdims };
const dataset = (shape?: JsonOut, maxdims?: JsonOut): Dataspace =>
  parseDatasetSpace({
    shape: shape === undefined ? undefined : toJson(shape),
    maxdims: maxdims === undefined ? undefined : toJson(maxdims),
  });

describe('parseDatasetSpace', () => {
  it.each<[JsonOut | undefined, JsonOut | undefined, Dataspace]>([
    [undefined, undefined, { class: 'scalar' }],
    [[], undefined, { class: 'scalar' }],
    ['H5S_SCALAR', undefined, { class: 'scalar' }],
    ['H5S_NULL', undefined, { class: 'null' }],
    [5, undefined, simple([5])],
    [0, 0, simple([0], [0])],
    [[10, 0], undefined, simple([10, 0])],
    [[10, 20], [30, 0], simple([10, 20], [30, 0])],
    [[10, 20, 3], ['H5S_UNLIMITED', null, 3], simple([10, 20, 3], [0, 0, 3])],
    [[10], 'H5S_UNLIMITED', simple([10], [0])],
    [[10], 12, simple([10], [12])],
    [[10], null, simple([10])],
    [{ class: 'H5S_SIMPLE', dims: [4] }, undefined, simple([4])],
    [{ class: 'H5S_SIMPLE', dims: [4], maxdims: [0] }, undefined, simple([4], [0])],
    [{ class: 'H5S_SIMPLE', dims: [4], maxdims: null }, undefined, simple([4])],
    [{ class: 'H5S_NULL' }, undefined, { class: 'null' }],
  ])('reads shape %j, maxdims %j', (shape, maxdims, expected) => {
    expect(dataset(shape, maxdims)).toEqual(expected);
  });

  it.each<[JsonOut | undefined, JsonOut | undefined]>([
    [null, undefined],
    ['H5S_SIMPLE', undefined],
    [-1, undefined],
    [true, undefined],
    [[true], undefined],
    [['5'], undefined],
    [[1.5], undefined],
    [{}, undefined],
    [{ class: 'H5S_SIMPLE' }, undefined],
    [[2 ** 30, 2 ** 30], undefined],
    [Array<number>(33).fill(1), undefined],
    [[10], [5]],
    [[10], [20, 20]],
    [[10, 20], 20],
    [[10], [-1]],
    [[10], ['x']],
    [[10], 'x'],
    [undefined, [0]],
    ['H5S_NULL', 0],
  ])('refuses shape %j, maxdims %j', (shape, maxdims) => {
    expect(() => dataset(shape, maxdims)).toThrow(failing('invalid'));
  });

  it('refuses extents that are written as floats or too long', () => {
    for (const shape of ['5.0', '[1e3]', '9007199254740993']) {
      expect(() => parseDatasetSpace({ shape: parseJson(shape) })).toThrow(failing('invalid'));
    }
  });
});

describe('parseAttributeSpace', () => {
  it.each<[JsonOut | undefined, Dataspace]>([
    [undefined, { class: 'scalar' }],
    [{ class: 'H5S_SCALAR', dims: [2] }, { class: 'scalar' }],
    [{ class: 'H5S_SIMPLE', dims: 3, maxdims: [9] }, simple([3])],
    [[2, 3], simple([2, 3])],
    [{ class: 'H5S_NULL' }, { class: 'null' }],
  ])('reads %j', (shape, expected) => {
    expect(parseAttributeSpace(shape === undefined ? undefined : toJson(shape))).toEqual(expected);
  });

  it.each<JsonOut>([{ class: 'H5S_NULL', dims: [] }, { class: 'x' }, null, -1, [-1], 'H5S_SIMPLE'])(
    'refuses %j',
    (shape) => {
      expect(() => parseAttributeSpace(toJson(shape))).toThrow(failing('invalid'));
    },
  );
});

describe('formatShape', () => {
  it('writes unlimited as 0 or as text', () => {
    const space = simple([10, 20], [30, 0]);
    const json = { class: 'H5S_SIMPLE', dims: [10, 20], maxdims: [30, 0] };
    expect(formatShape(space)).toEqual(toJsonMap(json));
    expect(formatShape(space, { unlimited: 'string' })).toEqual(
      toJsonMap({ ...json, maxdims: [30, 'H5S_UNLIMITED'] }),
    );
    expect(formatShape({ class: 'scalar' })).toEqual(toJsonMap({ class: 'H5S_SCALAR' }));
  });

  it('writes what parseStoredShape reads', () => {
    const dim = fc.tuple(fc.nat(50), fc.option(fc.nat(50), { nil: undefined }));
    const property = fc.property(
      fc.array(dim, { minLength: 1, maxLength: 5 }),
      fc.boolean(),
      fc.constantFrom('zero', 'string'),
      (list, extensible, unlimited) => {
        const dims = list.map(([extent]) => extent);
        const maxdims = list.map(([extent, room]) => (room === undefined ? 0 : extent + room));
        const space = extensible ? simple(dims, maxdims) : simple(dims);
        expect(parseStoredShape(formatShape(space, { unlimited }))).toEqual(space);
        expect(spaceElementCount(space)).toBe(dims.reduce((a, b) => a * b));
      },
    );
    fc.assert(property);
  });

  it('counts elements', () => {
    expect(spaceElementCount({ class: 'null' })).toBe(0);
    expect(spaceElementCount({ class: 'scalar' })).toBe(1);
    expect(spaceElementCount(simple([2 ** 53 - 1, 0, 2 ** 53 - 1]))).toBe(0);
    expect(() => parseStoredShape('x')).toThrow(failing('corrupt'));
  });
});

describe('resize', () => {
  const space = simple([10, 20], [30, 0]);
  const apply = (from: Dataspace, body: JsonOut) => resize(from, parseShapeChange(toJson(body)));

  it.each<[JsonOut, number[], string | undefined]>([
    [{ extend: 5 }, [15, 20], '[10:15,:]'],
    [{ extend: '5', extend_dim: 1 }, [10, 25], '[:,20:25]'],
    [{ shape: [10, 500] }, [10, 500], '[:,20:500]'],
    [{ shape: [10, 20] }, [10, 20], undefined],
    [{ shape: [5, 20] }, [5, 20], undefined],
    [{ shape: [5, 30] }, [5, 30], undefined],
    [{ shape: [11, 21] }, [11, 21], undefined],
    [{ shape: [30, 0] }, [30, 0], undefined],
  ])('applies %j', (body, dims, selection) => {
    const resized = apply(space, body);
    expect(resized.space).toEqual(simple(dims, [30, 0]));
    expect(resized.selection).toBe(selection);
    expect(resized.changed).toBe(String(dims) !== '10,20');
    expect(resized.shrunk).toBe((dims[0] ?? 0) < 10 || (dims[1] ?? 0) < 20);
  });

  it.each<[Dataspace, JsonOut, string]>([
    [space, { shape: [31, 20] }, 'conflict'],
    [space, { extend: 21 }, 'conflict'],
    [simple([0, 3, 0], [0, 3, 0]), { extend: 1, extend_dim: 1 }, 'conflict'],
    [space, { shape: 10 }, 'invalid'],
    [space, { shape: [10, -1] }, 'invalid'],
    [space, { shape: null }, 'invalid'],
    [space, { shape: [30, 2 ** 52] }, 'invalid'],
    [space, { extend: 0 }, 'invalid'],
    [space, { extend: 'x' }, 'invalid'],
    [space, { extend: true }, 'invalid'],
    [space, { extend: 1, extend_dim: 2 }, 'invalid'],
    [space, { extend: 1, extend_dim: -1 }, 'invalid'],
    [space, { extend: 1, shape: [1, 1] }, 'invalid'],
    [space, {}, 'invalid'],
    [space, [1], 'invalid'],
    [simple([10, 20]), { shape: [10, 20] }, 'invalid'],
    [{ class: 'scalar' }, { shape: [1] }, 'invalid'],
  ])('refuses to change %j by %j', (from, body, kind) => {
    expect(() => apply(from, body)).toThrow(failing(kind));
  });
});
