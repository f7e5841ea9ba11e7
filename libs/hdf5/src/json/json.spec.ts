import fc from 'fast-check';
import { HdfError } from '../errors.js';
import { jsonEqual } from './equal.js';
import { formatJson } from './format.js';
import { JsonFloat, RawJson, type Json } from './json.js';
import { toJson, toJsonMap } from './literal.js';
import { parseJson } from './parse.js';

const invalid = expect.objectContaining({ kind: 'invalid' }) as unknown as Error;

/** The value as JSON.parse gives it. */
function plain(value: Json): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Map) {
    return Object.fromEntries([...value].map(([name, member]) => [name, plain(member)]));
  }
  if (value instanceof JsonFloat) return value.value;
  return typeof value === 'bigint' ? Number(value) : value;
}

const text = fc.string({ unit: 'binary', maxLength: 8 });
const scalar = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.maxSafeInteger().map((n) => (n === 0 ? 0 : n)),
  fc.bigInt().filter((n) => !Number.isSafeInteger(Number(n))),
  fc.double().map((n) => (Number.isInteger(n) ? new JsonFloat(n) : n)),
  text,
);
const anyJson: fc.Arbitrary<Json> = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 4 },
    scalar,
    fc.array(tie('json'), { maxLength: 4 }),
    fc.array(fc.tuple(text, tie('json')), { maxLength: 4 }).map((members) => new Map(members)),
  ),
})).json;

describe('parseJson', () => {
  it.each<[string, Json]>([
    ['1', 1],
    ['-0', 0],
    ['1.0', new JsonFloat(1)],
    ['1e3', new JsonFloat(1000)],
    ['-0.0', new JsonFloat(-0)],
    ['0.1', 0.1],
    ['-12.75', -12.75],
    ['1.7976931348623157e308', new JsonFloat(Number.MAX_VALUE)],
    ['0.30000000000000004', 0.1 + 0.2],
    ['9007199254740991', 9007199254740991],
    ['9007199254740992', 9007199254740992n],
    ['-9223372036854775808', -9223372036854775808n],
    ['18446744073709551615', 18446744073709551615n],
    ['1e400', Infinity],
    [' [NaN, Infinity,\t-Infinity]\r\n', [NaN, Infinity, -Infinity]],
    ['"\\ud83d\\ude00\\/\\n\\u00e9é"', '😀/\néé'],
    ['"\\ud800"', '\ud800'],
    [
      '{"a": 1, "b": [], "a": {}}',
      new Map<string, Json>([
        ['a', new Map()],
        ['b', []],
      ]),
    ],
    ['{"__proto__": null}', new Map([['__proto__', null]])],
  ])('reads %s', (input, expected) => {
    expect(parseJson(input)).toEqual(expected);
    expect(parseJson(new TextEncoder().encode(input))).toEqual(expected);
  });

  it.each([
    ...['', ' ', '[', ']', '[1,]', '[1 2]', '{', '{"a"}', '{"a":}', '{a:1}', '{"a":1,}', '1 2'],
    ...['01', '-', '-01', '+1', '.5', '1.', '1.e5', '1e', '1e+', '0x1', '1_0', 'nul', 'True'],
    ...['-NaN', '-Inf', 'nan', "'a'", '"', '"\\x"', '"\\u12g4"', '"\\u123', '"a\nb"', '"\\'],
    ...['\ufeff1', '\u00a01'],
  ])('refuses %j', (input) => {
    expect(() => parseJson(input)).toThrow(invalid);
  });

  it('refuses integers of absurd length', () => {
    expect(parseJson('9'.repeat(4096))).toBe(10n ** 4096n - 1n);
    expect(() => parseJson('9'.repeat(4097))).toThrow(HdfError);
  });

  it('refuses bytes that are not UTF-8', () => {
    for (const bytes of [
      [0x22, 0xff, 0x22],
      [0x22, 0xc3],
      [0x22, 0xed, 0xa0, 0x80, 0x22],
    ]) {
      expect(() => parseJson(Uint8Array.from(bytes))).toThrow(HdfError);
    }
  });

  it('bounds the depth, and its own stack with it', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    expect(formatJson(parseJson(nested(100)))).toBe(nested(100));
    expect(() => parseJson(nested(101))).toThrow('at most 100 levels');
    expect(() => parseJson('[{"a":'.repeat(1e6))).toThrow(HdfError);
    expect(parseJson('[[1]]', { maxDepth: 2 })).toEqual([[1]]);
    expect(() => parseJson('[[1]]', { maxDepth: 1 })).toThrow(HdfError);
  });

  it('agrees with JSON.parse on what it writes', () => {
    const property = fc.property(fc.json({ maxDepth: 5 }), fc.nat(3), (json, space) => {
      const spaced = JSON.stringify(JSON.parse(json), null, space);
      expect(plain(parseJson(spaced))).toEqual(JSON.parse(spaced));
    });
    fc.assert(property);
  });

  it('agrees with JSON.parse on what it refuses', () => {
    const unit = fc.constantFrom(...Array.from('[]{},:"\\u0019.-+eE tn'));
    const noise = fc.string({ unit, maxLength: 9 });
    const property = fc.property(noise, (input) => {
      let expected: unknown;
      try {
        expected = JSON.parse(input);
      } catch {
        expect(() => parseJson(input)).toThrow(HdfError);
        return;
      }
      const found = plain(parseJson(input));
      // JSON.parse tells -0 from 0; an integer has no negative zero here.
      expect(Object.is(found, 0) ? -0 : found).toEqual(Object.is(expected, 0) ? -0 : expected);
    });
    fc.assert(property, { numRuns: 3000 });
  });
});

