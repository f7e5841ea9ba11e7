import fc from 'fast-check';
import { compareKeys, foldKey } from './key-order.js';

const texts = fc.string({ unit: 'binary', maxLength: 6 });

describe('compareKeys', () => {
  it('orders as the bytes of UTF-8 do', () => {
    fc.assert(
      fc.property(texts, texts, (left, right) => {
        const bytes = Buffer.compare(Buffer.from(left), Buffer.from(right));
        expect(Math.sign(compareKeys(left, right))).toBe(bytes);
      }),
      { examples: [['\uffee', '\u{1F600}']] },
    );
  });
});

describe('foldKey', () => {
  it.each([
    ['a/b/c', '', 'a/'],
    ['a/b/c', 'a/', 'a/b/'],
    ['a/b/c', 'a/b/', 'a/b/c'],
    ['a/b/c', 'a', 'a/'],
  ])('shows %s under %j as %s', (key, prefix, shown) => {
    expect(foldKey(key, prefix)).toBe(shown);
  });
});
