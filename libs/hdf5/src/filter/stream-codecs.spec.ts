import fc from 'fast-check';
import { HdfError } from '../errors.js';
import { decodeBlosclz, encodeBlosclz } from './blosclz.js';
import { appendFletcher32, fletcher32, verifyFletcher32 } from './fletcher32.js';
import { decodeLz4Block } from './lz4-block.js';
import { decodeLz4, encodeLz4Block } from './lz4.js';
import { encodeLz4hcBlock } from './lz4hc.js';
import { decodeLzf, encodeLzf } from './lzf.js';
import { decodeSnappy } from './snappy.js';

type Decode = (stream: Uint8Array, target: Uint8Array) => number;

const kind = (expected: string) => expect.objectContaining({ kind: expected }) as Error;
const text = (value: string) => Uint8Array.from(Buffer.from(value, 'latin1'));
const hex = (value: string) => Uint8Array.from(Buffer.from(value, 'hex'));

/** Pieces that repeat at many distances, near and far, and noise between them. */
const plainBytes = fc
  .array(
    fc.tuple(
      fc.uint8Array({ minLength: 1, maxLength: 20 }),
      fc.constantFrom(1, 2, 40, 700),
      fc.boolean(),
    ),
    { maxLength: 12 },
  )
  .map((pieces) => {
    const parts = pieces.flatMap(([piece, times, isFar]) => [
      ...Array.from({ length: times }, () => piece),
      isFar ? Uint8Array.from({ length: 9000 }, (_, i) => (i * i * 31) >> 3) : new Uint8Array(0),
    ]);
    return Uint8Array.from(Buffer.concat(parts));
  });

const codecs: [string, (plain: Uint8Array) => Uint8Array, Decode][] = [
  ['BloscLZ', encodeBlosclz, decodeBlosclz],
  ['LZ4HC level 1', (plain) => encodeLz4hcBlock(plain, 1), decodeLz4Block],
  ['LZ4HC level 9', (plain) => encodeLz4hcBlock(plain, 9), decodeLz4Block],
  ['LZF', encodeLzf, decodeLzf],
];

describe.each(codecs)('%s', (_name, encode, decode) => {
  it('reads back what it writes', () => {
    fc.assert(
      fc.property(plainBytes, (plain) => {
        const target = new Uint8Array(plain.length);
        expect(decode(encode(plain), target)).toBe(plain.length);
        expect(Buffer.compare(target, plain)).toBe(0);
      }),
      { numRuns: 40 },
    );
  });

  it('makes repetition small', () => {
    const plain = text('hyperslab '.repeat(2000));
    expect(encode(plain).length).toBeLessThan(500);
  });

  it('meets damaged streams with `corrupt` or other bytes, and stays inside its target', () => {
    const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(plainBytes, damage, fc.nat(), (plain, changes, cut) => {
        const stream = encode(plain);
        for (const [at, value] of changes) stream[at % Math.max(1, stream.length)] = value;
        const room = new Uint8Array(plain.length + 8).fill(0x5a);
        const target = room.subarray(0, plain.length);
        try {
          decode(stream.subarray(0, stream.length - (cut % 3)), target);
        } catch (error) {
          expect((error as HdfError).kind).toBe('corrupt');
        }
        expect(room.subarray(plain.length)).toEqual(new Uint8Array(8).fill(0x5a));
      }),
      { numRuns: 60 },
    );
  });
});

describe('decoders', () => {
  it.each<[string, Decode, string]>([
    ['an LZ4 match before its start', decodeLz4Block, '1041ffff'],
    ['an LZ4 distance of zero', decodeLz4Block, '10410000'],
    ['an LZ4 block without a last literal', decodeLz4Block, '10410100'],
    ['an LZ4 length without end', decodeLz4Block, 'f0ffffff'],
    ['a BloscLZ match before its start', decodeBlosclz, '00412005'],
    ['a BloscLZ far distance cut short', decodeBlosclz, '00413fff00'],
    ['an LZF run cut short', decodeLzf, '0541'],
  ])('refuse %s', (_what, decode, stream) => {
    expect(() => decode(hex(stream), new Uint8Array(64))).toThrow(kind('corrupt'));
  });
});

describe('native LZ4', () => {
  it('reads back small and large blocks', async () => {
    for (const length of [0, 1, 100, 100_000]) {
      const plain = new Uint8Array(length).map((_, i) => (i * i) >> 9);
      const block = await encodeLz4Block(plain);
      expect(Buffer.compare(await decodeLz4(block, length), plain)).toBe(0);
    }
  });

  it.each([10, 100_000])('refuses a block of other than %i bytes', async (size) => {
    const block = await encodeLz4Block(new Uint8Array(size + 1));
    await expect(decodeLz4(block, size)).rejects.toThrow(kind('corrupt'));
    await expect(decodeLz4(block, size + 2)).rejects.toThrow(kind('corrupt'));
  });

  it('refuses noise', async () => {
    const noise = new Uint8Array(50_000).map((_, i) => (i * 2654435761) >>> 13);
    await expect(decodeLz4(noise, 1_000_000)).rejects.toThrow(kind('corrupt'));
  });
});

describe('Snappy', () => {
  it('reads literals and all three kinds of copies', () => {
    const block = hex('12' + '0c61626364' + '1104' + '060400' + '0b06000000' + 'f00078');
    expect(Buffer.from(decodeSnappy(block, 18)).toString()).toBe('abcdabcdabcdababcx');
  });

  it.each([
    ['another size', '050c61626364', 4],
    ['an endless size', 'ffffffffff01', 4],
    ['a literal cut short', '040c6162', 4],
    ['a copy before its start', '080c616263640109', 8],
    ['too few bytes', '050c61626364', 5],
  ])('refuses %s', (_what, block, size) => {
    expect(() => decodeSnappy(hex(block), size)).toThrow(kind('corrupt'));
  });
});

describe('fletcher32', () => {
  it.each([
    ['', 0],
    ['0001', 0x00010001],
    ['00010002', 0x00040003],
    ['01', 0x01000100],
    ['ffff', 0xffffffff],
  ])('of %s', (bytes, sum) => {
    expect(fletcher32(hex(bytes))).toBe(sum);
  });

  it('finds a changed byte and accepts the sum of old libraries', () => {
    const stored = appendFletcher32(text('some chunk'));
    expect(verifyFletcher32(stored)).toEqual(text('some chunk'));
    const [a, b, c, d] = stored.subarray(-4);
    expect(verifyFletcher32(Uint8Array.of(...text('some chunk'), b!, a!, d!, c!))).toHaveLength(10);
    stored[3]! ^= 1;
    expect(() => verifyFletcher32(stored)).toThrow(kind('corrupt'));
    expect(() => verifyFletcher32(hex('000000'))).toThrow(kind('corrupt'));
  });
});
