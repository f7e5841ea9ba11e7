import { toJson } from '../json/literal.js';
import type { JsonOut } from '../json/json.js';
import { committedTypeId, withCommittedId } from './committed.js';
import type { Datatype } from './datatype.js';
import { fieldOffsets, selectFields } from './fields.js';
import { expandPredefined, parseStoredType, parseTypeJson, storedTypeJson } from './json.js';
import { PREDEFINED } from './predefined.js';
import { dataSizeEstimate, hasVlen, itemSize, layoutItemSize } from './size.js';

const failing = (kind: string) => expect.objectContaining({ kind }) as unknown as Error;

const typeOf = (json: JsonOut): Datatype => parseTypeJson(toJson(json)).type;
const int = (base: string) => ({ class: 'H5T_INTEGER', base });
const string = (length: number | string, charSet = 'H5T_CSET_ASCII') => ({
  class: 'H5T_STRING',
  charSet,
  length,
  strPad: 'H5T_STR_NULLPAD',
});
const array = (dims: JsonOut, base: JsonOut) => ({ class: 'H5T_ARRAY', dims, base });
const vlen = (base: JsonOut) => ({ class: 'H5T_VLEN', size: 'H5T_VARIABLE', base });
const compound = (...types: JsonOut[]) => ({
  class: 'H5T_COMPOUND',
  fields: types.map((type, i) => ({ name: `f${i}`, type })),
});
const enumOf = (base: JsonOut, mapping: JsonOut) => ({ class: 'H5T_ENUM', base, mapping });
const reference = { class: 'H5T_REFERENCE', base: 'H5T_STD_REF_OBJ' };
const F32 = 'H5T_IEEE_F32LE';
const opaque = (size: JsonOut) => ({ class: 'H5T_OPAQUE', size, tag: '' });

describe('parseTypeJson', () => {
  it('expands a name at the top only', () => {
    expect(parseTypeJson('H5T_STD_U16BE')).toEqual({
      type: { class: 'integer', size: 2, signed: false, littleEndian: false },
      json: toJson(int('H5T_STD_U16BE')),
    });
    expect(expandPredefined('H5T_IEEE_F16LE')).toEqual(
      toJson({ class: 'H5T_FLOAT', base: 'H5T_IEEE_F16LE' }),
    );
    const json = toJson({ ...compound('H5T_STD_I32LE', F32), tag: [1] });
    expect(parseTypeJson(json).json).toBe(json);
    expect(PREDEFINED.size).toBe(22);
  });

  it('takes names without byte order as little-endian, except at the top', () => {
    expect(typeOf(vlen('H5T_STD_I32'))).toEqual({ class: 'vlen', base: typeOf('H5T_STD_I32LE') });
    expect(typeOf(int('H5T_STD_I64'))).toEqual(typeOf('H5T_STD_I64LE'));
    expect(() => typeOf('H5T_STD_I32')).toThrow(failing('invalid'));
  });

  it('takes enum members as a list, and answers with a mapping beside it', () => {
    const members = [
      { name: 'FALSE', value: 0 },
      { name: 'TRUE', value: 1 },
    ];
    const listed = { class: 'H5T_ENUM', base: int('H5T_STD_I8LE'), members };
    const mapping = { FALSE: 0, TRUE: 1 };
    const inside = parseTypeJson(toJson(compound(array([2], listed), F32)));
    expect(inside.type).toEqual(typeOf(compound(array([2], enumOf(listed.base, mapping)), F32)));
    expect(inside.json).toEqual(toJson(compound(array([2], { ...listed, mapping }), F32)));
    expect(storedTypeJson(toJson(listed))).toEqual(toJson({ ...listed, mapping }));
    for (const wrong of [[], [members[0], members[0]], [{ name: 'A' }], ['A']]) {
      expect(() => typeOf({ ...listed, members: toJson(wrong as JsonOut) })).toThrow(
        failing('invalid'),
      );
    }
  });

  it('tells booleans from other enums', () => {
    const mapping = { FALSE: 0, TRUE: 1 };
    expect(typeOf(enumOf(int('H5T_STD_I8LE'), mapping))).toEqual({
      class: 'enum',
      base: typeOf('H5T_STD_I8LE'),
      mapping: new Map([
        ['FALSE', 0n],
        ['TRUE', 1n],
      ]),
      boolean: true,
    });
    expect(typeOf(enumOf(int('H5T_STD_U8LE'), mapping))).toMatchObject({ boolean: false });
    expect(typeOf(enumOf(int('H5T_STD_I8BE'), { ...mapping, x: 2 }))).toMatchObject({
      boolean: false,
    });
  });

  it.each<[string, JsonOut, number | 'variable']>([
    ['I8 and ten one-byte strings', compound(int('H5T_STD_I8LE'), array([10], string(1))), 11],
    ['compounds', compound(compound(F32, F32), compound(F32, F32, F32)), 20],
    ['F32, F32, I16', compound(F32, F32, int('H5T_STD_I16LE')), 10],
    ['an array of I64', array([3, 5], int('H5T_STD_I64LE')), 120],
    ['an array of arrays', array([2], array([3], F32)), 24],
    ['an array without dims', array([], F32), 4],
    ['an empty string', string(0), 0],
    ['a UTF-8 string', string(8, 'H5T_CSET_UTF8'), 8],
    ['an enum over I16', enumOf(int('H5T_STD_I16LE'), { a: -1, b: 2n ** 60n }), 2],
    ['opaque bytes', opaque(200), 200],
    ['opaque bytes of a size in text', opaque('200'), 200],
    ['a reference of another length', { ...reference, length: 38 }, 48],
    ['an array of variable strings', compound(array([4], string('H5T_VARIABLE'))), 'variable'],
    ['a vlen of references', vlen(reference), 'variable'],
    ['a vlen of vlens', vlen(vlen(F32)), 'variable'],
    ['a vlen in a compound', compound(F32, vlen(F32)), 'variable'],
    ['an array of compounds', array([3], compound(F32, F32)), 24],
    ['an array of references', array([2], reference), 96],
    ['an array of vlens', array([2], vlen(F32)), 'variable'],
  ])('gives the item size of %s', (_name, json, size) => {
    const type = typeOf(json);
    expect(itemSize(type)).toBe(size);
    expect(hasVlen(type)).toBe(size === 'variable');
    expect(parseStoredType(toJson(json))).toEqual(type);
  });

  it.each<JsonOut>([
    ...['', 'foobar', 't-foo', 'H5T_NATIVE_INT', 'H5T_STD_B8LE', 'H5T_STD_REF_OBJ', null, 5, []],
    ...[{}, { class: 'H5T_TIME' }, { class: 'H5T_COMPLEX' }, int('H5T_IEEE_F32LE'), int('x')],
    ...[
      { ...int('H5T_STD_I8LE'), dims: [2] },
      { class: 'H5T_FLOAT', base: 'H5T_STD_I8LE' },
    ],
    ...[string('8'), string(-1), string(1.5), string(1, 'x'), { class: 'H5T_STRING', length: 3 }],
    ...[compound(), { class: 'H5T_COMPOUND', fields: [{ type: F32 }] }, compound('t-x')],
    { class: 'H5T_COMPOUND', fields: [{ name: 'é', type: F32 }] },
    {
      class: 'H5T_COMPOUND',
      fields: [
        { name: 'a', type: F32 },
        { name: 'a', type: F32 },
      ],
    },
    ...[enumOf('H5T_STD_I8LE', { a: 1 }), enumOf(int('H5T_STD_I8LE'), {}), enumOf(F32, { a: 1 })],
    ...[enumOf(int('H5T_STD_I8LE'), { a: '1' }), enumOf(int('H5T_STD_I8LE'), { a: 1.5 })],
    ...[array(3, F32), array([-1], F32), array([2.5], F32), array([2 ** 40, 2 ** 40], F32)],
    ...[vlen(compound(vlen(F32))), compound(vlen(compound(vlen(F32)))), vlen(null), opaque(0)],
    opaque('x'),
    ...[string(2 ** 40), vlen(string(2 ** 40)), compound(string(2 ** 26), string(2 ** 27))],
    ...[opaque(null), { class: 'H5T_REFERENCE' }, array(Array(200).fill(2 ** 50), F32)],
  ])('refuses %j', (json) => {
    expect(() => typeOf(json)).toThrow(failing('invalid'));
  });
});

