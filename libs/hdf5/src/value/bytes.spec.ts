import fc from 'fast-check';
import type { CompoundType, Datatype } from '../datatype/datatype.js';
import { selectFields } from '../datatype/fields.js';
import type { Json } from '../json/json.js';
import { checkAttributeValue, attributeElements, storedFromBytes } from './attribute-value.js';
import { decodeBase64, encodeBase64 } from './base64.js';
import { decodeJsonValue } from './decode.js';
import {
  concatElements,
  gatherAt,
  isRepeated,
  repeatElement,
  sameElements,
  scatterAt,
} from './element-runs.js';
import { type VlenElements, elementCount } from './elements.js';
import { encodeJsonValue } from './encode.js';
import { assignFields, extractFields } from './fields.js';
import {
  fillElements,
  splitSerialised,
  swapVlenCompoundScalars,
  wrapElements,
} from './serialise.js';

const failing = (kind: string) => expect.objectContaining({ kind }) as unknown as Error;

const u8: Datatype = { class: 'integer', size: 1, signed: false, littleEndian: true };
const i32: Datatype = { class: 'integer', size: 4, signed: true, littleEndian: true };
const i16be: Datatype = { class: 'integer', size: 2, signed: true, littleEndian: false };
const u32be: Datatype = { class: 'integer', size: 4, signed: false, littleEndian: false };
const f64: Datatype = { class: 'float', size: 8, littleEndian: true };
const text = (length: number | 'variable'): Datatype => ({
  class: 'string',
  length,
  charSet: 'utf8',
});
const vlen = (base: Datatype): Datatype => ({ class: 'vlen', base });
const compound = (fields: Record<string, Datatype>): CompoundType => ({
  class: 'compound',
  fields: Object.entries(fields).map(([name, type]) => ({ name, type })),
});
const bytesOf = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));
const offsetsOf = (type: Datatype, hex: string, count: number) => [
  ...splitSerialised(type, bytesOf(hex), count).offsets,
];

describe('serialised elements', () => {
  const mixed = compound({ a: i32, s: text('variable'), v: vlen(i16be), n: text(4) });

  it('are found in the bytes', () => {
    const row = '07000000030000006ec3a90400000000010002616200';
    const hex = `${row}00ffffffff00000000000000007778797a`;
    expect(offsetsOf(mixed, hex, 2)).toEqual([0, 23, 39]);
    expect(offsetsOf(text('variable'), '030000006f6e6500000000', 2)).toEqual([0, 7, 11]);
    const pairs: Datatype = { class: 'array', dims: [2], base: text('variable') };
    expect(offsetsOf(pairs, '010000006100000000', 1)).toEqual([0, 9]);
  });

  it.each([
    ['a negative count', vlen(i16be), 'ffffffff', 1],
    ['a count past the limit', text('variable'), '41420f00', 1],
    ['no multiple of the base', vlen(i16be), '03000000000000', 1],
    ['missing bytes', text('variable'), '0300000061', 1],
    ['a missing count', text('variable'), '0300', 1],
    ['missing elements', text('variable'), '00000000', 2],
    ['trailing bytes', text('variable'), '0000000000', 1],
    ['an absurd count of elements', text('variable'), '00000000', 1e15],
    ['a sequence of variable elements', vlen(text('variable')), '00000000', 1],
  ])('refuse %s', (_name, type, hex, count) => {
    expect(() => splitSerialised(type, bytesOf(hex), count)).toThrow(failing('invalid'));
  });

  it('of fixed size have an exact length', () => {
    expect(elementCount(wrapElements(i32, new Uint8Array(40), 10))).toBe(10);
    expect(() => wrapElements(i32, new Uint8Array(36), 10)).toThrow('expected 40 bytes but got 36');
  });

  it('take little-endian scalars of variable compounds to declared order', () => {
    const inner = compound({ x: i16be, y: i32 });
    const list: Datatype = { class: 'array', dims: [2], base: i16be };
    const type = compound({ a: u32be, s: text('variable'), inner, list });
    const sent = '01000000' + '0100000061' + '0200' + '05000000' + '00010002';
    const kept = '00000001' + '0100000061' + '0002' + '05000000' + '00010002';
    const elements = splitSerialised(type, bytesOf(sent), 1);
    const swapped = swapVlenCompoundScalars(type, elements);
    expect(Buffer.from(swapped.bytes).toString('hex')).toBe(kept);
    expect(Buffer.from(elements.bytes).toString('hex')).toBe(sent);
    const fixed = wrapElements(compound({ a: u32be }), bytesOf('01000000'), 1);
    expect(swapVlenCompoundScalars(compound({ a: u32be }), fixed)).toBe(fixed);
  });

  it('are filled with a value or with nothing', () => {
    const empty = fillElements(mixed, 2, null) as VlenElements;
    expect([...empty.offsets]).toEqual([0, 16, 32]);
    expect(decodeJsonValue(mixed, [2], empty)).toEqual([
      [0, '', [], ''],
      [0, '', [], ''],
    ]);
    const fill = encodeJsonValue(mixed, [1], [[7, 'x', [1], 'n']]);
    const row = [7, 'x', [1], 'n'];
    expect(decodeJsonValue(mixed, [3], fillElements(mixed, 3, fill))).toEqual([row, row, row]);
    expect(fillElements(i32, 3, null).bytes).toEqual(new Uint8Array(12));
    expect(elementCount(repeatElement(fill, 0))).toBe(0);
    expect(() => fillElements(i32, 1e12, null)).toThrow(failing('too-large'));
  });
});

