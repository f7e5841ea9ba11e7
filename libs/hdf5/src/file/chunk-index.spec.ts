import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { HdfError } from '../errors.js';
import { locateChunks } from './chunk-index.js';

const FILES = 'test/fixtures/hdf5';
type Row = [number[], number, number];
const EXPECTED = JSON.parse(readFileSync(`${FILES}/locations.json`, 'utf8')) as Record<
  string,
  Record<string, Row[]>
>;

const failing = (kind: string) => expect.objectContaining({ kind }) as unknown as Error;

const bytesOf = (name: string) => gunzipSync(readFileSync(`${FILES}/${name}.h5.gz`));

/** Reads a file as a store does: fewer bytes at its end. */
function reader(name: string, bytes = bytesOf(name)) {
  return (offset: number, length: number) =>
    Promise.resolve(new Uint8Array(bytes.subarray(offset, offset + length)));
}

const CASES = Object.entries(EXPECTED).flatMap(([file, datasets]) =>
  Object.keys(datasets).map((path): [string, string] => [file, path]),
);

describe('where the chunks of an HDF5 file lie', () => {
  it.each(CASES)('%s: %s', async (file, path) => {
    const located = await locateChunks(reader(file), path);
    const rows = located.map(({ chunk, offset, size }): Row => [[...chunk], offset, size]);
    const byPlace = (one: Row, other: Row) => one[1] - other[1];
    expect(rows.sort(byPlace)).toEqual([...(EXPECTED[file]?.[path] ?? [])].sort(byPlace));
  });

  it.each([
    ['newest', 'none', 'not-found'],
    ['oldest', 'many/none', 'not-found'],
    ['oldest', 'a/b', 'invalid'],
    ['oldest', 'contiguous', 'invalid'],
  ])('%s: %s is %s', async (file, path, kind) => {
    await expect(locateChunks(reader(file), path)).rejects.toThrow(failing(kind));
  });

  it('refuses what is no HDF5 file', async () => {
    const text = (offset: number) => Promise.resolve(new Uint8Array(100).fill(offset % 7));
    await expect(locateChunks(text, 'd')).rejects.toThrow(failing('invalid'));
  });

  it.each(['oldest', 'behind', 'newest', 'growing'])(
    'ends with an answer or an error whatever is wrong in %s',
    async (name) => {
      const whole = bytesOf(name);
      const paths = Object.keys(EXPECTED[name] ?? {});
      const changes = fc.array(
        fc.tuple(fc.nat({ max: whole.length - 1 }), fc.constantFrom(0, 1, 0x7f, 0xff)),
        { minLength: 1, maxLength: 40 },
      );
      await fc.assert(
        fc.asyncProperty(changes, fc.constantFrom(...paths), async (edits, path) => {
          const bytes = Buffer.from(whole);
          for (const [at, value] of edits) bytes[at] = value;
          const outcome = await locateChunks(reader(name, bytes), path).catch(
            (error: unknown) => error,
          );
          expect(Array.isArray(outcome) || outcome instanceof HdfError).toBe(true);
        }),
        { numRuns: 300, seed: 5 },
      );
    },
  );

  it('ends with an answer or an error whatever an extensible array says', async () => {
    const whole = bytesOf('growing');
    const paths = Object.keys(EXPECTED.growing ?? {});
    const blocks = [...whole.toString('latin1').matchAll(/EA[HISD][DB]/g)].map(
      ({ index }) => index,
    );
    expect(blocks.length).toBeGreaterThan(20);
    const edit = fc.tuple(fc.constantFrom(...blocks), fc.integer({ min: 4, max: 90 }), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 12 }), async (edits) => {
        const bytes = Buffer.from(whole);
        for (const [block, at, value] of edits) bytes[block + at] = value;
        for (const path of paths) {
          const outcome = await locateChunks(reader('growing', bytes), path).catch(
            (error: unknown) => error,
          );
          expect(Array.isArray(outcome) || outcome instanceof HdfError).toBe(true);
        }
      }),
      { numRuns: 100, seed: 6 },
    );
  });

  it('gives up on a B-tree that leads in circles', async () => {
    const bytes = bytesOf('oldest');
    const trees = [...bytes.toString('latin1').matchAll(/TREE/g)].map(({ index }) => index);
    for (const at of trees) {
      // A node of groups is left as it is; one of chunks becomes its own child, many times over.
      if (bytes[at + 4] !== 1) continue;
      bytes[at + 5] = 31;
      const keyBytes = 8 + 8 * 3;
      for (let child = at + 24 + keyBytes; child + 8 < at + 1500; child += keyBytes + 8) {
        bytes.writeBigUInt64LE(BigInt(at), child);
      }
    }
    const paths = Object.keys(EXPECTED.oldest ?? {});
    for (const path of paths) {
      const outcome = await locateChunks(reader('oldest', bytes), path).catch(
        (error: unknown) => error,
      );
      expect(Array.isArray(outcome) || outcome instanceof HdfError).toBe(true);
    }
  });
});
