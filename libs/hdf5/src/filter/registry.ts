/**
 * The one list of filters: HDF5's class, number and names, whether a dataset may ask for it, and
 * what is done for it.
 *
 * @see the storage page, "Filters, byte level"
 */
import type { FilterEntry } from '../object/chunk-spec.js';

/** Codecs of the Blosc frames that are written. */
export type FrameCompressor = 'blosclz' | 'lz4' | 'lz4hc' | 'zlib' | 'zstd';

export interface FilterInfo {
  readonly class: string;
  readonly id: number;
  /** The name that is stored. */
  readonly name: string;
  readonly aliases: readonly string[];
  /** Whether a dataset may be created with it. */
  readonly accepted: boolean;
  /** Compressing filters: the codec of the frames, or none where HSDS stores plain bytes. */
  readonly compressor?: FrameCompressor | 'none';
}

type Row = readonly [
  h5zClass: string,
  id: number,
  names: readonly [string, ...string[]],
  accepted: boolean,
  compressor?: FrameCompressor | 'none',
];

const ROWS: readonly Row[] = [
  ['H5Z_FILTER_NONE', 0, ['none'], false],
  ['H5Z_FILTER_DEFLATE', 1, ['gzip', 'deflate', 'zlib'], true, 'zlib'],
  ['H5Z_FILTER_SHUFFLE', 2, ['shuffle'], true],
  ['H5Z_FILTER_FLETCHER32', 3, ['fletcher32'], true],
  ['H5Z_FILTER_SZIP', 4, ['szip'], false, 'none'],
  ['H5Z_FILTER_NBIT', 5, ['nbit'], true],
  ['H5Z_FILTER_SCALEOFFSET', 6, ['scaleoffset'], true, 'none'],
  // No Blosc codec is called so; the frames say themselves what they hold.
  ['H5Z_FILTER_LZF', 32_000, ['lzf'], false, 'lz4'],
  ['H5Z_FILTER_BLOSC', 32_001, ['blosclz', 'blosc'], true, 'blosclz'],
  ['H5Z_FILTER_SNAPPY', 32_003, ['snappy'], false, 'lz4'],
  ['H5Z_FILTER_LZ4', 32_004, ['lz4'], true, 'lz4'],
  ['H5Z_FILTER_LZ4HC', 32_005, ['lz4hc'], true, 'lz4hc'],
  ['H5Z_FILTER_BITSHUFFLE', 32_008, ['bitshuffle'], true],
  ['H5Z_FILTER_ZSTD', 32_015, ['zstd'], true, 'zstd'],
];

/** Every filter that has a name here. */
export const FILTERS: readonly FilterInfo[] = ROWS.map(
  ([h5zClass, id, [name, ...aliases], accepted, compressor]) => ({
    class: h5zClass,
    id,
    name,
    aliases,
    accepted,
    ...(compressor === undefined ? {} : { compressor }),
  }),
);

/** The `compressors` of a domain, in HSDS's order. */
export const COMPRESSORS = ['blosclz', 'lz4', 'lz4hc', 'gzip', 'zstd', 'deflate'] as const;

const byKey = new Map<string | number, FilterInfo>(
  FILTERS.flatMap((filter) =>
    [filter.class, filter.id, filter.name, ...filter.aliases].map((key) => [key, filter] as const),
  ),
);

/** The filter of a class, number, name or alias (case-sensitive); undefined when unknown. */
export function findFilter(key: string | number): FilterInfo | undefined {
  return byKey.get(key);
}

const USER_CLASS = 'H5Z_FILTER_USER';

/** The filter that a stored entry means: by class, and for `H5Z_FILTER_USER` by name or number. */
export function filterOf(entry: FilterEntry): FilterInfo | undefined {
  if (entry.class !== USER_CLASS) return findFilter(entry.class);
  return findFilter(entry.name ?? '') ?? findFilter(entry.id ?? -1);
}

/** What is done to the bytes of a dataset's chunks. */
export interface FilterPlan {
  readonly compressor: FrameCompressor | 'none';
  /** 0 to 9. */
  readonly level: number;
  readonly shuffle: 'none' | 'byte' | 'bit';
}

/** HSDS's level for a filter that states none. */
const LEVEL_DEFAULT = 5;
const LEVEL_MAX = 9;

/**
 * What a filter list asks for: the first compressor and the first shuffle; the rest, and the
 * order, is ignored. Levels are clamped to 0…9; elements of variable size are never shuffled.
 */
export function filtersNeeded(
  filters: readonly FilterEntry[],
  itemSize: number | 'variable',
): FilterPlan {
  const compressing = filters.find((entry) => filterOf(entry)?.compressor !== undefined);
  const compressor = compressing && filterOf(compressing)?.compressor;
  const level = compressing?.level ?? LEVEL_DEFAULT;
  return {
    compressor: compressor ?? 'none',
    level: Number.isFinite(level) ? clamp(Math.trunc(level)) : LEVEL_DEFAULT,
    shuffle: itemSize === 'variable' ? 'none' : firstShuffle(filters),
  };
}

function firstShuffle(filters: readonly FilterEntry[]): FilterPlan['shuffle'] {
  for (const entry of filters) {
    const name = filterOf(entry)?.name;
    if (name === 'shuffle') return 'byte';
    if (name === 'bitshuffle') return 'bit';
  }
  return 'none';
}

function clamp(level: number): number {
  return Math.max(0, Math.min(LEVEL_MAX, level));
}
