import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { locateChunks } from './chunk-index.js';

const FILES = 'test/fixtures/hdf5';
type Row = [number[], number, number];
const EXPECTED = JSON.parse(readFileSync(`${FILES}/locations.json`, 'utf8')) as Record<
  string,
  Record<string, Row[]>
>;

const failing = (kind: string) => expect.objectContaining({ kind }) as unknown as Error;

/** Reads a file as a store does: fewer bytes at its end. */
function reader(name: string) {
  const bytes = gunzipSync(readFileSync(`${FILES}/${name}.h5.gz`));
  return (offset: number, length: number) =>
    Promise.resolve(new Uint8Array(bytes.subarray(offset, offset + length)));
}

const CASES = Object.entries(EXPECTED).flatMap(([file, datasets]) =>
  Object.keys(datasets).map((path): [string, string] => [file, path]),
);
/** The newest format's index for one unlimited dimension. */
const isUnsupported = ([file, path]: [string, string]) =>
  file === 'newest' && path === 'one unlimited';

describe('where the chunks of an HDF5 file lie', () => {
  it.each(CASES.filter((one) => !isUnsupported(one)))('%s: %s', async (file, path) => {
    const located = await locateChunks(reader(file), path);
    const rows = located.map(({ chunk, offset, size }): Row => [[...chunk], offset, size]);
    const byPlace = (one: Row, other: Row) => one[1] - other[1];
    expect(rows.sort(byPlace)).toEqual([...(EXPECTED[file]?.[path] ?? [])].sort(byPlace));
  });

  it.each([
    ['newest', 'one unlimited', 'unsupported'],
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
});