describe('parseStoredType', () => {
  it('understands what clients may not send', () => {
    expect(parseStoredType('H5T_STD_I32')).toEqual(typeOf('H5T_STD_I32LE'));
    expect(parseStoredType(toJson(array([2], compound(F32))))).toMatchObject({ class: 'array' });
    expect(parseStoredType(toJson(vlen(compound(vlen(F32)))))).toMatchObject({ class: 'vlen' });
    expect(() => parseStoredType(toJson({ class: 'H5T_TIME' }))).toThrow(failing('corrupt'));
  });
});

describe('size estimates', () => {
  it('count variable items and stated reference lengths', () => {
    const short = typeOf({ ...reference, length: 38 });
    expect([layoutItemSize(short), dataSizeEstimate(short, 10)]).toEqual([38, 380]);
    expect(layoutItemSize(typeOf({ ...reference, base: 'H5T_STD_REF_DSETREG' }))).toBe(48);
    const variable = typeOf(compound(F32, string('H5T_VARIABLE')));
    expect([layoutItemSize(variable), dataSizeEstimate(variable, 3)]).toEqual([128, 1536]);
    expect(layoutItemSize(typeOf(compound(F32, F32)))).toBe(8);
  });
});

describe('fields', () => {
  const type = typeOf(compound(F32, string(3), int('H5T_STD_I64LE')));

  it('come in the order asked for', () => {
    const cut = selectFields(type, ['f2', 'f0']);
    expect(cut.fields.map((field) => field.name)).toEqual(['f2', 'f0']);
    expect(fieldOffsets(cut)).toEqual([0, 8]);
    expect(type.class === 'compound' && fieldOffsets(type)).toEqual([0, 4, 7]);
  });

  it.each([[['f9']], [['f0', 'f0']], [[]]])('refuse %j', (names) => {
    expect(() => selectFields(type, names)).toThrow(failing('invalid'));
    expect(() => selectFields(typeOf(F32), ['f0'])).toThrow(failing('invalid'));
  });
});

describe('committed types', () => {
  const id = 't-5f1c2a90-7be3d481-8e95-c604d2-3fb71a';

  it('are named by id and stored as a copy with it', () => {
    expect(committedTypeId(id)).toBe(id);
    expect(committedTypeId('H5T_STD_I8LE')).toBeUndefined();
    expect(() => committedTypeId('t-foo')).toThrow(failing('invalid'));
    const type = expandPredefined(F32) ?? new Map<string, never>();
    const copy = withCommittedId(type, id);
    expect(copy).toEqual(toJson({ class: 'H5T_FLOAT', base: F32, id }));
    expect(type.has('id')).toBe(false);
    expect(parseTypeJson(copy).type).toEqual(typeOf(F32));
  });
});
