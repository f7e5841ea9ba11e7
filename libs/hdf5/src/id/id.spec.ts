import fc from 'fast-check';
import { chunkId, chunkPartition, parseChunkId } from './chunk-id.js';
import {
  collectionOf,
  isObjectId,
  isRootId,
  isSchemaV1,
  newObjectId,
  newRootId,
  parseObjectId,
  rootOf,
  sameDomain,
  type ObjectKind,
} from './object-id.js';
import { hash5, ownerIndex } from './owner.js';
import {
  datasetChunkPrefix,
  domainStorageKey,
  infoKey,
  parseStorageKey,
  rootPrefix,
  storageKey,
} from './storage-key.js';

const ROOT = 'g-5f1c2a90-7be3d481-d794-a218f3-6b5c09';
const GROUP = 'g-5f1c2a90-7be3d481-03b6-9e41c7-52d8aa';
const DATASET = 'd-5f1c2a90-7be3d481-4c27-1b80ef-96a35d';
const DATATYPE = 't-5f1c2a90-7be3d481-8e95-c604d2-3fb71a';
const V1_GROUP = 'g-314d61b8-9954-11e6-a733-3c15c2da029e';
const OTHER = 'd-3f1a9c0b-7e2d4468-51c0-9ab27d-e4f013';

const failing = (kind: string) => expect.objectContaining({ kind }) as unknown as Error;
const invalid = failing('invalid');
const random = fc.uint8Array({ minLength: 16, maxLength: 16 });
const kind = fc.constantFrom<ObjectKind>('group', 'dataset', 'datatype');
const root = fc.oneof(
  random.map(newRootId),
  random.map((bytes) => newObjectId('group', V1_GROUP, bytes)),
);

describe('object ids', () => {
  it.each([ROOT, GROUP, DATASET, DATATYPE, V1_GROUP])('accepts %s', (id) => {
    expect(parseObjectId(id)).toBe(id);
  });

  it.each([
    ...['', 'foobar', 'g-1e76d862', '/bob/mydata.h5', ROOT.toUpperCase(), `${ROOT}0`, `${ROOT}\n`],
    ...[`groups/${ROOT}`, `c${DATASET.slice(1)}_0`, ROOT.replace('f', 'z'), ROOT.slice(2), null, 7],
    'g-5f1c2a907be3d481-d794-a218f3-6b5c09aa',
  ])('refuses %j', (text) => {
    expect(isObjectId(text)).toBe(false);
    expect(() => parseObjectId(text)).toThrow(invalid);
  });

  it('knows kinds and collections', () => {
    expect([ROOT, DATASET, DATATYPE].map(collectionOf)).toEqual([
      'groups',
      'datasets',
      'datatypes',
    ]);
    expect(() => parseObjectId(DATASET, 'group')).toThrow(invalid);
    expect(() => collectionOf(`c${DATASET.slice(1)}_0`)).toThrow(invalid);
  });

  it('finds the root in any v2 id', () => {
    expect([ROOT, GROUP, DATASET, DATATYPE].map(rootOf)).toEqual([ROOT, ROOT, ROOT, ROOT]);
    expect([ROOT, GROUP].map(isRootId)).toEqual([true, false]);
    expect(isRootId('g-f9aaa28e-d42e10e5-7122-2a065c-a6986d')).toBe(true);
    expect(rootOf('d-01234567-89abcdef-4c27-1b80ef-96a35d')).toBe(
      'g-01234567-89abcdef-89ab-cdef01-234567',
    );
    expect(() => rootOf(V1_GROUP)).toThrow(invalid);
    expect(() => isRootId(V1_GROUP)).toThrow(invalid);
  });

  it('makes ids in the schema and domain of the root', () => {
    const property = fc.property(kind, root, random, random, (ofKind, rootId, bytes, other) => {
      const id = newObjectId(ofKind, rootId, bytes);
      expect(parseObjectId(id, ofKind)).toBe(id);
      expect(isSchemaV1(id)).toBe(isSchemaV1(rootId));
      expect(sameDomain(id, rootId)).toBe(true);
      if (isSchemaV1(id)) return;
      expect(isRootId(rootId)).toBe(true);
      expect(isRootId(id)).toBe(id === rootId);
      const last = rootId.at(-1) === '0' ? '1' : '0';
      expect(isRootId(rootId.slice(0, -1) + last)).toBe(false);
      expect(rootOf(id)).toBe(rootId);
      const foreign = newRootId(other);
      expect(sameDomain(id, foreign)).toBe(foreign === rootId);
    });
    fc.assert(property);
  });
});

