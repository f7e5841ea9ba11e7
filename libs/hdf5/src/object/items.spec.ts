import type { Json, JsonOut } from '../json/json.js';
import { toJson, toJsonMap } from '../json/literal.js';
import { parseTypeJson } from '../datatype/json.js';
import { parseAttributeItem, sameAttribute } from './attribute.js';
import { BULK_WINDOW, SINGLE_ITEM_WINDOW } from './created.js';
import { parseFillValue, withoutNullFill } from './fill.js';
import { normaliseFilters, parseFilterEntries } from './filters.js';
import { parseLinkItem, parseLinkTitle, sameLink } from './link.js';

const failing = (kind: string) => expect.objectContaining({ kind }) as unknown as Error;
const G = 'g-5f1c2a90-7be3d481-03b6-9e41c7-52d8aa';
const T = 't-5f1c2a90-7be3d481-8e95-c604d2-3fb71a';
const NOW = 1_795_332_627.5;

describe('parseLinkItem', () => {
  const link = (json: JsonOut) => parseLinkItem(toJson(json), NOW);
  const hard = { class: 'H5L_TYPE_HARD', id: G, created: NOW };
  const soft = { class: 'H5L_TYPE_SOFT', h5path: 'x/y', created: NOW };
  const external = { class: 'H5L_TYPE_EXTERNAL', h5path: '/x', h5domain: 'hdf5:/o', created: NOW };

  it.each<[JsonOut, object]>([
    [{ id: G, title: 'x', created: 5 }, hard],
    [{ id: G, class: 'H5L_TYPE_HARD' }, hard],
    [{ h5path: 'x/y' }, soft],
    [{ h5path: 'x/y', h5domain: '' }, soft],
    [{ h5path: 'x/y', file: '', class: 'H5L_TYPE_EXTERNAL' }, soft],
    [{ h5path: '/x', h5domain: 'hdf5:/o' }, external],
    [{ h5path: '/x', file: 'hdf5:/o', class: 'H5L_TYPE_EXTERNAL' }, external],
  ])('reads %j', (json, expected) => {
    expect(link(json)).toEqual(expected);
  });

  it.each<JsonOut>([
    ...[null, [], {}, { id: 'g-1' }, { id: 7 }, { id: G, h5path: 'x' }, { h5path: '' }],
    ...[{ h5path: 5 }, { h5domain: '/o' }, { h5path: 'x', h5domain: 5 }],
    ...[
      { id: G, class: 'H5L_TYPE_SOFT' },
      { h5path: 'x', class: 'H5L_TYPE_HARD' },
    ],
    ...[
      { h5path: 'x', class: 'H5L_TYPE_EXTERNAL' },
      { h5path: 'x', class: 'H5L_TYPE_USER_DEFINED' },
    ],
  ])('refuses %j', (json) => {
    expect(() => link(json)).toThrow(failing('invalid'));
  });

  it('honours a client’s time only within its window', () => {
    const made = (created: Json, window = SINGLE_ITEM_WINDOW) =>
      parseLinkItem(
        new Map<string, Json>([
          ['id', G],
          ['created', created],
        ]),
        NOW,
        window,
      ).created;
    expect(made(NOW - 10)).toBe(NOW - 10);
    expect(made(NOW - 11)).toBe(NOW);
    expect(made(Math.floor(NOW))).toBe(Math.floor(NOW));
    expect(made(999)).toBe(NOW);
    expect(made(NOW - 299, BULK_WINDOW)).toBe(NOW - 299);
    expect([made(NOW + 301, BULK_WINDOW), made('x', BULK_WINDOW), made(NaN)]).toEqual([
      NOW,
      NOW,
      NOW,
    ]);
  });

  it('compares class and target', () => {
    expect(sameLink(link({ id: G }), { ...link({ id: G }), created: 1 })).toBe(true);
    expect(sameLink(link({ h5path: 'x' }), link({ h5path: 'x', file: 'f' }))).toBe(false);
    expect(sameLink(link({ h5path: 'x', file: 'g' }), link({ h5path: 'x', file: 'f' }))).toBe(
      false,
    );
  });

  it('takes titles without a slash', () => {
    expect(parseLinkTitle('#x ü')).toBe('#x ü');
    for (const title of ['', 'a/b', 5])
      expect(() => parseLinkTitle(title)).toThrow(failing('invalid'));
  });
});

