import fc from 'fast-check';
import type { CompoundType, Datatype } from '../datatype/datatype.js';
import { jsonEqual } from '../json/equal.js';
import { formatJson } from '../json/format.js';
import { type Json, JsonFloat } from '../json/json.js';
import { parseJson } from '../json/parse.js';
import { ElementTextWriter, decodeJsonValue, formatElements, reduceShape } from './decode.js';
import { elementAt, gatherAt } from './element-runs.js';
import { encodeJsonValue } from './encode.js';
import { halfToNumber, numberToHalf } from './float16.js';

const failing = (kind: string) => expect.objectContaining({ kind }) as unknown as Error;

const int = (size: 1 | 2 | 4 | 8, signed = true, littleEndian = true): Datatype => ({
  class: 'integer',
  size,
  signed,
  littleEndian,
});
const float = (size: 2 | 4 | 8, littleEndian = true): Datatype => ({
  class: 'float',
  size,
  littleEndian,
});
const text = (length: number | 'variable'): Datatype => ({
  class: 'string',
  length,
  charSet: 'utf8',
});
const compound = (fields: Record<string, Datatype>): CompoundType => ({
  class: 'compound',
  fields: Object.entries(fields).map(([name, type]) => ({ name, type })),
});
const array = (dims: number[], base: Datatype): Datatype => ({ class: 'array', dims, base });
const vlen = (base: Datatype): Datatype => ({ class: 'vlen', base });
const enumOf = (boolean: boolean): Datatype => ({
  class: 'enum',
  base: { class: 'integer', size: 1, signed: true, littleEndian: true },
  mapping: new Map([
    ['FALSE', 0n],
    ['TRUE', 1n],
  ]),
  boolean,
});
const opaque: Datatype = { class: 'opaque', size: 3 };
const reference: Datatype = { class: 'reference', target: 'object' };
const nested = compound({ id: int(4), pos: array([2], float(8)), tag: text(3) });
const mixed = compound({
  a: int(4),
  s: text('variable'),
  v: vlen(int(2, true, false)),
  n: text(4),
});

function hex(type: Datatype, dims: number[], json: string): string {
  return Buffer.from(encodeJsonValue(type, dims, parseJson(json)).bytes).toString('hex');
}

function through(type: Datatype, dims: number[], json: string): string {
  return formatElements(type, dims, encodeJsonValue(type, dims, parseJson(json)));
}