describe('owners', () => {
  it.each([
    ['g-314d61b8-995411e6-a733-3c15c2-da029e', '2ecf7', 0, 1, 3, 11],
    ['d-4c48f3ae-995411e6-a3cd-3c15c2-da029e', 'e0100', 0, 0, 0, 0],
    ['t-8c785f1c-995311e6-9bc2-0242ac-110005', '21779', 0, 1, 1, 5],
    ['c-8c785f1c-995311e6-9bc2-0242ac-110005_7_2', 'f7c73', 0, 1, 3, 11],
    ['g-f9aaa28e-d42e10e5-7122-2a065c-a6986d', 'e1125', 0, 1, 1, 5],
    [V1_GROUP, 'a49be', 0, 0, 2, 6],
    [ROOT, '7717d', 0, 1, 1, 5],
    ['hsdstest/home/test_user1/tall.h5', '9324a', 0, 0, 2, 10],
  ])('hashes %s', (text, hash, ...owners) => {
    expect(hash5(text)).toBe(hash);
    expect([1, 2, 4, 12].map((count) => ownerIndex(text, count))).toEqual(owners);
  });

  it.each([
    [OTHER, '73633', [0, 1, 1, 3]],
    [chunkId(OTHER, [0]), '3e8b9', [0, 1, 0, 1]],
    [chunkId(OTHER, [12, 0, 345]), '32066', [0, 0, 2, 2]],
    [`c7${OTHER.slice(1)}_12_0_345`, '076c7', [0, 1, 2, 3]],
    ['mybkt/home/ann/run7.h5', 'e98a1', [0, 1, 0, 1]],
  ])('hashes %s over 1 to 4 nodes', (text, hash, owners) => {
    expect(hash5(text)).toBe(hash);
    expect([1, 2, 3, 4].map((count) => ownerIndex(text, count))).toEqual(owners);
  });
});

describe('chunk ids', () => {
  it.each([
    [
      [0, 0],
      [0, 0, 0],
    ],
    [
      [0, 1],
      [1, 1, 1],
    ],
    [
      [1, 0],
      [1, 4, 9],
    ],
    [
      [3, 4],
      [1, 1, 1],
    ],
    [
      [12, 345],
      [1, 3, 3],
    ],
  ])('puts chunk %j into its partition', (index, partitions) => {
    expect([2, 5, 10].map((count) => chunkPartition(index, count))).toEqual(partitions);
  });

  it('writes and reads ids', () => {
    expect(chunkId(OTHER, [12, 0, 345])).toBe(`c${OTHER.slice(1)}_12_0_345`);
    expect(chunkId(DATASET, [0, 1], 1)).toBe(`c${DATASET.slice(1)}_0_1`);
    expect(chunkId(DATASET, [1, 0], 10)).toBe(`c9${DATASET.slice(1)}_1_0`);
    const index = fc.array(fc.maxSafeInteger().map(Math.abs), { minLength: 1, maxLength: 12 });
    const property = fc.property(root, random, index, fc.nat(100), (rootId, bytes, at, count) => {
      const datasetId = newObjectId('dataset', rootId, bytes);
      const id = chunkId(datasetId, at, count);
      const expected = { datasetId, index: at };
      const partition = chunkPartition(at, count);
      expect(parseChunkId(id)).toEqual(count < 2 ? expected : { ...expected, partition });
      expect(parseStorageKey(storageKey(id))).toMatchObject({ type: 'chunk', id, index: at });
    });
    fc.assert(property);
  });

  it.each([
    '',
    DATASET,
    `c${DATASET.slice(1)}`,
    `c${DATASET.slice(1)}_`,
    `c${DATASET.slice(1)}_01`,
  ])('refuses %j', (text) => {
    expect(() => parseChunkId(text)).toThrow(invalid);
  });
});

