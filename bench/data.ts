import type { Target } from './target.js';

/** Creation of a dataset, as the REST API takes it. */
export interface DatasetOptions {
  readonly type: unknown;
  readonly shape: readonly number[];
  readonly maxdims?: readonly number[];
  readonly chunk?: readonly number[];
  readonly filters?: readonly object[];
}

/** Wind Toolkit: (time, y, x) float32 in chunks of 24 × 89 × 186; scaled to 42 chunks, 64 MiB. */
export const WTK = {
  shape: [168, 267, 372],
  chunk: [24, 89, 186],
  type: 'H5T_IEEE_F32LE',
} as const;
/** NSRDB: (time, site) int16 in chunks of 2688 × 372; scaled to two chunks of sites. */
export const NSRDB = { shape: [17568, 744], chunk: [2688, 372], type: 'H5T_STD_I16LE' } as const;
/** As most files in the wild have it. */
export const GZIP_SHUFFLE = [
  { class: 'H5Z_FILTER_SHUFFLE', id: 2, name: 'shuffle' },
  { class: 'H5Z_FILTER_DEFLATE', id: 1, name: 'deflate', level: 4 },
] as const;

/** The domain of all cases in a service, with its root group. */
export interface BenchDomain {
  readonly domain: string;
  readonly root: string;
}

/** Makes the domain on first use. */
export function benchDomain(target: Target): Promise<BenchDomain> {
  return target.once('domain', () => makeDomain(target, '/home/test_user1/bench.h5'));
}

export async function makeDomain(target: Target, domain: string): Promise<BenchDomain> {
  const { root } = await target.json('PUT', '/', { domain, body: {} });
  return { domain, root: String(root) };
}

/** Makes a dataset that is linked into the domain. @returns its id */
export async function makeDataset(
  target: Target,
  title: string,
  { type, shape, maxdims, chunk, filters }: DatasetOptions,
): Promise<string> {
  const { domain, root } = await benchDomain(target);
  const layout = chunk === undefined ? {} : { layout: { class: 'H5D_CHUNKED', dims: chunk } };
  const creationProperties = { ...layout, ...(filters === undefined ? {} : { filters }) };
  const body = {
    type,
    shape,
    ...(maxdims === undefined ? {} : { maxdims }),
    creationProperties,
    link: { id: root, name: title },
  };
  const { id } = await target.json('POST', '/datasets', { domain, body });
  return String(id);
}

/** Random numbers that are the same every time (mulberry32): ints below `bound`. */
export function randomInts(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * bound);
  };
}

/** Smooth in time and space with some noise, like wind: float32, row-major. */
export function windField(shape: readonly number[], seed = 1): Float32Array {
  const [times = 1, rows = 1, columns = 1] = shape;
  const field = new Float32Array(times * rows * columns);
  const random = randomInts(seed);
  let at = 0;
  for (let time = 0; time < times; time += 1) {
    for (let row = 0; row < rows; row += 1) {
      const base = 8 + 5 * Math.sin(time / 7 + row / 40);
      for (let column = 0; column < columns; column += 1) {
        field[at++] = Math.round((base + Math.cos(column / 60)) * 100 + random(8)) / 100;
      }
    }
  }
  return field;
}

/** Days of sun in hundredths of m/s: int16, (time, site). */
export function sunField([times, sites]: readonly [number, number]): Int16Array {
  const random = randomInts(2);
  return Int16Array.from({ length: times * sites }, (_none, at) => {
    const hour = Math.floor(at / sites) % 48;
    return Math.max(0, Math.round(900 * Math.sin((hour / 48) * Math.PI * 2))) + random(20);
  });
}

/** The memory of a typed array. */
export function bytesOf(array: ArrayBufferView): Buffer {
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength);
}
