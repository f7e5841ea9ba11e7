import {
  chunkElementCount,
  wrapElements,
  type ChunkSpec,
  type Elements,
  type IntegerType,
} from '#hdf5';

/**
 * The content that a dataset's initializer computes for a chunk that is not stored, or null when
 * it is none of these (`chunklocator` is in chunk-locator.ts; else the fill value is used).
 *
 * `["arange", "--start=<number>", "--step=<number>"]`: 1-D integers and floats, element with dataset
 * index i is start + i x step.
 *
 * @see HSDS storage schema, initialisers
 */
export function initialChunk(spec: ChunkSpec, chunk: readonly number[]): Elements | null {
  const [name, ...options] = spec.initializer ?? [];
  if (name !== 'arange' || chunk.length !== 1) return null;
  if (spec.type.class !== 'integer' && spec.type.class !== 'float') return null;
  const start = option(options, '--start=', 0);
  const step = option(options, '--step=', 1);
  if (start === null || step === null) return null;
  const count = chunkElementCount(spec.chunkDims);
  const first = start + (chunk[0] ?? 0) * count * step;
  const { size } = spec.type;
  const bytes = new Uint8Array(count * size);
  const view = new DataView(bytes.buffer);
  if (spec.type.class === 'float') {
    if (size === 2) return null;
    const { littleEndian } = spec.type;
    for (let index = 0; index < count; index += 1) {
      const value = first + index * step;
      if (size === 4) view.setFloat32(index * 4, value, littleEndian);
      else view.setFloat64(index * 8, value, littleEndian);
    }
  } else {
    countUp(view, spec.type, {
      count,
      first: BigInt(Math.trunc(first)),
      step: BigInt(Math.trunc(step)),
    });
  }
  return wrapElements(spec.type, bytes, count);
}

function countUp(
  view: DataView,
  { size, littleEndian }: IntegerType,
  { count, first, step }: { count: number; first: bigint; step: bigint },
): void {
  let value = first;
  for (let index = 0; index < count; index += 1) {
    const low = BigInt.asUintN(64, value);
    if (size === 8) view.setBigUint64(index * 8, low, littleEndian);
    else if (size === 4) view.setUint32(index * 4, Number(BigInt.asUintN(32, low)), littleEndian);
    else if (size === 2) view.setUint16(index * 2, Number(BigInt.asUintN(16, low)), littleEndian);
    else view.setUint8(index, Number(BigInt.asUintN(8, low)));
    value += step;
  }
}

function option(options: readonly string[], prefix: string, fallback: number): number | null {
  const given = options.find((text) => text.startsWith(prefix));
  if (given === undefined) return fallback;
  const value = Number(given.slice(prefix.length));
  return Number.isFinite(value) ? value : null;
}
