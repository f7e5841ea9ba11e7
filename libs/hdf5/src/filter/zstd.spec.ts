import { nodeZstd } from './native.js';
import { decodeZstd, encodeZstd } from './zstd.js';
import { inspectZstdFrame } from './zstd-frame.js';

const kind = (expected: string) => expect.objectContaining({ kind: expected }) as Error;

/** A frame without content size, of `count` blocks of 128 KiB that repeat one byte. */
function repeatedBlocks(count: number): Uint8Array {
  const blocks = Array.from({ length: count }, (_, i) => {
    const header = (i === count - 1 ? 1 : 0) | (1 << 1) | (0x20000 << 3);
    return [header & 255, (header >> 8) & 255, header >> 16, 7];
  });
  return Uint8Array.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0x58, ...blocks.flat()]);
}

/** As above, but of compressed blocks, whose size only decoding tells; their content is noise. */
function compressedBlocks(count: number): Uint8Array {
  const blocks = Array.from({ length: count }, (_, i) => [
    (i === count - 1 ? 1 : 0) | (2 << 1) | (2 << 3),
    0,
    0,
    0x55,
    0xaa,
  ]);
  return Uint8Array.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0x58, ...blocks.flat()]);
}

describe('zstd frames', () => {
  it.each([0, 1, 5000, 300_000])('of %i bytes are read back', async (length) => {
    const plain = new Uint8Array(length).map((_, i) => i >> 7);
    const frame = await encodeZstd(plain, 3);
    expect(Buffer.compare(await decodeZstd(frame, length), plain)).toBe(0);
    const followed = Uint8Array.from([...frame, 1, 2, 3]);
    expect(Buffer.compare(await decodeZstd(followed, length), plain)).toBe(0);
  });

  it('tell their size where their blocks do', () => {
    const shape = { leastBytes: 3 * 131_072, mostBytes: 3 * 131_072, frameBytes: 18 };
    expect(inspectZstdFrame(repeatedBlocks(3))).toEqual(shape);
  });

  it('that hold too much are refused before they are decoded', async () => {
    await expect(decodeZstd(repeatedBlocks(100_000), 1000)).rejects.toThrow(kind('corrupt'));
    expect(await decodeZstd(repeatedBlocks(2), 262_144)).toEqual(new Uint8Array(262_144).fill(7));
  });

  it('that might hold far too much are refused where the decoder has no limit', async () => {
    const expected = nodeZstd() === undefined ? 'unsupported' : 'corrupt';
    await expect(decodeZstd(compressedBlocks(1000), 1000)).rejects.toThrow(kind(expected));
  });

  it('that hold more than wanted are refused', async () => {
    const frame = await encodeZstd(new Uint8Array(5001).fill(3), 3);
    await expect(decodeZstd(frame, 5000)).rejects.toThrow(kind('corrupt'));
  });

  it('that are cut short anywhere are refused', async () => {
    const frame = await encodeZstd(
      new Uint8Array(3000).map((_, i) => i * i),
      3,
    );
    for (let length = 0; length < frame.length; length += 97) {
      await expect(decodeZstd(frame.subarray(0, length), 3000)).rejects.toThrow(kind('corrupt'));
    }
  });
});
