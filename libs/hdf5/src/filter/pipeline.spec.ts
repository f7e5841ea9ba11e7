import { deflateSync } from 'node:zlib';
import { encodeBitshuffle } from './bitshuffle.js';
import { decodeChunk, encodeChunk } from './pipeline.js';
import { shuffle } from './shuffle.js';

const DEFLATE = { class: 'H5Z_FILTER_DEFLATE', id: 1, name: 'gzip', level: 4 };
const SHUFFLE = { class: 'H5Z_FILTER_SHUFFLE', id: 2, name: 'shuffle' };
const FLETCHER = { class: 'H5Z_FILTER_FLETCHER32', id: 3, name: 'fletcher32' };
const BITSHUFFLE = { class: 'H5Z_FILTER_BITSHUFFLE', id: 32_008, name: 'bitshuffle' };
const user = (name: string, level?: number) => ({
  class: 'H5Z_FILTER_USER',
  name,
  ...(level === undefined ? {} : { level }),
});

const plain = new Uint8Array(Float64Array.from({ length: 3000 }, (_, i) => i / 8).buffer);
const plainSize = plain.length;
const itemSize = 8;
const kind = (expected: string) => expect.objectContaining({ kind: expected }) as Error;
const same = (found: Uint8Array, expected: Uint8Array) => {
  expect(Buffer.compare(found, expected)).toBe(0);
};

describe('encodeChunk', () => {
  it('stores as they are chunks without filters, or with filters that only describe', async () => {
    expect(await encodeChunk(plain, { filters: [], itemSize })).toBe(plain);
    expect(await encodeChunk(plain, { filters: [FLETCHER], itemSize })).toBe(plain);
  });

  it('stores shuffled bytes, a bitshuffle stream, or a frame, by the list', async () => {
    same(await encodeChunk(plain, { filters: [SHUFFLE], itemSize }), shuffle(plain, 8));
    const bits = await encodeChunk(plain, { filters: [BITSHUFFLE], itemSize });
    same(bits, encodeBitshuffle(plain, 8));
    const frame = await encodeChunk(plain, { filters: [SHUFFLE, DEFLATE], itemSize });
    expect([...frame.subarray(0, 4)]).toEqual([2, 1, 0x61, 1]);
    same(await decodeChunk(frame, { filters: [DEFLATE], itemSize, plainSize }), plain);
    const both = await encodeChunk(plain, { filters: [BITSHUFFLE, DEFLATE], itemSize });
    expect(both[2]).toBe(0x60);
    same(await decodeChunk(both, { filters: [DEFLATE], itemSize, plainSize: bits.length }), bits);
  });

  it.each([
    ['no filter', []],
    ['shuffle', [SHUFFLE]],
    ['bitshuffle', [BITSHUFFLE]],
    ['deflate', [DEFLATE]],
    ['shuffle and deflate', [SHUFFLE, DEFLATE]],
    ['bitshuffle and zstd', [BITSHUFFLE, user('zstd')]],
    ['zstd beyond its levels', [user('zstd', 15)]],
    ['deflate of level 0', [{ ...DEFLATE, level: 0 }]],
    ['blosclz', [user('blosclz')]],
    ['lz4', [user('lz4')]],
    ['shuffle and lz4hc', [SHUFFLE, user('lz4hc', 9)]],
    ['lzf, as lz4', [{ class: 'H5Z_FILTER_LZF' }]],
  ])('is undone by decodeChunk: %s', async (_name, filters) => {
    const stored = await encodeChunk(plain, { filters, itemSize });
    same(await decodeChunk(stored, { filters, itemSize, plainSize }), plain);
    const odd = plain.subarray(1, 5 * 8 + 1);
    const few = await encodeChunk(odd, { filters, itemSize });
    same(await decodeChunk(few, { filters, itemSize, plainSize: odd.length }), odd);
  });

  it('takes what no compressor made for plain items of variable size', async () => {
    const stored = Uint8Array.of(1, 0, 0, 0, 97, 0, 0, 0, 0);
    const coding = { filters: [user('zstd')], itemSize: 'variable' } as const;
    same(await decodeChunk(stored, coding), stored);
  });

  it('compresses items of variable size, and needs no plain size for them', async () => {
    const filters = [SHUFFLE, DEFLATE];
    const stored = await encodeChunk(plain, { filters, itemSize: 'variable' });
    same(await decodeChunk(stored, { filters, itemSize: 'variable' }), plain);
  });
});

describe('decodeChunk', () => {
  it('believes the frame, not the name of the filter', async () => {
    const stored = await encodeChunk(plain, { filters: [user('lz4')], itemSize });
    same(await decodeChunk(stored, { filters: [DEFLATE], itemSize, plainSize }), plain);
  });

  it('reads zlib streams, with what follows them and a shuffle inside', async () => {
    const followed = Buffer.concat([deflateSync(plain), Buffer.from('tail')]);
    same(await decodeChunk(followed, { filters: [DEFLATE], itemSize, plainSize }), plain);
    const inside = deflateSync(shuffle(plain, 8));
    same(await decodeChunk(inside, { filters: [SHUFFLE, DEFLATE], itemSize, plainSize }), plain);
  });

  it.each(['deadbeef', '785e0102', '02016001'])(
    'takes bytes of the plain size that start %s for plain where a compressor is named',
    async (start) => {
      const stored = Uint8Array.from(plain);
      stored.set(Buffer.from(start, 'hex'));
      const filters = [SHUFFLE, DEFLATE];
      same(await decodeChunk(stored, { filters, itemSize, plainSize }), stored);
    },
  );

  it.each([
    ['plain bytes of another size', [], plain.subarray(8)],
    ['shuffled bytes of another size', [SHUFFLE], plain.subarray(8)],
    ['neither frame nor stream', [DEFLATE], plain.subarray(8)],
    ['a zlib stream cut short', [DEFLATE], deflateSync(plain).subarray(0, 500)],
    ['a zlib stream of more', [DEFLATE], deflateSync(Buffer.concat([plain, plain]))],
    ['a zlib stream of less', [DEFLATE], deflateSync(plain.subarray(8))],
    ['a stream for another codec', [user('zstd')], deflateSync(plain)],
    ['gzip', [DEFLATE], Buffer.from('1f8b0800000000000003', 'hex')],
    ['no bitshuffle stream', [BITSHUFFLE], plain.subarray(8)],
    ['nothing', [DEFLATE], new Uint8Array(0)],
  ])('refuses %s', async (_what, filters, stored) => {
    await expect(decodeChunk(stored, { filters, itemSize, plainSize })).rejects.toThrow(
      kind('corrupt'),
    );
  });

  it('takes as they are bits that HSDS 1.0 did not shuffle', async () => {
    same(await decodeChunk(plain, { filters: [BITSHUFFLE], itemSize, plainSize }), plain);
    const frame = await encodeChunk(plain, { filters: [user('zstd')], itemSize });
    const filters = [BITSHUFFLE, user('zstd')];
    same(await decodeChunk(frame, { filters, itemSize, plainSize }), plain);
  });

  it('bounds what a frame or stream may claim', async () => {
    const filters = [DEFLATE];
    const stored = await encodeChunk(plain, { filters, itemSize });
    const coding = { filters, itemSize: 'variable', plainBytesMax: plainSize } as const;
    same(await decodeChunk(stored, coding), plain);
    for (const bytes of [stored, deflateSync(plain)]) {
      await expect(decodeChunk(bytes, { ...coding, plainBytesMax: plainSize - 1 })).rejects.toThrow(
        kind('corrupt'),
      );
    }
  });
});