describe('JSON to bytes', () => {
  it.each<[string, Datatype, number[], string, string]>([
    ['big-endian integers', int(4, true, false), [2], '[1, -1]', '00000001ffffffff'],
    ['floats cut toward zero', int(1), [3], '[1.9, -1.9, -0.5]', '01ff00'],
    ['whole floats and booleans', int(1), [3], '[2.0, true, false]', '020100'],
    ['numeric text', int(2), [2], '["12", " -1 "]', '0c00ffff'],
    ['the limits of 8 bits', int(1, false), [2], '[0, 255]', '00ff'],
    [
      'the limits of i64',
      int(8),
      [2],
      '[9223372036854775807, -9223372036854775808]',
      'ffffffffffffff7f0000000000000080',
    ],
    ['the limit of u64', int(8, false, false), [1], '[18446744073709551615]', 'ffffffffffffffff'],
    [
      '64-bit integers past the safe ones',
      int(8, true, false),
      [1],
      '[9007199254740993]',
      '0020000000000001',
    ],
    ['negative 64-bit integers', int(8), [1], '[-2]', 'feffffffffffffff'],
    ['half floats', float(2, false), [2], '[1.5, 1e6]', '3e007c00'],
    [
      'special floats',
      float(4, false),
      [4],
      '[NaN, -Infinity, "nan", "-inf"]',
      '7fc00000ff8000007fc00000ff800000',
    ],
    ['enums', enumOf(false), [2], '[7, true]', '0701'],
    ['booleans', enumOf(true), [3], '[true, 0, 7]', '010001'],
    ['cut and padded text', text(3), [3], '["abcd", "é", "aé八"]', '616263c3a90061c3a9'],
    ['text cut inside a character', text(2), [1], '["aé"]', '61c3'],
    ['numbers as text', text(4), [2], '[12, 1.0]', '31320000312e3000'],
    ['opaque text', opaque, [1], '["a"]', '610000'],
    ['opaque elements in base64', opaque, [2], '["AQL/", "MA=="]', '0102ff4d413d'],
    ['references', reference, [1], '["d-1"]', '642d31' + '00'.repeat(45)],
    [
      'nested structures',
      nested,
      [1],
      '[[7, [0.5, 1.5], "ab"]]',
      '07000000000000000000e03f000000000000f83f616200',
    ],
    [
      'variable text',
      text('variable'),
      [4],
      '["one", "", "八", "a\\u0000b"]',
      '030000006f6e650000000003000000e585ab03000000610062',
    ],
    ['sequences', vlen(int(2, true, false)), [2], '[[1, 2], []]', '040000000001000200000000'],
    [
      'variable compounds',
      mixed,
      [2],
      '[[7, "né", [1, 2], "ab"], [-1, "", [], "wxyz"]]',
      '07000000030000006ec3a904000000000100026162' + '0000ffffffff00000000000000007778797a',
    ],
    ['flat lists for two dimensions', int(1), [2, 2], '[1, 2, 3, 4]', '01020304'],
    ['other nestings', int(1), [4], '[[1, 2], [3, 4]]', '01020304'],
    ['a bare scalar', int(1), [1, 1], '5', '05'],
    ['a bare compound', compound({ a: int(1), b: int(1) }), [1], '[42, 7]', '2a07'],
    ['a wrapped scalar compound', compound({ a: int(1), b: int(1) }), [], '[[42, 7]]', '2a07'],
    ['bare values of an only field', compound({ a: int(1) }), [3], '[1, 2, 3]', '010203'],
    ['listed values of an only field', compound({ a: int(1) }), [3], '[[1], [2], [3]]', '010203'],
    ['one listed value of an only field', compound({ a: int(1) }), [1], '[[5]]', '05'],
    [
      'an only array field, listed',
      compound({ a: array([2], int(1)) }),
      [2],
      '[[[1, 2]], [[3, 4]]]',
      '01020304',
    ],
    [
      'an only array field, bare',
      compound({ a: array([2], int(1)) }),
      [2],
      '[[1, 2], [3, 4]]',
      '01020304',
    ],
    ['a scalar sequence in a list', vlen(int(1)), [], '[[1, 2]]', '020000000102'],
    ['a bare scalar sequence', vlen(int(1)), [], '[1, 2]', '020000000102'],
    ['a bare sequence for one element', vlen(int(1)), [1], '[1, 2]', '020000000102'],
    ['an empty scalar sequence', vlen(int(1)), [], '[]', '00000000'],
    ['an array type of a space', array([2], int(1)), [2], '[[1, 2], [3, 4]]', '01020304'],
    [
      'an array of variable text',
      compound({ a: array([2], text('variable')) }),
      [1],
      '[[["a", ""]]]',
      '010000006100000000',
    ],
    ['nothing', int(4), [0], '[]', ''],
  ])('writes %s', (...[, type, dims, json, expected]) => {
    expect(hex(type, dims, json)).toBe(expected);
  });

  it.each<[Datatype, number[], string]>([
    [int(1), [1], '128'],
    [int(1, false), [1], '-1'],
    [int(1, false), [1], '256'],
    [int(4), [1], '1e30'],
    [int(8), [1], '9223372036854775808'],
    [int(8), [1], '1e300'],
    [int(8, false), [1], '-1'],
    [int(4), [1], 'NaN'],
    [int(4), [1], '"1.5"'],
    [int(4), [1], 'null'],
    [int(4), [2], '[1, null]'],
    [int(4), [1], '{"a": 1}'],
    [int(4), [2], '[1]'],
    [int(4), [2], '[1, 2, 3]'],
    [int(4), [3], '[1, [2, 3]]'],
    [int(4), [1], `${'['.repeat(500)}1${']'.repeat(500)}`],
    [float(8), [1], '"x"'],
    [float(8), [1], '[null]'],
    [enumOf(true), [1], '"TRUE"'],
    [enumOf(false), [1], '"1"'],
    [text(4), [1], 'true'],
    [text(4), [1], 'null'],
    [reference, [1], '5'],
    [compound({ a: int(1), b: int(1) }), [1], '5'],
    [compound({ a: int(1), b: int(1) }), [2], '[1, 2, 3, 4]'],
    [compound({ a: int(1), b: int(1) }), [1], '[[1]]'],
    [compound({ a: int(1), b: int(1) }), [2, 1], '[[1, 2], [3, 4]]'],
    [compound({ a: array([2], int(1)) }), [1], '[[[1, 2, 3]]]'],
    [vlen(int(1)), [2], '[1, 2]'],
    [vlen(int(1)), [1], '"a"'],
    [vlen(text('variable')), [1], '[["a"]]'],
    [vlen(int(1)), [1], `[[${'0,'.repeat(1_000_000)}0]]`],
  ])('refuses case %#', (type, dims, json) => {
    expect(() => encodeJsonValue(type, dims, parseJson(json))).toThrow(failing('invalid'));
  });

  it('asks for no memory before the count is right', () => {
    expect(() => encodeJsonValue(text(1e9), [1e6], ['a'])).toThrow(failing('invalid'));
    expect(() => encodeJsonValue(text(1e9), [3], ['a', 'b', 'c'])).toThrow(failing('too-large'));
  });
});

