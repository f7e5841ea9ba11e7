import { filterOf, filtersNeeded, findFilter, FILTERS } from './registry.js';

const deflate = { class: 'H5Z_FILTER_DEFLATE', id: 1, name: 'gzip', level: 6 };
const shuffle = { class: 'H5Z_FILTER_SHUFFLE', id: 2, name: 'shuffle' };
const bitshuffle = { class: 'H5Z_FILTER_BITSHUFFLE', id: 32_008, name: 'bitshuffle' };
const scaleoffset = { class: 'H5Z_FILTER_SCALEOFFSET', id: 6, name: 'scaleoffset' };
const user = (name: string) => ({ class: 'H5Z_FILTER_USER', name });

describe('the filter list', () => {
  it('finds a filter by class, number, name and alias, and no other', () => {
    for (const filter of FILTERS) {
      for (const key of [filter.class, filter.id, filter.name, ...filter.aliases]) {
        expect(findFilter(key)).toBe(filter);
      }
    }
    expect(findFilter('GZIP')).toBeUndefined();
    expect(findFilter(99)).toBeUndefined();
  });

  it('reads a user filter by its name, else its number', () => {
    expect(filterOf(user('zstd'))?.id).toBe(32_015);
    expect(filterOf({ class: 'H5Z_FILTER_USER', id: 32_004 })?.name).toBe('lz4');
    expect(filterOf({ class: 'H5Z_FILTER_DEFLATE', name: 'lz4' })?.name).toBe('gzip');
    expect(filterOf({ class: 'H5Z_FILTER_USER' })).toBeUndefined();
  });

  it.each([
    ['nothing', [], 4, { compressor: 'none', level: 5, shuffle: 'none' }],
    ['deflate', [deflate], 4, { compressor: 'zlib', level: 6, shuffle: 'none' }],
    ['any order', [deflate, shuffle], 4, { compressor: 'zlib', level: 6, shuffle: 'byte' }],
    [
      'the first shuffle',
      [bitshuffle, shuffle],
      4,
      { compressor: 'none', level: 5, shuffle: 'bit' },
    ],
    [
      'variable items',
      [shuffle, deflate],
      'variable',
      { compressor: 'zlib', level: 6, shuffle: 'none' },
    ],
    [
      'scale-offset first',
      [scaleoffset, deflate],
      4,
      { compressor: 'none', level: 5, shuffle: 'none' },
    ],
    ['a user filter', [user('lz4hc')], 4, { compressor: 'lz4hc', level: 5, shuffle: 'none' }],
    [
      'a level beyond',
      [{ ...user('zstd'), level: 15 }],
      4,
      { compressor: 'zstd', level: 9, shuffle: 'none' },
    ],
    [
      'a negative level',
      [{ ...deflate, level: -3 }],
      4,
      { compressor: 'zlib', level: 0, shuffle: 'none' },
    ],
    ['unknown filters', [user('mystery')], 4, { compressor: 'none', level: 5, shuffle: 'none' }],
  ] as const)('plans %s', (_what, filters, itemSize, plan) => {
    expect(filtersNeeded(filters, itemSize)).toEqual(plan);
  });
});
