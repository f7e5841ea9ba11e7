import fc from 'fast-check';
import { HdfError } from '../errors.js';
import { decodeFrame, encodeFrame, parseFrame } from './blosc-frame.js';
import type { FrameCompressor } from './registry.js';

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const hex = (data: Uint8Array) => Buffer.from(data).toString('hex');
const kind = (expected: string) => expect.objectContaining({ kind: expected }) as Error;

const COMPRESSORS: FrameCompressor[] = ['blosclz', 'lz4', 'lz4hc', 'zlib', 'zstd'];

async function decode(stored: Uint8Array): Promise<Uint8Array> {
  const frame = parseFrame(stored);
  if (frame === undefined) throw new HdfError('corrupt', 'not a frame');
  return decodeFrame(frame);
}

describe('blosc frames of HSDS', () => {
  it.each([
    [
      'zlib',
      '02016001 20030000 20030000 28000000 14000000 10000000 785e63601805a36014e0020003200001',
    ],
    ['lz4', '02012001 20030000 20030000 26000000 14000000 0e000000 1f000100ffffff0a500000000000'],
    [
      'blosclz',
      '02010001 20030000 20030000 27000000 14000000 0f000000 2300000000e0ffffff130302000000',
    ],
    [
      'zstd',
      '02019001 20030000 20030000 2b000000 14000000 13000000 ' +
        '28b52ffd6020024d000010000001001b2b8005',
    ],
  ] as const)(
    'of 800 zeros by %s are read, and ours have the same header',
    async (codec, frame) => {
      expect(await decode(bytes(frame))).toEqual(new Uint8Array(800));
      const ours = await encodeFrame(new Uint8Array(800), {
        compressor: codec,
        level: 5,
        shuffleFlag: false,
      });
      expect(hex(ours.subarray(0, 12))).toBe(frame.replaceAll(' ', '').slice(0, 24));
      expect(hex(ours.subarray(16, 20))).toBe('14000000');
      expect(new DataView(ours.buffer).getUint32(12, true)).toBe(ours.length);
      expect(await decode(ours)).toEqual(new Uint8Array(800));
    },
  );

  it('of few bytes are stored only, byte for byte', async () => {
    const plain = new Uint8Array(Int32Array.from({ length: 8 }, (_, i) => i).buffer);
    const options = { compressor: 'zlib', level: 5, shuffleFlag: true } as const;
    const frame = await encodeFrame(plain, options);
    expect(hex(frame)).toBe('02017301200000002000000030000000' + hex(plain));
    expect(await decode(frame)).toEqual(plain);
  });

  it('of a ramp by zlib, with and without the shuffle flag', async () => {
    const plain = new Uint8Array(Int32Array.from({ length: 1000 }, (_, i) => i).buffer);
    const options = { compressor: 'zlib', level: 9 } as const;
    const without = await encodeFrame(plain, { ...options, shuffleFlag: false });
    expect(hex(without.subarray(0, 12))).toBe('02016001a00f0000a00f0000');
    const flagged = await encodeFrame(plain, { ...options, shuffleFlag: true });
    expect(flagged[2]).toBe(0x61);
    expect(flagged.subarray(16)).toEqual(without.subarray(16));
  });
});

describe('frames', () => {
  const cases = fc.tuple(
    fc.constantFrom(...COMPRESSORS),
    fc.integer({ min: 0, max: 9 }),
    fc.boolean(),
    fc.constantFrom(0, 1, 127, 128, 5000, 40_000, 100_000),
    fc.constantFrom(0, 3, 9, 24),
  );

  it('are read back, whatever the codec, level and data', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ([compressor, level, shuffleFlag, length, shift]) => {
        const plain = new Uint8Array(length).map((_, i) => (i * 2654435761) >>> shift);
        const frame = await encodeFrame(plain, { compressor, level, shuffleFlag });
        expect(frame.length).toBeLessThanOrEqual(length + 16);
        expect(Buffer.compare(await decode(frame), plain)).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  it('that are damaged give an error or other bytes of the stated size', async () => {
    const changes = fc.array(fc.tuple(fc.nat(120), fc.nat(255)), { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(cases, changes, async ([compressor, , , length], damage) => {
        const plain = new Uint8Array(Math.min(length, 5000)).map((_, i) => i >> 4);
        const frame = await encodeFrame(plain, { compressor, level: 5, shuffleFlag: false });
        for (const [at, value] of damage) if (at !== 7 && at < frame.length) frame[at] = value;
        const parsed = parseFrame(frame);
        if (parsed === undefined || parsed.plainBytes > 1e6) return;
        const result = await decodeFrame(parsed).catch((error: unknown) => error as HdfError);
        if (result instanceof HdfError) expect(result.kind).toMatch(/corrupt|unsupported/);
        else expect(result.length).toBe(parsed.plainBytes);
      }),
      { numRuns: 200 },
    );
  });

  const zeros =
    '02016001 20030000 20030000 28000000 14000000 10000000 785e63601805a36014e0020003200001';
  it.each([
    ['that claim far more than they hold', 8, 'ffffff7f ffffff7f'],
    ['of blocks without bytes', 16, '00000000'],
    ['of more blocks than they have room for', 16, '50000000'],
    ['whose block starts outside', 32, 'ffffff7f'],
    ['whose part reaches outside', 40, '11000000'],
    ['whose part holds less', 8, '21030000 21030000'],
  ])('%s are refused', async (_what, at, change) => {
    const digits = zeros.replaceAll(' ', '');
    const changed = change.replaceAll(' ', '');
    const damaged = digits.slice(0, at) + changed + digits.slice(at + changed.length);
    await expect(decode(bytes(damaged))).rejects.toThrow(kind('corrupt'));
  });

  it('of a codec that Blosc does not define are unsupported', async () => {
    const unknown = bytes(zeros.replace('02016001', '0201e001'));
    await expect(decode(unknown)).rejects.toThrow(kind('unsupported'));
  });

  it.each([
    ['another version', '01016001 00000000 00000000 10000000'],
    ['elements of no bytes', '02016000 00000000 00000000 10000000'],
    ['more bytes than there are', '02016001 00000000 00000000 11000000'],
    ['stored bytes that are not there', '02017201 01000000 01000000 10000000'],
    ['a header cut short', '02016001 00000000 00000000 100000'],
  ])('are not seen in a header with %s', (_what, header) => {
    expect(parseFrame(bytes(header))).toBeUndefined();
  });
});
