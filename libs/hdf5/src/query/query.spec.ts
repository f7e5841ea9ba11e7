import fc from 'fast-check';
import type { CompoundType, Datatype } from '../datatype/datatype.js';
import { parseJson } from '../json/parse.js';
import { encodeJsonValue } from '../value/encode.js';
import { bindQuery } from './bind.js';
import { evaluateQuery } from './evaluate.js';
import { parseQuery } from './parse.js';

const failing = (kind: string) => expect.objectContaining({ kind }) as unknown as Error;

const i32: Datatype = { class: 'integer', size: 4, signed: true, littleEndian: true };
const u8: Datatype = { class: 'integer', size: 1, signed: false, littleEndian: true };
const i64be: Datatype = { class: 'integer', size: 8, signed: true, littleEndian: false };
const f64: Datatype = { class: 'float', size: 8, littleEndian: true };
const text = (length: number | 'variable'): Datatype => ({
  class: 'string',
  length,
  charSet: 'utf8',
});
const compound = (fields: Record<string, Datatype>): CompoundType => ({
  class: 'compound',
  fields: Object.entries(fields).map(([name, type]) => ({ name, type })),
});

function run(query: string, type: Datatype, rows: string): number[] {
  const json = parseJson(rows);
  const elements = encodeJsonValue(type, [(json as unknown[]).length], json);
  return [...evaluateQuery(bindQuery(parseQuery(query), type), elements)];
}

describe('queries on the sample of the reference', () => {
  const type = compound({ sym: text(4), n: i32 });
  const rows = '[["aa",1],["bb",2],["aa",3],["cc",4],["aa",5]]';

  it.each([
    [`sym == b'aa'`, [0, 2, 4]],
    [`sym == 'aa'`, [0, 2, 4]],
    [`sym == "aa"`, [0, 2, 4]],
    [`sym != b'aa'`, [1, 3]],
    [`n > 2`, [2, 3, 4]],
    [`2 < n`, [2, 3, 4]],
    [`n >= 2 where n in (1,2,5)`, [1, 4]],
    [`where n in (1, 2`, [0, 1]],
    [`where 'sym' in (bb, 'cc', b"zz")`, [1, 3]],
    [`sym IN ('bb', cc)`, [1, 3]],
    [`(n == 1) | (sym == b'cc')`, [0, 3]],
    [`sym > b'aa'`, [1, 3]],
    [`sym >= b'a' AND n<=2 OR n == 5`, [0, 1, 4]],
    [`n == 1 OR n == 2 AND sym == b'zz'`, [0]],
    [`NOT n == 1 AND NOT (n IN (2, 3))`, [3, 4]],
    [`n > 1 XOR n > 3`, [1, 2]],
    [`n == 10.5`, []],
    [`n != 1.5 AND n == 3.0`, [2]],
    [`n > -1e0 & n < +.5e1`, [0, 1, 2, 3]],
    [`n == n`, [0, 1, 2, 3, 4]],
    [`where n in (1.0, 2.5)`, [0]],
    [`sym == 'a & (b) OR = c'`, []],
    [`n > 99999999999999999999`, []],
    [`n < 99999999999999999999`, [0, 1, 2, 3, 4]],
  ])('%s', (query, expected) => {
    expect(run(query, type, rows)).toEqual(expected);
  });

  it.each([
    'foobar',
    'open @ 12',
    'gloop < blag',
    'x = 12',
    'n = 2',
    'n > 12; n < 40',
    `import os; print(os.environ['FOO'])`,
    'n',
    'n >',
    '(n > 1',
    'n > 1)',
    'n <> 1',
    'n ! 1',
    '',
    '()',
    '1 == 1',
    'n > 1 AND',
    'n > 1 and n < 3',
    '1 + 1 = 2',
    'n > 1 < 3',
    'n == b',
    `n == '1'`,
    'sym == 5',
    'sym == n',
    `sym == 'aa`,
    `sym == 'aa' 'bb'`,
    'where n in ()',
    'where n in (1,,2)',
    'where n in (a)',
    'where n in (1) n',
    'where zz in (1)',
    'where n',
    'n IN 1',
    'n IN (1',
    'zz > 1 OR n > 1',
    '_ > 1',
  ])('refuses %s', (query) => {
    expect(() => bindQuery(parseQuery(query), type)).toThrow(failing('invalid'));
  });
});

it.each([
  ['parentheses', `${'('.repeat(5000)}n > 1${')'.repeat(5000)}`],
  ['negations', `${'NOT '.repeat(1500)}n > 1`],
  ['conditions', `n > 1${' OR n > 1'.repeat(5000)}`],
  ['characters', `n > ${'1'.repeat(2 ** 20)}`],
])('refuses too many %s', (_what, query) => {
  expect(() => parseQuery(query)).toThrow(failing('invalid'));
});

