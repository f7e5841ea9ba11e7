/**
 * Writes chunks that this program encodes, for `check_frames.py` to read with HSDS's own code:
 *
 *   node test/interop/emit-frames.js <folder> [<built index.js of libs/hdf5>]
 *
 * Each chunk is `<n>.plain` and `<n>.stored`; `frames.json` lists their filters and item sizes.
 */
import console from 'node:console';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';

const [folder, built = 'dist/libs/hdf5/src/index.js'] = process.argv.slice(2);
const { encodeChunk } = await import(pathToFileURL(resolve(built)).href);

/** Plain chunks: zeros, smooth, noisy, repeating far back; below and above every threshold. */
function plains() {
  const noise = (length) => Uint8Array.from({ length }, (_, i) => Math.imul(i, 2654435761) >>> 24);
  const ramp = new Uint8Array(Int32Array.from({ length: 50_000 }, (_, i) => i).buffer);
  const wave = new Uint8Array(
    Float64Array.from({ length: 20_003 }, (_, i) => Math.round(Math.sin(i / 50) * 1e4)).buffer,
  );
  const scattered = Uint8Array.from({ length: 60_000 }, (_, i) => (Math.imul(i, i + 7) >>> 5) & 3);
  const far = new Uint8Array(200_000);
  for (let at = 0; at < far.length; at += 40_000) far.set(scattered.subarray(0, 39_000), at);
  return { zeros: new Uint8Array(800), few: noise(40), noise: noise(70_000), ramp, wave, far };
}

const COMPRESSORS = [
  { class: 'H5Z_FILTER_DEFLATE', id: 1, name: 'gzip' },
  ...['blosclz', 'lz4', 'lz4hc', 'zstd'].map((name) => ({ class: 'H5Z_FILTER_USER', name })),
];
const SHUFFLES = [
  [],
  [{ class: 'H5Z_FILTER_SHUFFLE', id: 2, name: 'shuffle' }],
  [{ class: 'H5Z_FILTER_BITSHUFFLE', id: 32008, name: 'bitshuffle' }],
];

/** Every filter list with every item size that makes a difference for it. */
function* codings() {
  const levels = [1, 5, 9].flatMap((level) => COMPRESSORS.map((entry) => [{ ...entry, level }]));
  for (const shuffles of SHUFFLES) {
    const itemSizes = shuffles.length > 0 ? [1, 2, 4, 8] : [4];
    for (const compressors of [[], ...levels]) {
      const filters = [...shuffles, ...compressors];
      yield* itemSizes.map((itemSize) => ({ filters, itemSize }));
    }
  }
}

mkdirSync(folder, { recursive: true });
const index = [];
for (const [name, plain] of Object.entries(plains())) {
  for (const coding of codings()) {
    const file = String(index.length);
    writeFileSync(join(folder, `${file}.plain`), plain);
    writeFileSync(join(folder, `${file}.stored`), await encodeChunk(plain, coding));
    index.push({ file, name, ...coding });
  }
}
writeFileSync(join(folder, 'frames.json'), JSON.stringify(index));
console.log(`${index.length} chunks written`);