describe('storage keys', () => {
  it.each([
    [V1_GROUP, 'a49be-g-314d61b8-9954-11e6-a733-3c15c2da029e'],
    ['t-8c785f1c-9953-11e6-9bc2-0242ac110005', '5a9cf-t-8c785f1c-9953-11e6-9bc2-0242ac110005'],
    ['d-4c48f3ae-9954-11e6-a3cd-3c15c2da029e', '26928-d-4c48f3ae-9954-11e6-a3cd-3c15c2da029e'],
    ['d-9a8b7c6d-5e4f-11e8-a1b2-0242ac110002', '3d845-d-9a8b7c6d-5e4f-11e8-a1b2-0242ac110002'],
    [
      'c-9a8b7c6d-5e4f-11e8-a1b2-0242ac110002_1_2',
      '71101-c-9a8b7c6d-5e4f-11e8-a1b2-0242ac110002_1_2',
    ],
    [
      'c-8c785f1c-9953-11e6-9bc2-0242ac110005_7_2',
      'dc4ce-c-8c785f1c-9953-11e6-9bc2-0242ac110005_7_2',
    ],
    [ROOT, 'db/5f1c2a90-7be3d481/.group.json'],
    [GROUP, 'db/5f1c2a90-7be3d481/g/03b6-9e41c7-52d8aa/.group.json'],
    [DATASET, 'db/5f1c2a90-7be3d481/d/4c27-1b80ef-96a35d/.dataset.json'],
    [DATATYPE, 'db/5f1c2a90-7be3d481/t/8e95-c604d2-3fb71a/.datatype.json'],
    [`c${DATASET.slice(1)}_0_3`, 'db/5f1c2a90-7be3d481/d/4c27-1b80ef-96a35d/0_3'],
    [`c7${DATASET.slice(1)}_0_3`, 'db/5f1c2a90-7be3d481/d/4c27-1b80ef-96a35d/p7/0_3'],
    [
      'c42-8c785f1c-995311e6-9bc2-0242ac-110005_7_2',
      'db/8c785f1c-995311e6/d/9bc2-0242ac-110005/p42/7_2',
    ],
  ])('keeps %s under %s', (id, key) => {
    expect(storageKey(id)).toBe(key);
    expect(parseStorageKey(key)).toMatchObject({
      type: id.startsWith('c') ? 'chunk' : 'object',
      id,
    });
  });

  it('keeps domains by path, scan results with the root', () => {
    expect(domainStorageKey('/bob/x.h5')).toBe('bob/x.h5/.domain.json');
    expect(parseStorageKey('bob/x.h5/.domain.json')).toEqual({ type: 'domain', path: '/bob/x.h5' });
    expect(parseStorageKey(infoKey(DATASET))).toEqual({ type: 'info', root: ROOT });
    expect(rootPrefix(GROUP)).toBe('db/5f1c2a90-7be3d481/');
    expect(datasetChunkPrefix(DATASET)).toBe('db/5f1c2a90-7be3d481/d/4c27-1b80ef-96a35d/');
    expect(() => rootPrefix(V1_GROUP)).toThrow(failing('unsupported'));
  });

  it.each([
    ...['', 'x', 'bob/x.h5', 'db/', 'db/x/.group.json', 'db/.domain.json', `00000-${V1_GROUP}`],
    ...['db/5f1c2a90-7be3d481/g/03b6-9e41c7-52d8aa/0_0', 'db/5f1c2a90-7be3d481/.x.json'],
    ...['db/5f1c2a90-7be3d481/d/4c27-1b80ef-96a35d/p7', 'db/5f1c2a90-7be3d481/d/0_0'],
    ...['db/5f1c2a90-7be3d481/d/4c27-1b80ef-96a35d/q7/0_3', 'a49be-g-'],
    ...['db/5f1c2a90-7be3d481/d/4c27-1b80ef-96a35d/p7/0_3/x', `a49be-c-${V1_GROUP}`],
  ])('knows nothing of key %j', (key) => {
    expect(parseStorageKey(key)).toBeUndefined();
  });
});