describe('comparison rules', () => {
  it('reads names with blanks and digits', () => {
    const type = compound({ 'wind speed 10m': f64, '2b': i32 });
    expect(run('wind speed 10m > 3 AND 2b < 9', type, '[[4, 1], [4, 9], [1, 1]]')).toEqual([0]);
    expect(run(`where "wind speed 10m" in (4)`, type, '[[4, 1]]')).toEqual([0]);
  });

  it('compares 64-bit integers exactly', () => {
    const type = compound({ a: i64be, b: i64be });
    const rows = '[[9007199254740993, 9007199254740992], [9007199254740992, -5], [-9, 7]]';
    expect(run('a == 9007199254740993', type, rows)).toEqual([0]);
    expect(run('a > 9007199254740992', type, rows)).toEqual([0]);
    expect(run('a == 9007199254740992.0', type, rows)).toEqual([1]);
    expect(run('a > b', type, rows)).toEqual([0, 1]);
    expect(run('a IN (9007199254740993, -9.0)', type, rows)).toEqual([0, 2]);
    expect(run('a < -8.5', type, rows)).toEqual([2]);
  });

  it('finds NaN unequal to everything', () => {
    const type = compound({ x: f64 });
    expect(run('x == 1', type, '[[NaN], [1.0]]')).toEqual([1]);
    expect(run('x != 1', type, '[[NaN], [1.0]]')).toEqual([0]);
    expect(run('x <= 1 OR x > 1', type, '[[NaN], [1.0]]')).toEqual([1]);
  });

  it('treats unsigned, boolean, enum, reference and variable text fields', () => {
    const flag: Datatype = {
      class: 'enum',
      base: { class: 'integer', size: 1, signed: true, littleEndian: true },
      mapping: new Map([
        ['FALSE', 0n],
        ['TRUE', 1n],
      ]),
      boolean: true,
    };
    const type = compound({ u: u8, flag, ref: { class: 'reference', target: 'object' } });
    const rows = '[[200, true, "groups/g-1"], [3, false, ""]]';
    expect(run('u > -1', type, rows)).toEqual([0, 1]);
    expect(run('u == 300', type, rows)).toEqual([]);
    expect(run('flag == 1', type, rows)).toEqual([0]);
    expect(run(`ref == ''`, type, rows)).toEqual([1]);
    const variable = compound({ s: text('variable'), n: i32, v: { class: 'vlen', base: u8 } });
    const some = '[["八", 1, [1]], ["", 2, []], ["b", 3, [1, 2]]]';
    expect(run(`s == '八'`, variable, some)).toEqual([0]);
    expect(run(`s == b'b' OR n == 2`, variable, some)).toEqual([1, 2]);
    expect(run(`s IN (b, '')`, variable, some)).toEqual([1, 2]);
    expect(() => run('v == 1', variable, some)).toThrow(failing('invalid'));
  });

  it('calls the element _ where there are no fields', () => {
    expect(run('_ > 2 AND _ != 4', i32, '[1, 3, 4, 5]')).toEqual([1, 3]);
    expect(run(`_ == 'b'`, text('variable'), '["a", "b"]')).toEqual([1]);
    expect(run(`_ IN (a)`, text(3), '["a", "b"]')).toEqual([0]);
    expect(() => run('n > 2', i32, '[1]')).toThrow(failing('invalid'));
  });

  it('ignores trailing NULs and compares bytes', () => {
    const rows = '["a", "ab", "é", "a\\u0000"]';
    expect(run(`_ == 'a'`, text(3), rows)).toEqual([0, 3]);
    expect(run(`_ > 'ab'`, text(3), rows)).toEqual([2]);
    expect(run(`_ < 'abcdef'`, text(3), rows)).toEqual([0, 1, 3]);
  });
});

it('agrees with row by row evaluation', () => {
  const type = compound({ a: i32, b: f64, s: text(2) });
  const row = fc.tuple(
    fc.integer({ min: -3, max: 3 }),
    fc.constantFrom(-1.5, 0, 2, 2.5),
    fc.constantFrom('', 'a', 'ab', 'b'),
  );
  type Row = [number, number, string];
  const operators = {
    '==': (x: number | string, y: number | string) => x === y,
    '!=': (x: number | string, y: number | string) => x !== y,
    '<': (x: number | string, y: number | string) => x < y,
    '>=': (x: number | string, y: number | string) => x >= y,
  };
  interface Piece {
    readonly text: string;
    readonly holds: (row: Row) => boolean;
  }
  const operator = fc.constantFrom(...(Object.keys(operators) as (keyof typeof operators)[]));
  const leaf: fc.Arbitrary<Piece> = fc
    .tuple(
      fc.constantFrom(0, 1, 2),
      operator,
      fc.integer({ min: -3, max: 3 }),
      fc.constantFrom('a', 'ab', 'c'),
    )
    .map(([field, op, number, word]) => ({
      text: `${'abs'.charAt(field)} ${op} ${field === 2 ? `'${word}'` : number}`,
      holds: (each: Row) => operators[op](each[field], field === 2 ? word : number),
    }));
  const { tree } = fc.letrec<{ tree: Piece }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3 },
      leaf,
      tie('tree').map((each) => ({
        text: `NOT (${each.text})`,
        holds: (r: Row) => !each.holds(r),
      })),
      fc.tuple(tie('tree'), tie('tree'), fc.constantFrom('AND', '|', 'XOR')).map(([l, r, op]) => ({
        text: `(${l.text}) ${op} (${r.text})`,
        holds: (each: Row) => {
          if (op === 'AND') return l.holds(each) && r.holds(each);
          return op === '|' ? l.holds(each) || r.holds(each) : l.holds(each) !== r.holds(each);
        },
      })),
    ),
  }));
  const property = fc.property(tree, fc.array(row, { maxLength: 20 }), (piece, rows) => {
    const expected = rows.flatMap((each, index) => (piece.holds(each) ? [index] : []));
    expect(run(piece.text, type, JSON.stringify(rows))).toEqual(expected);
  });
  fc.assert(property, { numRuns: 200 });
});

it('finds matches on both sides of the borders between blocks of elements', () => {
  const count = 10_000;
  const rows = JSON.stringify(Array.from({ length: count }, (_none, row) => row));
  const expected = [0, 4094, 4095, 4096, 4097, 8191, 8192, 9999];
  expect(run(`_ IN (${expected.join()})`, i32, rows)).toEqual(expected);
  expect(run('_ >= 4095', i32, rows)).toHaveLength(count - 4095);
});