describe('runs', () => {
  it('pick, replace, join and compare, fixed or variable', () => {
    for (const type of [text(3), text('variable')]) {
      const run = encodeJsonValue(type, [4], ['a', 'bcd', 'e', '']);
      const picked = gatherAt(run, Uint32Array.of(3, 1, 1));
      expect(decodeJsonValue(type, [3], picked)).toEqual(['', 'bcd', 'bcd']);
      const joined = concatElements([run, picked]);
      expect(decodeJsonValue(type, [7], joined)).toEqual(['a', 'bcd', 'e', '', '', 'bcd', 'bcd']);
      expect(sameElements(joined, concatElements([run, picked]))).toBe(true);
      const source = encodeJsonValue(type, [3], ['x', 'yz', 'w']);
      const written = scatterAt(run, Uint32Array.of(2, 0, 2), source);
      expect(decodeJsonValue(type, [4], written)).toEqual(['yz', 'bcd', 'w', '']);
      expect(sameElements(written, picked)).toBe(false);
      expect(() => gatherAt(run, Uint32Array.of(4))).toThrow(failing('invalid'));
      expect(() => scatterAt(run, Uint32Array.of(0), source)).toThrow(failing('internal'));
    }
  });

  it('are one element again and again, or not', () => {
    const fixed = fc.tuple(fc.constant(i32), fc.array(fc.integer({ min: 0, max: 2 })));
    const texts = fc.tuple(fc.constant(text('variable')), fc.array(fc.constantFrom('', 'a', 'bc')));
    const property = fc.property(fc.oneof(fixed, texts), ([type, values]) => {
      const run = encodeJsonValue(type, [values.length], values);
      const element = encodeJsonValue(type, [1], [type === i32 ? 1 : 'a']);
      const expected = values.every((value) => value === 1 || value === 'a');
      expect(isRepeated(run, element)).toBe(expected);
    });
    fc.assert(property);
    expect(
      isRepeated(repeatElement(fillElements(i32, 1, null), 9), fillElements(i32, 1, null)),
    ).toBe(true);
  });

  it('tell zero from minus zero and equal bytes of other elements apart', () => {
    const [zero, minus] = ['[0.0]', '[-0.0]'].map((json) => {
      return encodeJsonValue(f64, [1], [json.includes('-') ? -0 : 0]);
    });
    expect(sameElements(zero!, minus!)).toBe(false);
    const left = encodeJsonValue(text('variable'), [2], ['', '\0\0\0\0']);
    expect(sameElements(left, { ...left, offsets: Uint32Array.of(0, 8, 12) } as VlenElements)).toBe(
      false,
    );
  });
});

