import fc from 'fast-check';
import { parseGlob } from './glob.js';

const failing = (kind: string) => expect.objectContaining({ kind }) as unknown as Error;

describe('parseGlob', () => {
  it.each([
    ['ab*', 'ab123', true],
    ['abc*', 'ab123', false],
    ['*123', 'abc123', true],
    ['*124', 'abc123', false],
    ['abc*xyz', 'abcxyz', true],
    ['abc*z', 'abc123xyz', true],
    ['aba*aba', 'aba', false],
    ['a[*]c', 'a*c', true],
    ['a[*]c', 'abc', false],
    ['ab[0-9]', 'ab7', true],
    ['ab[0-9]', 'abc', false],
    ['a?c*123', 'abc123', true],
    ['abcd', 'abc', false],
    ['a??', 'abc', true],
    ['a?', 'abc', false],
    ['[[]ab[]]', '[ab]', true],
    ['[?]', '?', true],
    ['[?]', 'x', false],
    ['[a-c][a-c][a-c][1-3][1-3][1-3]', 'abc123', true],
    ['[a-c][a-c][a-c][1-3][1-3][1-3]', 'abx123', false],
    ['[a-c]*', 'b9', true],
    ['ext*', 'extlink', true],
    ['Ext*', 'extlink', false],
    ['?', '😀', true],
    ['[😀-😂]', '😁', true],
    ['*', 'x', true],
    ['*', '', false],
    ['', '', false],
    ['', 'x', false],
  ])('%s on %s: %s', (pattern, name, expected) => {
    expect(parseGlob(pattern)(name)).toBe(expected);
  });

  it.each([
    ...['[', 'ab[', 'ab[-c]', 'ab]', '*ab*', 'ab[12]', 'ab[12-34]', 'ab[c]]', '[z-a]', '[]', '[a'],
    ...['[a-', '[a-b', '**', 'x*[ab]', 'a'.repeat(5000)],
  ])('refuses %s', (pattern) => {
    expect(() => parseGlob(pattern)).toThrow(failing('invalid'));
  });

  it('agrees with a regular expression of the same meaning', () => {
    const token = fc.constantFrom<[string, string][]>(
      ['a', 'a'],
      ['.', '\\.'],
      ['?', '[^]'],
      ['[a-c]', '[a-c]'],
      ['[*]', '\\*'],
      ['[]]', '\\]'],
    );
    const name = fc.string({
      unit: fc.constantFrom('a', 'b', 'c', '.', '*', ']'),
      minLength: 1,
      maxLength: 8,
    });
    const property = fc.property(fc.array(token), fc.nat(8), name, (tokens, star, text) => {
      const all = tokens.toSpliced(star, 0, ['*', '[^]*']);
      for (const list of [tokens, all]) {
        const expected = new RegExp(`^${list.map(([, regex]) => regex).join('')}$`);
        expect(parseGlob(list.map(([glob]) => glob).join(''))(text)).toBe(expected.test(text));
      }
    });
    fc.assert(property, { numRuns: 1000 });
  });
});
