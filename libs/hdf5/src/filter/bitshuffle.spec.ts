import fc from 'fast-check';
import { transposeBits } from './bit-transpose.js';
import { decodeBitshuffle, encodeBitshuffle } from './bitshuffle.js';

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const kind = (expected: string) => expect.objectContaining({ kind: expected }) as Error;

const countUp = new Uint8Array(Uint16Array.from({ length: 16 }, (_, i) => i).buffer);
const countUpStream = bytes(
  '0000000000000020 00001000 00000012 9eaaaaccccf0f000ff000100500000000000',
);

/** Obviously right: row 8b + k, bit e = bit k of byte b of element e. */
function slowTranspose(plain: Uint8Array, count: number, itemSize: number): Uint8Array {
  const rows = new Uint8Array(count * itemSize);
  for (let e = 0; e < count; e++) {
    for (let bit = 0; bit < 8 * itemSize; bit++) {
      const value = (plain[e * itemSize + (bit >> 3)]! >> (bit & 7)) & 1;
      rows[bit * (count / 8) + (e >> 3)]! |= value << (e & 7);
    }
  }
  return rows;
}

describe('bitshuffle', () => {
  it('writes and reads the reference stream', () => {
    expect(decodeBitshuffle(countUpStream, 2, 32)).toEqual(countUp);
    // Another LZ4 encoder may choose other matches: the header and the content must agree.
    const ours = encodeBitshuffle(countUp, 2);
    expect(ours.subarray(0, 12)).toEqual(countUpStream.subarray(0, 12));
    expect(decodeBitshuffle(ours, 2, 32)).toEqual(countUp);
  });

  it('transposes as defined', () => {
    const cases = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 9 }));
    fc.assert(
      fc.property(
        cases,
        fc.uint8Array({ minLength: 432, maxLength: 432 }),
        ([groups, size], data) => {
          const rows = new Uint8Array(groups * 8 * size);
          transposeBits({ bytes: data, at: 0 }, { bytes: rows, at: 0 }, groups * 8, size);
          expect(rows).toEqual(slowTranspose(data, groups * 8, size));
        },
      ),
    );
  });

  it('reads back what it writes: several blocks, a short one and a raw tail', () => {
    const lengths = fc.constantFrom(0, 1, 7, 8, 63, 2048, 2049, 2048 * 2 + 13);
    fc.assert(
      fc.property(lengths, fc.constantFrom(1, 2, 3, 8), fc.nat(), (count, itemSize, seed) => {
        const plain = new Uint8Array(count * itemSize).map((_, i) => (i * seed) >> 5);
        expect(decodeBitshuffle(encodeBitshuffle(plain, itemSize), itemSize, plain.length)).toEqual(
          plain,
        );
      }),
      { numRuns: 40 },
    );
  });

  it.each([
    ['another plain size', countUpStream, 30],
    ['blocks of no bytes', bytes('0000000000000020 00000000'), 32],
    ['blocks of odd elements', bytes('0000000000000020 00000011'), 32],
    ['a stream that ends in its header', countUpStream.subarray(0, 11), 32],
    ['a stream that ends in a block', countUpStream.subarray(0, -1), 32],
  ])('refuses %s', (_what, stream, plainSize) => {
    expect(() => decodeBitshuffle(stream, 2, plainSize)).toThrow(kind('corrupt'));
  });

  it('refuses Zstandard blocks by name', () => {
    const stream = bytes('0000000000000020 00001000 00000008 28b52ffd20000000');
    expect(() => decodeBitshuffle(stream, 2, 32)).toThrow(kind('unsupported'));
  });
});