describe('parseAttributeItem', () => {
  const int = { class: 'H5T_INTEGER', base: 'H5T_STD_I8LE' };
  const item = (json: JsonOut, committedTypes?: ReadonlyMap<string, Json>) =>
    parseAttributeItem(toJson(json), { now: NOW, ...(committedTypes && { committedTypes }) });

  it('normalises type and shape, keeps the value', () => {
    const given = { type: 'H5T_STD_I8LE', shape: 2, value: ['1', 2.5], created: 3, name: 'x' };
    const { attribute, type, space } = item(given);
    expect(attribute).toEqual({
      type: toJson(int),
      shape: toJson({ class: 'H5S_SIMPLE', dims: [2] }),
      value: ['1', 2.5],
      created: NOW,
    });
    expect([type, space]).toEqual([
      parseTypeJson('H5T_STD_I8LE').type,
      { class: 'simple', dims: [2] },
    ]);
    const none = { type: int, shape: 'H5S_NULL' };
    expect(item(none).attribute.value).toBeNull();
    expect(item({ ...none, value: null }).attribute).toEqual(item(none).attribute);
    expect(item({ type: int, value: 'AA==', encoding: 'base64' }).attribute.encoding).toBe(
      'base64',
    );
    expect(item({ type: int, value: 1, encoding: '' }).attribute.encoding).toBeUndefined();
  });

  it('takes committed types that were looked up', () => {
    const type = toJsonMap({ ...int, id: T });
    expect(item({ type: T }, new Map([[T, type]])).attribute.type).toBe(type);
    expect(() => item({ type: T })).toThrow(failing('invalid'));
  });

  it.each<JsonOut>([
    ...[null, 'x', {}, { type: 'x' }, { type: 't-x' }, { type: int, shape: -1 }],
    ...[
      { type: int, shape: 'H5S_NULL', value: 1 },
      { type: int, value: 1, encoding: 'base64' },
    ],
  ])('refuses %j', (json) => {
    expect(() => item(json)).toThrow(failing('invalid'));
  });

  it('compares by type, shape and value', () => {
    const a = item({ type: int, value: 1 }).attribute;
    expect(sameAttribute(a, { ...a, value: true, created: 1 })).toBe(true);
    expect(sameAttribute(a, { ...a, value: 2 })).toBe(false);
    expect(sameAttribute(a, item({ type: int, shape: [1], value: 1 }).attribute)).toBe(false);
  });
});

describe('normaliseFilters', () => {
  const gzip = { class: 'H5Z_FILTER_DEFLATE', id: 1, name: 'gzip' };
  const normalised = (...filters: JsonOut[]) => normaliseFilters(toJson(filters));

  it.each<[JsonOut, JsonOut]>([
    ['gzip', gzip],
    ['deflate', gzip],
    [1, gzip],
    ['H5Z_FILTER_DEFLATE', gzip],
    [
      { class: 'H5Z_FILTER_DEFLATE', level: 9 },
      { class: 'H5Z_FILTER_DEFLATE', level: 9, id: 1, name: 'gzip' },
    ],
    [
      { ...gzip, name: 'deflate' },
      { ...gzip, name: 'deflate' },
    ],
    [
      { class: 'H5Z_FILTER_USER', name: 'lz4', level: 5 },
      { class: 'H5Z_FILTER_USER', name: 'lz4', level: 5, id: 32004 },
    ],
    [
      { class: 'H5Z_FILTER_USER', id: 32001 },
      { class: 'H5Z_FILTER_USER', id: 32001, name: 'blosclz' },
    ],
    [
      { class: 'H5Z_FILTER_FLETCHER32' },
      { class: 'H5Z_FILTER_FLETCHER32', id: 3, name: 'fletcher32' },
    ],
    ['bitshuffle', { class: 'H5Z_FILTER_BITSHUFFLE', id: 32008, name: 'bitshuffle' }],
  ])('completes %j', (given, expected) => {
    expect(normalised(given)).toEqual([toJson(expected)]);
  });

  it.each<JsonOut>([
    ...['zlib', 99, 'foobar', null, 1.5, [], {}, { class: 'H5Z_FILTER_FOOBAR' }, 'none', 0],
    ...[{ class: 'H5Z_FILTER_USER' }, { class: 'H5Z_FILTER_USER', id: 32099 }, { ...gzip, id: 2 }],
    { ...gzip, name: 'x' },
  ])('refuses %j', (filter) => {
    expect(() => normalised('gzip', filter)).toThrow(failing('invalid'));
  });

  it.each<[JsonOut, JsonOut]>([
    [
      { class: 'H5Z_FILTER_USER', name: 'lz4', level: 5 },
      { class: 'H5Z_FILTER_LZ4', name: 'lz4', level: 5, id: 32004 },
    ],
    [
      { class: 'H5Z_FILTER_USER', id: 32015 },
      { class: 'H5Z_FILTER_ZSTD', id: 32015, name: 'zstd' },
    ],
    [
      { class: 'H5Z_FILTER_USER', id: 32004, parameters: [3] },
      { class: 'H5Z_FILTER_USER', id: 32004, parameters: [3], name: 'lz4' },
    ],
  ])('gives %j its own class when told', (given, expected) => {
    expect(normaliseFilters([toJson(given)], { ownClasses: true })).toEqual([toJson(expected)]);
  });

  it('accepts as much as it is told', () => {
    const szip = [toJsonMap({ class: 'H5Z_FILTER_SZIP', bitsPerPixel: 8 })];
    expect(normaliseFilters(szip)[0]?.get('id')).toBe(4);
    expect(() => normaliseFilters(szip, { accept: 'creatable' })).toThrow(failing('invalid'));
    expect(normaliseFilters(['gzip'], { deflateLevel: 5 })).toEqual([
      toJson({ ...gzip, level: 5 }),
    ]);
    expect(normaliseFilters([toJson({ ...gzip, level: 1 })], { deflateLevel: 5 })).toEqual([
      toJson({ ...gzip, level: 1 }),
    ]);
    expect(normaliseFilters(undefined)).toEqual([]);
    expect(() => normaliseFilters('gzip')).toThrow(failing('invalid'));
    expect(() => normaliseFilters(Array(33).fill('gzip'))).toThrow(failing('invalid'));
  });

  it('gives entries for the pipeline', () => {
    const filters = normalised({ class: 'H5Z_FILTER_DEFLATE', level: 9, x: 1 }, 'shuffle', {
      class: 'H5Z_FILTER_SCALEOFFSET',
      scaleOffset: 3,
    });
    expect(parseFilterEntries([...filters, 'lz4'])).toEqual([
      { class: 'H5Z_FILTER_DEFLATE', id: 1, name: 'gzip', level: 9 },
      { class: 'H5Z_FILTER_SHUFFLE', id: 2, name: 'shuffle' },
      { class: 'H5Z_FILTER_SCALEOFFSET', id: 6, name: 'scaleoffset', scaleOffset: 3 },
      { class: 'H5Z_FILTER_LZ4' },
    ]);
    expect(() => parseFilterEntries([null])).toThrow(failing('corrupt'));
  });
});