describe('bytes to JSON', () => {
  it.each<[Datatype, number[], string, string]>([
    [float(4), [1], '[1.1]', '[1.100000023841858]'],
    [float(8), [4], '[-0.0, 1.0, 1e30, 0.1]', '[-0.0, 1.0, 1e+30, 0.1]'],
    [float(2), [3], '[NaN, Infinity, -Infinity]', '[NaN, Infinity, -Infinity]'],
    [
      int(8, false),
      [2],
      '[18446744073709551615, 9007199254740992]',
      '[18446744073709551615, 9007199254740992]',
    ],
    [enumOf(true), [2], '[true, 5]', '[true, true]'],
    [text(5), [3], '["a\\"b", "n\\u00e9", ""]', '["a\\"b", "n\\u00e9", ""]'],
    [text(3), [2], '["aé八", "a八"]', '["a\\u00e9", "a"]'],
    [opaque, [1], '["a"]', '["a\\u0000\\u0000"]'],
    [
      mixed,
      [2],
      '[[7, "n", [1, 2], "ab"], [-1, "", [], "wxyz"]]',
      '[[7, "n", [1, 2], "ab"], [-1, 0, 0, "wxyz"]]',
    ],
    [nested, [], '[7, [0.5, 1.5], "ab"]', '[7, [0.5, 1.5], "ab"]'],
    [array([2, 1], int(1)), [2], '[[[1], [2]], [[3], [4]]]', '[[[1], [2]], [[3], [4]]]'],
    [int(1), [], '5', '5'],
    [int(1), [2, 1, 2], '[1, 2, 3, 4]', '[[[1, 2]], [[3, 4]]]'],
    [int(1), [0], '[]', '[]'],
    [int(1), [3, 0], '[]', '[[], [], []]'],
    [int(1), [0, 3], '[]', '[]'],
    [text(0), [2], '["a", "b"]', '["", ""]'],
  ])('case %#', (type, dims, json, expected) => {
    expect(through(type, dims, json)).toBe(expected);
  });

  it('writes null for what is not finite when asked to', () => {
    const type = compound({ x: float(8), y: array([2], float(4)) });
    const elements = encodeJsonValue(type, [1], parseJson('[[NaN, [Infinity, 2.5]]]'));
    expect(formatElements(type, [1], elements, { ignoreNan: true })).toBe('[[null, [null, 2.5]]]');
  });

  it('writes long rows of numbers as it writes each of them', () => {
    const number = fc.oneof(fc.double(), fc.integer().map(Number), fc.constant(-0));
    const property = fc.property(fc.array(number, { minLength: 8 }), (values) => {
      for (const littleEndian of [true, false]) {
        const type: Datatype = { class: 'float', size: 8, littleEndian };
        const elements = encodeJsonValue(type, [values.length], values);
        const each = values.map((_value, at) => formatElements(type, [], elementAt(elements, at)));
        expect(formatElements(type, [values.length], elements)).toBe(`[${each.join(', ')}]`);
      }
    });
    fc.assert(property);
    const shorts = Array.from({ length: 9 }, (_none, at) => at * 7000 - 32000);
    const type = int(2);
    expect(formatElements(type, [9], encodeJsonValue(type, [9], shorts))).toBe(
      `[${shorts.join(', ')}]`,
    );
  });

  it('replaces bytes that are not UTF-8', () => {
    const elements = { itemSize: 3, bytes: Uint8Array.of(0xff, 0x61, 0x62) };
    expect(formatElements(text(3), [], elements)).toBe('"\\ufffdab"');
  });

  it('refuses to end in the middle and to write too much', () => {
    const writer = new ElementTextWriter(int(1), [3]);
    writer.write({ itemSize: 1, bytes: new Uint8Array(2) });
    expect(() => writer.finish()).toThrow(failing('internal'));
    const surplus = { itemSize: 1, bytes: new Uint8Array(2) };
    expect(() => writer.write(surplus)).toThrow(failing('internal'));
    expect(() =>
      formatElements(int(1), [1e9, 0], { itemSize: 1, bytes: new Uint8Array(0) }),
    ).toThrow(failing('too-large'));
  });

  it('reduces dimensions of one element', () => {
    expect([[3], [1], [1, 4], [1, 1], [2, 1, 3]].map(reduceShape)).toEqual([
      [3],
      [1],
      [4],
      [],
      [2, 3],
    ]);
  });
});

