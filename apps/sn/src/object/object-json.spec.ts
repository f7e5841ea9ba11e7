import { toJsonMap, type DatasetDocument } from '#hdf5';
import { objectMembers, previewSelect, shapeJson } from './object-json.js';

const dataset: DatasetDocument = {
  kind: 'dataset',
  id: 'd-5f1c2a90-7be3d481-4c27-1b80ef-96a35d',
  root: 'g-5f1c2a90-7be3d481-d794-a218f3-6b5c09',
  created: 1,
  lastModified: 2,
  attributes: new Map(),
  extra: new Map(),
  type: toJsonMap({ class: 'H5T_FLOAT', base: 'H5T_IEEE_F32LE' }),
  shape: toJsonMap({ class: 'H5S_SIMPLE', dims: [4, 2], maxdims: [0, 2] }),
  creationProperties: toJsonMap({ fillValue: NaN }),
  layout: toJsonMap({ class: 'H5D_CHUNKED', dims: [4, 2] }),
};
const record = { document: dataset, linkCount: 0, attributeCount: 0 };
const plain = { links: true, attributes: true } as const;

describe('previewSelect', () => {
  it.each([
    [[10, 20], '[0:10,0:10]'],
    [[1000], '[0:100]'],
    [[5, 7, 30], '[0:1,0:7,0:14]'],
    [[200, 3], '[0:33,0:3]'],
    [[500, 500], '[0:100,0:1]'],
  ])('%j gives %s', (dims, expected) => {
    expect(previewSelect(dims)).toBe(expected);
  });
});

describe('objectMembers', () => {
  it('puts the own type before all that could hold another, and attributes last', () => {
    const members = objectMembers(record, { ...plain, dialect: 'both', head: { domain: '/x' } });
    const shown = Object.entries(members).filter(([, value]) => value !== undefined);
    const keys = shown.map(([key]) => key);
    expect(keys.slice(0, 6)).toEqual([
      'id',
      'root',
      'domain',
      'type',
      'shape',
      'creationProperties',
    ]);
    expect(keys.at(-1)).toBe('attributes');
  });

  it.each([
    ['both', true, true],
    ['0.9', true, false],
    ['1.0', false, true],
  ] as const)('shows the layout where %s clients look', (dialect, above, inside) => {
    const members = objectMembers(record, { ...plain, dialect });
    expect(members.layout !== undefined).toBe(above);
    expect((members.creationProperties as Map<string, unknown>).has('layout')).toBe(inside);
  });

  it('writes a NaN fill value as text when asked to', () => {
    const shown = objectMembers(record, { ...plain, dialect: '0.9', ignoreNan: true });
    expect(shown.creationProperties).toEqual(new Map([['fillValue', 'nan']]));
    const kept = objectMembers(record, { ...plain, dialect: '0.9' });
    expect(kept.creationProperties).toEqual(new Map([['fillValue', NaN]]));
  });
});

describe('shapeJson', () => {
  it('spells unlimited as the dialect does, whatever is stored', () => {
    const stored = toJsonMap({ class: 'H5S_SIMPLE', dims: [1, 1], maxdims: ['H5S_UNLIMITED', 0] });
    expect(shapeJson(stored, 'both').get('maxdims')).toEqual([0, 0]);
    expect(shapeJson(stored, '1.0').get('maxdims')).toEqual(['H5S_UNLIMITED', 'H5S_UNLIMITED']);
  });
});
