import { deflateSync } from 'node:zlib';
import { encodeBitshuffle } from './bitshuffle.js';
import { appendFletcher32 } from './fletcher32.js';
import { encodeLzf } from './lzf.js';
import { encodeChunk } from './pipeline.js';
import { decodeReferencedChunk } from './referenced.js';
import { shuffle } from './shuffle.js';

const DEFLATE = { class: 'H5Z_FILTER_DEFLATE', id: 1, name: 'gzip', level: 4 };
const SHUFFLE = { class: 'H5Z_FILTER_SHUFFLE', id: 2, name: 'shuffle' };
const FLETCHER = { class: 'H5Z_FILTER_FLETCHER32', id: 3, name: 'fletcher32' };
const LZF = { class: 'H5Z_FILTER_LZF', id: 32_000, name: 'lzf' };
const BITSHUFFLE = { class: 'H5Z_FILTER_BITSHUFFLE', id: 32_008, name: 'bitshuffle' };
const BLOSC = { class: 'H5Z_FILTER_BLOSC', id: 32_001, name: 'blosclz' };
const named = (name: string) => ({ class: `H5Z_FILTER_${name.toUpperCase()}`, name });

const plain = new Uint8Array(Int32Array.from({ length: 500 }, (_, i) => i * 3).buffer);
const plainSize = plain.length;
const kind = (expected: string) => expect.objectContaining({ kind: expected }) as Error;

describe('decodeReferencedChunk', () => {
  const compressed = deflateSync(shuffle(plain, 4));

  it.each([
    ['no filter', [], plain],
    ['shuffle, then deflate', [SHUFFLE, DEFLATE], compressed],
    ['the same in a list that has lost its order', [DEFLATE, SHUFFLE], compressed],
    ['a checksum behind all', [SHUFFLE, DEFLATE, FLETCHER], appendFletcher32(compressed)],
    ['a checksum inside', [FLETCHER, DEFLATE], deflateSync(appendFletcher32(plain))],
    ['a checksum under a shuffle', [FLETCHER, SHUFFLE], shuffle(appendFletcher32(plain), 4)],
    [
      'a checksum that the list names at the wrong place',
      [FLETCHER, DEFLATE],
      appendFletcher32(deflateSync(plain)),
    ],
    ['a compressor left out', [LZF], plain],
    ['a compressor left out behind a shuffle', [SHUFFLE, LZF], shuffle(plain, 4)],
    ['lzf inside a checksum', [LZF, FLETCHER], appendFletcher32(encodeLzf(plain))],
    ['bitshuffle', [BITSHUFFLE], encodeBitshuffle(plain, 4)],
  ])('reads %s', async (_what, filters, stored) => {
    const decoded = await decodeReferencedChunk(stored, { filters, itemSize: 4, plainSize });
    expect(Buffer.compare(decoded, plain)).toBe(0);
  });

  it("reads blosc frames, and the list's shuffle as theirs when they say so", async () => {
    for (const filters of [[DEFLATE], [SHUFFLE, DEFLATE]]) {
      const stored = await encodeChunk(plain, { filters, itemSize: 4 });
      const coding = { filters: [...filters.slice(0, -1), BLOSC], itemSize: 4, plainSize };
      expect(Buffer.compare(await decodeReferencedChunk(stored, coding), plain)).toBe(0);
    }
  });

  it.each([
    [
      'a changed byte under a checksum',
      [FLETCHER],
      appendFletcher32(plain).map((b, i) => (i === 9 ? 1 : b)),
    ],
    ['a stream cut short', [DEFLATE], deflateSync(plain).subarray(0, 90)],
    ['bytes that are no stream', [DEFLATE], plain.subarray(4)],
    ['bytes that are no frame', [BLOSC], plain.subarray(4)],
    ['bytes that are no zstd', [named('zstd')], plain.subarray(4)],
    ['an HDF5 LZ4 chunk cut short', [named('lz4')], Buffer.from('00000000000007d000000100', 'hex')],
    [
      'an HDF5 LZ4 chunk that claims much',
      [named('lz4')],
      Buffer.from('7fffffff0000000000000100', 'hex'),
    ],
    ['too few plain bytes', [], plain.subarray(4)],
    ['an lzf stream of less', [LZF], encodeLzf(plain.subarray(4))],
  ])('refuses %s', async (_what, filters, stored) => {
    const coding = { filters, itemSize: 4, plainSize };
    await expect(decodeReferencedChunk(stored, coding)).rejects.toThrow(kind('corrupt'));
  });

  it.each([
    ['szip', [named('szip')]],
    ['snappy', [named('snappy')]],
    ['n-bit of reduced precision', [named('nbit')]],
    ['unknown filters', [{ class: 'H5Z_FILTER_USER', id: 32_022, name: 'zfp' }]],
    ['scale-offset without a type', [named('scaleoffset')]],
  ])('does not support %s', async (_what, filters) => {
    const coding = { filters, itemSize: 4, plainSize };
    await expect(decodeReferencedChunk(plain.subarray(4), coding)).rejects.toThrow(
      kind('unsupported'),
    );
  });

  it.each([
    ['cut short', '0800000008'],
    ['with fewer codes than elements', '0800000008' + '00'.repeat(16) + 'ffff'],
    ['with codes wider than elements', '4100000008' + '00'.repeat(5000)],
  ])('refuses scale-offset data %s', async (_what, hex) => {
    const type = { class: 'integer', size: 4, signed: true, littleEndian: true } as const;
    const coding = { filters: [named('scaleoffset')], itemSize: 4, plainSize, type };
    const stored = Buffer.from(hex, 'hex');
    await expect(decodeReferencedChunk(stored, coding)).rejects.toThrow(kind('corrupt'));
  });
});