/** A type with the JSON values that come back as they went in. */
interface Sample {
  readonly type: Datatype;
  readonly value: fc.Arbitrary<Json>;
}

const double = fc
  .double()
  .map((value): Json => (Number.isInteger(value) ? new JsonFloat(value) : value));
const leaves: fc.Arbitrary<Sample> = fc.oneof(
  fc
    .record({
      size: fc.constantFrom<1 | 2 | 4>(1, 2, 4),
      signed: fc.boolean(),
      little: fc.boolean(),
    })
    .map(({ size, signed, little }) => {
      const span = 2 ** (8 * size);
      const min = signed ? -span / 2 : 0;
      return { type: int(size, signed, little), value: fc.integer({ min, max: min + span - 1 }) };
    }),
  fc.boolean().map((little) => ({
    type: int(8, true, little),
    value: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n).map((value): Json => parseJson(String(value))),
  })),
  fc.boolean().map((little) => ({ type: float(8, little), value: double })),
  fc.constant({ type: text(6), value: fc.string({ unit: 'grapheme-ascii', maxLength: 6 }) }),
  fc.constant({ type: text('variable'), value: fc.string({ unit: 'binary', minLength: 1 }) }),
  fc.constant({ type: enumOf(true), value: fc.boolean() }),
  fc.constant({ type: vlen(int(2)), value: fc.array(fc.nat(99), { minLength: 1, maxLength: 3 }) }),
);
const { sample } = fc.letrec<{ sample: Sample }>((tie) => ({
  sample: fc.oneof(
    { maxDepth: 3 },
    leaves,
    fc.array(tie('sample'), { minLength: 2, maxLength: 3 }).map((fields): Sample => ({
      type: compound(Object.fromEntries(fields.map(({ type }, at) => [`f${at}`, type]))),
      value: fc.tuple(...fields.map(({ value }) => value)),
    })),
    tie('sample').map(({ type, value }): Sample => ({
      type: array([2], type),
      value: fc.array(value, { minLength: 2, maxLength: 2 }),
    })),
  ),
}));

it('brings every value of every type back, whole and in pieces', () => {
  const dims = [2, 3];
  const cases = sample.chain(({ type, value }) =>
    fc.tuple(fc.constant(type), fc.array(value, { minLength: 6, maxLength: 6 }), fc.nat(6)),
  );
  const property = fc.property(cases, ([type, items, cut]) => {
    const json = [items.slice(0, 3), items.slice(3)];
    const elements = encodeJsonValue(type, dims, json);
    expect(jsonEqual(decodeJsonValue(type, dims, elements), json)).toBe(true);
    const whole = formatElements(type, dims, elements);
    expect(whole).toBe(formatJson(decodeJsonValue(type, dims, elements)));
    const writer = new ElementTextWriter(type, dims);
    const first = Uint32Array.from(items.keys()).subarray(0, cut);
    const rest = Uint32Array.from(items.keys()).subarray(cut);
    const texts = [first, rest].map((offsets) => writer.write(gatherAt(elements, offsets)));
    expect(texts.join('') + writer.finish()).toBe(whole);
    expect(formatElements(type, [], elementAt(elements, 4))).toBe(
      formatJson(decodeJsonValue(type, [], gatherAt(elements, Uint32Array.of(4)))),
    );
  });
  fc.assert(property, { numRuns: 150 });
});

it('rounds half floats to the nearest, ties to even', () => {
  const wrong: number[] = [];
  for (let bits = 0; bits < 0x10000; bits++) {
    const value = halfToNumber(bits);
    if (Number.isNaN(value)) continue;
    if (numberToHalf(value) !== bits) wrong.push(bits);
    const next = halfToNumber(bits + 1);
    if ((bits & 0x7fff) >= 0x7bff || Number.isNaN(next)) continue;
    if (numberToHalf((value + next) / 2) !== bits + (bits & 1)) wrong.push(bits);
  }
  expect(wrong).toEqual([]);
  expect([65519.99, 65520, -65520, NaN].map(numberToHalf)).toEqual([
    0x7bff, 0x7c00, 0xfc00, 0x7e00,
  ]);
});
