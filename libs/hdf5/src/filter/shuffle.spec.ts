import fc from 'fast-check';
import { shuffle, unshuffle } from './shuffle.js';

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));

/** Obviously right: out[b·n + e] = in[e·t + b], the rest in place. */
function slowShuffle(plain: Uint8Array, itemSize: number): Uint8Array {
  const count = Math.floor(plain.length / itemSize);
  return plain.map((same, out) =>
    out < count * itemSize ? plain[(out % count) * itemSize + Math.floor(out / count)]! : same,
  );
}

describe('byte shuffle', () => {
  it.each([
    [4, '01020304 11121314 21222324', '011121 021222 031323 041424'],
    [2, '010002000300', '010203 000000'],
    [2, '0102030405', '0103 0204 05'],
    [4, '010203', '010203'],
  ])('moves elements of %i bytes into planes', (itemSize, plain, planes) => {
    expect(shuffle(bytes(plain), itemSize)).toEqual(bytes(planes));
    expect(unshuffle(bytes(planes), itemSize)).toEqual(bytes(plain));
  });

  it('agrees with the definition for any length, item size and alignment', () => {
    const cases = fc.tuple(
      fc.uint8Array({ maxLength: 400 }),
      fc.constantFrom(1, 2, 3, 4, 5, 8, 12, 16, 48),
      fc.integer({ min: 0, max: 3 }),
    );
    fc.assert(
      fc.property(cases, ([data, itemSize, offset]) => {
        const plain = data.subarray(Math.min(offset, data.length));
        const planes = shuffle(plain, itemSize);
        expect(planes).toEqual(slowShuffle(plain, itemSize));
        expect(unshuffle(planes, itemSize)).toEqual(Uint8Array.from(plain));
      }),
    );
  });
});