describe('formatJson', () => {
  it('writes separators, escapes and floats as Python does', () => {
    const value = { a: [1, 2.5, new JsonFloat(3), -0], 'é\n😀\u007f': null, no: undefined };
    expect(formatJson(value)).toBe(
      '{"a": [1, 2.5, 3.0, -0.0], "\\u00e9\\n\\ud83d\\ude00\\u007f": null}',
    );
    expect(formatJson('\ud800"\\')).toBe('"\\ud800\\"\\\\"');
    expect(formatJson([new JsonFloat(1e21), new JsonFloat(1e20), 2n ** 64n])).toBe(
      '[1e+21, 100000000000000000000.0, 18446744073709551616]',
    );
    expect(formatJson(new Map([['x', new RawJson('[1,2]')]]))).toBe('{"x": [1,2]}');
  });

  it('writes numbers that are not finite as tokens, or as null when asked', () => {
    const value = [NaN, Infinity, new JsonFloat(-Infinity)];
    expect(formatJson(value)).toBe('[NaN, Infinity, -Infinity]');
    expect(formatJson(value, { ignoreNan: true })).toBe('[null, null, null]');
  });

  it('writes what parseJson reads back', () => {
    const property = fc.property(anyJson, (json) => {
      const written = formatJson(json);
      expect(parseJson(written)).toEqual(json);
      expect(written).toMatch(/^[ -~]*$/);
      expect(toJson(json)).toEqual(json);
    });
    fc.assert(property);
  });
});

describe('jsonEqual', () => {
  it.each<[Json, Json, boolean]>([
    [1, new JsonFloat(1), true],
    [1, true, true],
    [0, false, true],
    [0, null, false],
    [1, '1', false],
    [2n ** 63n, new JsonFloat(2 ** 63), true],
    [2n ** 63n + 1n, new JsonFloat(2 ** 63), false],
    [NaN, NaN, true],
    [NaN, 1, false],
    [[1, [2]], [true, [new JsonFloat(2)]], true],
    [[1], [1, 2], false],
    [toJsonMap({ a: 1, b: 2 }), toJsonMap({ b: 2, a: 1 }), true],
    [toJsonMap({ a: 1 }), toJsonMap({ b: 1 }), false],
    [toJsonMap({}), [], false],
  ])('compares %j and %j', (a, b, expected) => {
    expect(jsonEqual(a, b)).toBe(expected);
    expect(jsonEqual(b, a)).toBe(expected);
  });

  it('holds a value equal to itself', () => {
    fc.assert(fc.property(anyJson, (json) => jsonEqual(json, toJson(json))));
  });
});
