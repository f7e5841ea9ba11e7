import fc from 'fast-check';
import { toJsonMap, type Attribute, type Json } from '#hdf5';
import { matchesQuery, parseDomainQuery } from './domain-query.js';

const scalar = toJsonMap({ class: 'H5S_SCALAR' });
const classes = { string: 'H5T_STRING', number: 'H5T_INTEGER' } as const;

function attribute(value: Json, shape = scalar): Attribute {
  const type = toJsonMap({ class: typeof value === 'string' ? classes.string : classes.number });
  return { type, shape, value, created: 0 };
}

const attributes = new Map([
  ['attr1', attribute(8)],
  ['attr 2', attribute('A4')],
  ['big', attribute(9007199254740993n)],
  ['list', attribute([1, 2], toJsonMap({ class: 'H5S_SIMPLE', dims: [2] }))],
]);

const matches = (text: string) => matchesQuery(parseDomainQuery(text), attributes);

describe('a domain query', () => {
  it.each([
    ['attr1 > 7', true],
    ['attr1>=9', false],
    ["attr 2 != 'A4'", false],
    ["attr1 > 7 AND attr 2 == 'A4'", true],
    ['attr1 > 9 OR 7 <= attr1', true],
    ['(attr1 == 1 | attr1 == 8) & attr1 < 1e3', true],
    ['attr1 == 1 | attr1 == 8 & attr1 == 9', false],
    [`attr 2 == b'A4'`, true],
    [`attr 2 == "A4" where attr1 == 0`, true],
    [`'a where b' == 'a where b'`, true],
    [`'x AND y' == 'x AND y'`, true],
    ['big == 9007199254740993', false],
    ['1==1', true],
    ['inf > attr1', true],
    ['nan == nan', false],
  ])('%s is %s', (text, expected) => {
    expect(matches(text)).toBe(expected);
  });

  it('leaves out domains without the attribute, or with a list under its name', () => {
    expect(matches('missing == 1 OR 1 == 1')).toBe(false);
    expect(matches('list == 1 OR 1 == 1')).toBe(false);
  });

  it('knows texts and numbers to differ, and leaves out what it cannot put in order', () => {
    expect(matches('attr 2 == 4')).toBe(false);
    expect(matches('attr 2 != 4')).toBe(true);
    expect(matches('attr 2 < 4 OR 1 == 1')).toBe(false);
  });

  it.each([
    'atttr1 > 7 AND',
    '',
    'where a == 1',
    'a',
    'a = 1',
    'a == 1 b == 2)',
    '(a == 1',
    "a == 'x",
    'a == == 1',
    '('.repeat(1000),
  ])('%s is refused', (text) => {
    expect(() => parseDomainQuery(text)).toThrow(
      expect.objectContaining({ kind: 'invalid' }) as Error,
    );
  });

  it('never fails otherwise than by refusing', () => {
    const piece = fc.constantFrom(
      'a',
      '1',
      "'",
      '"',
      '(',
      ')',
      '==',
      '<',
      '&',
      ' OR ',
      ' AND ',
      '.',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        try {
          expect(typeof matches(pieces.join(''))).toBe('boolean');
        } catch (error) {
          expect(error).toMatchObject({ kind: 'invalid' });
        }
      }),
    );
  });
});