describe('fields', () => {
  const types = [
    compound({ a: i32, b: text(3), c: f64, d: u8 }),
    compound({ a: i32, b: text('variable'), c: vlen(u8), d: u8 }),
  ];
  const value = (name: string): fc.Arbitrary<Json> =>
    name === 'b' ? fc.constantFrom('', 'x', 'yz') : fc.nat(255);
  const names = fc.shuffledSubarray(['a', 'b', 'c', 'd'], { minLength: 1 });

  it.each([0, 1])('are taken out and put back by name, type %i', (which) => {
    const type = types[which]!;
    const cell = (name: string): fc.Arbitrary<Json> =>
      which === 1 && name === 'c' ? fc.array(fc.nat(255), { maxLength: 3 }) : value(name);
    const row = fc.tuple(cell('a'), cell('b'), cell('c'), cell('d'));
    const rows = fc.array(fc.tuple(row, row), { minLength: 1, maxLength: 5 });
    const property = fc.property(rows, names, (pairs, chosen) => {
      const dims = [pairs.length];
      const places = chosen.map((name) => 'abcd'.indexOf(name));
      const olds = pairs.map(([old]) => old);
      const full = encodeJsonValue(type, dims, olds);
      const packed = extractFields(type, chosen, full);
      const picked = olds.map((each) => places.map((place) => each[place]!));
      const packedType = selectFields(type, chosen);
      expect(sameElements(packed, encodeJsonValue(packedType, dims, picked))).toBe(true);
      const source = encodeJsonValue(
        packedType,
        dims,
        pairs.map(([, next]) => places.map((place) => next[place]!)),
      );
      const merged = pairs.map(([old, next]) =>
        old.map((each, at) => (places.includes(at) ? next[at]! : each)),
      );
      const assigned = assignFields(type, chosen, { target: full, source });
      expect(sameElements(assigned, encodeJsonValue(type, dims, merged))).toBe(true);
    });
    fc.assert(property);
  });

  it('refuse what is no field', () => {
    const elements = encodeJsonValue(u8, [1], [1]);
    expect(() => extractFields(u8, ['a'], elements)).toThrow(failing('invalid'));
    expect(() => extractFields(compound({ a: u8 }), ['b'], elements)).toThrow(failing('invalid'));
    expect(() => extractFields(compound({ a: u8 }), ['a', 'a'], elements)).toThrow(
      failing('invalid'),
    );
  });
});

describe('attribute values', () => {
  it('are stored as JSON where the bytes allow it', () => {
    const numbers = encodeJsonValue(i32, [6], [2, 3, 5, 7, 11, 13]);
    expect(storedFromBytes(i32, [6], numbers.bytes)).toEqual({ value: [2, 3, 5, 7, 11, 13] });
    const broken = storedFromBytes(text(2), [], Uint8Array.of(0xfe, 0xff));
    expect(broken).toEqual({ value: '/v8=', encoding: 'base64' });
    expect([...attributeElements(text(2), [], broken).bytes]).toEqual([0xfe, 0xff]);
    expect(() => storedFromBytes(text('variable'), [], new Uint8Array(4))).toThrow(
      failing('invalid'),
    );
    expect(() => storedFromBytes(i32, [2], new Uint8Array(4))).toThrow(failing('invalid'));
  });

  it('are zeros without a value and must fit', () => {
    expect([...attributeElements(i32, [2], { value: null }).bytes]).toEqual(Array(8).fill(0));
    expect(() => {
      checkAttributeValue(i32, [5], [1, 2, 3, 4, 5, 6]);
    }).toThrow(failing('invalid'));
    expect(() => {
      checkAttributeValue(i32, [2], [1, null]);
    }).toThrow(failing('invalid'));
    checkAttributeValue(i32, [2, 2], [1, 2, 3, 4]);
    checkAttributeValue(i32, [2], null);
    checkAttributeValue(vlen(i32), [2], [[], [2, 3]]);
    checkAttributeValue(compound({ a: reference(), n: i32 }), [1], [['d-1', 0]]);
  });
});

function reference(): Datatype {
  return { class: 'reference', target: 'object' };
}

it('reads base64 strictly', () => {
  expect([...decodeBase64('/v8=')]).toEqual([0xfe, 0xff]);
  expect(encodeBase64(Uint8Array.of(0xfe, 0xff))).toBe('/v8=');
  for (const bad of ['/v8', 'a', '_v8=', '====', 'AA=A', 'A A=']) {
    expect(() => decodeBase64(bad)).toThrow(failing('invalid'));
  }
});