describe('parseFillValue', () => {
  const F32 = 'H5T_IEEE_F32LE';
  const fill = (type: JsonOut, properties: Record<string, JsonOut>) =>
    parseFillValue(parseTypeJson(toJson(type)).type, toJsonMap(properties));
  const text = { class: 'H5T_STRING', charSet: 'H5T_CSET_ASCII', length: 3 };
  const variable = { ...text, length: 'H5T_VARIABLE' };
  const pair = {
    class: 'H5T_COMPOUND',
    fields: [
      { name: 'a', type: 'H5T_STD_I16BE' },
      { name: 'b', type: F32 },
    ],
  };

  it.each<[JsonOut, Record<string, JsonOut>, string]>([
    ['H5T_STD_I16BE', { fillValue: 258 }, '0102'],
    [F32, { fillValue: 'AADAfw==', fillValue_encoding: 'base64' }, '0000c07f'],
    [F32, { fillValue: 'nan' }, '0000c07f'],
    [pair, { fillValue: [1, 1] }, '00010000803f'],
    [text, { fillValue: 'abcd' }, '616263'],
    [variable, { fillValue: 'ab' }, '020000006162'],
    [variable, { fillValue: 'AQAAAGE=', fillValue_encoding: 'base64' }, '0100000061'],
  ])('encodes %j with %j', (type, properties, hex) => {
    const element = fill(type, properties);
    expect(Buffer.from(element?.bytes ?? []).toString('hex')).toBe(hex);
    if (element?.itemSize === 'variable') expect([...element.offsets]).toEqual([0, hex.length / 2]);
  });

  it('takes zero, empty and null for none', () => {
    expect(fill(F32, {})).toBeNull();
    expect(fill(F32, { fillValue: 0 })).toBeNull();
    expect(fill(F32, { fillValue: null })).toBeNull();
    expect(fill(variable, { fillValue: '' })).toBeNull();
    const kept = withoutNullFill(
      toJsonMap({ fillValue: null, fillValue_encoding: 'base64', x: 1 }),
    );
    expect(kept).toEqual(toJsonMap({ x: 1 }));
  });

  it.each<[JsonOut, Record<string, JsonOut>]>([
    ['H5T_STD_I16BE', { fillValue: 'XXXX' }],
    ['H5T_STD_I16BE', { fillValue: NaN }],
    ['H5T_STD_I16BE', { fillValue: 40000 }],
    ['H5T_STD_I16BE', { fillValue: {} }],
    [pair, { fillValue: [1] }],
    [F32, { fillValue: 'AAA=', fillValue_encoding: 'base64' }],
    [F32, { fillValue: 1, fillValue_encoding: 'base64' }],
    [F32, { fillValue: 1, fillValue_encoding: 'None' }],
    [F32, { fillValue: 'x', fillValue_encoding: 'hex' }],
  ])('refuses for %j: %j', (type, properties) => {
    expect(() => fill(type, properties)).toThrow(failing('invalid'));
  });
});
