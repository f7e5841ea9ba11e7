import { StaticGate, fixedMap } from '#cluster';
import {
  chunkSpecOf,
  newObjectId,
  newRootId,
  objectKey,
  parseJson,
  parseObjectDocument,
  wholeSlab,
  type ChunkSpec,
  type FixedElements,
  type ObjectDocument,
} from '#hdf5';
import type { CallContext } from '#dn-client';
import { loadConfig, Log } from '#server';
import {
  CacheGroup,
  MemoryStore,
  newRequestId,
  systemClock,
  systemRandom,
  type ObjectStore,
} from '#storage';
import { FaultyStore } from '#storage/testing';
import { openDataNode, type OpenDataNode } from './open-data-node.js';

const BUCKET = 'test';
const ROOT = newRootId(new Uint8Array(16).fill(7));
const call = (requestId: string): CallContext => ({ requestId });

function bytes16(value: number): Uint8Array {
  return new Uint8Array(16).fill(value);
}

async function aNode(leased = true): Promise<{ node: OpenDataNode; store: MemoryStore }> {
  const store = new MemoryStore(systemClock);
  await store.createBucket(BUCKET);
  return { node: nodeOver(store, leased), store };
}

function nodeOver(store: ObjectStore, leased: boolean): OpenDataNode {
  const map = fixedMap([{ ip: '127.0.0.1', port: 1 }]);
  const { config } = loadConfig({ argv: ['--root_dir=/nowhere'], env: {} });
  const log = new Log(
    { level: 'ERROR', format: 'json', prefix: '', timestamps: false },
    systemClock,
    () => undefined,
  );
  return openDataNode({
    runtime: { config, clock: systemClock, random: systemRandom, log },
    opened: { store },
    caches: new CacheGroup({ store, clock: systemClock, random: systemRandom, boot: 'b' }),
    cluster: {
      gate: new StaticGate(map, 0),
      owns: (name) => map.ownerOf(name) === 0,
      custody: { leased: () => leased, mayStore: () => true },
    },
  });
}

function aDocument(kind: ObjectDocument['kind'], id: string, members: string): ObjectDocument {
  const json = `{"id": "${id}", "root": "${ROOT}", "created": 1.5, "lastModified": 1.5${members}}`;
  return parseObjectDocument(kind, parseJson(json));
}

const DATASET = newObjectId('dataset', ROOT, bytes16(3));
const INT_DATASET = `, "type": {"class": "H5T_INTEGER", "base": "H5T_STD_I32LE"},
  "shape": {"class": "H5S_SIMPLE", "dims": [4, 6], "maxdims": [0, 6]}, "attributes": {},
  "creationProperties": {"fillValue": 9}, "layout": {"class": "H5D_CHUNKED", "dims": [2, 3]}`;

function anIntSpec(): ChunkSpec {
  const document = aDocument('dataset', DATASET, INT_DATASET);
  if (document.kind !== 'dataset') throw new Error('no dataset');
  return chunkSpecOf(document);
}

function ints(...values: number[]): FixedElements {
  return { itemSize: 4, bytes: new Uint8Array(Int32Array.from(values).buffer) };
}

function intsOf(elements: { readonly bytes: Uint8Array } | undefined): number[] {
  return [...new Int32Array(elements?.bytes.slice().buffer ?? new ArrayBuffer(0))];
}

describe('a data node', () => {
  it('keeps links in creation order, refuses another target and remembers deleted titles', async () => {
    const { node } = await aNode();
    const { service } = node;
    const group = aDocument('group', ROOT, ', "links": {}, "attributes": {}');
    await service.call('object.create', { bucket: BUCKET, documents: [group] }, call('1'));
    const hard = (created: number) => ({ class: 'H5L_TYPE_HARD', id: DATASET, created }) as const;
    const put = (title: string, created: number, requestId: string) =>
      service.call(
        'link.put',
        { bucket: BUCKET, id: ROOT, links: [[title, hard(created)]], replaceOlder: false },
        call(requestId),
      );
    expect(await put('10', 2, '2')).toEqual({ changed: 1 });
    expect(await put('9', 3, '3')).toEqual({ changed: 1 });
    expect(await put('9', 4, '4')).toEqual({ changed: 0 });
    const soft = { class: 'H5L_TYPE_SOFT', h5path: '/x', created: 5 } as const;
    const other = { bucket: BUCKET, id: ROOT, replaceOlder: false };
    await expect(
      service.call('link.put', { ...other, links: [['9', soft]] }, call('5')),
    ).rejects.toMatchObject({ kind: 'conflict' });
    const list = await service.call(
      'link.list',
      { bucket: BUCKET, id: ROOT, choice: { order: 'created' } },
      call('6'),
    );
    expect(list.links.map(([title]) => title)).toEqual(['10', '9']);
    const del = { bucket: BUCKET, id: ROOT, titles: ['9'], missing: 'ignore' } as const;
    expect(await service.call('link.delete', del, call('7'))).toEqual({ deleted: 1 });
    const gone = { bucket: BUCKET, id: ROOT, choice: { names: ['9'] } };
    await expect(service.call('link.list', gone, call('8'))).rejects.toMatchObject({
      kind: 'gone',
    });
  });

  it.each([true, false])('with a lease (%j) or not merges what others stored', async (leased) => {
    const { node, store } = await aNode(leased);
    const { service } = node;
    const group = aDocument('group', ROOT, ', "links": {}, "attributes": {}');
    await service.call('object.create', { bucket: BUCKET, documents: [group] }, call('1'));
    const address = { bucket: BUCKET, key: objectKey(ROOT) };
    const elsewhere = Buffer.from(
      JSON.stringify({
        id: ROOT,
        root: ROOT,
        created: 1,
        lastModified: 7,
        links: {},
        attributes: {},
      }),
    );
    await store.put(address, elsewhere, {});
    const link = { class: 'H5L_TYPE_HARD', id: DATASET, created: 2 } as const;
    const put = { bucket: BUCKET, id: ROOT, links: [['a', link]], replaceOlder: false } as const;
    const done = service.call('link.put', put, { requestId: '2', durability: 'D3' });
    if (leased) expect(await done).toEqual({ changed: 1 });
    else await expect(done).rejects.toMatchObject({ kind: 'unavailable' });
    const found = await store.get(address);
    const text =
      found === null || found === 'not-modified' ? '' : Buffer.from(found.bytes).toString();
    expect(text.includes(DATASET)).toBe(leased);
  });

  it('answers a repeat of what removes as the first time, at another node too', async () => {
    const { node, store } = await aNode();
    const group = aDocument('group', ROOT, ', "links": {}, "attributes": {}');
    const domain = { owner: 'u', acls: new Map(), created: 1, lastModified: 1, extra: new Map() };
    const here = { bucket: BUCKET, path: '/home/d.h5' };
    const soft = { class: 'H5L_TYPE_SOFT', h5path: '/x', created: 5 } as const;
    const attribute = { type: 'H5T_STD_I8LE', shape: new Map(), value: 1, created: 1 };
    const at = { bucket: BUCKET, id: ROOT };
    const stored = (requestId: string) => ({ requestId, durability: 'D3' }) as const;
    const { service } = node;
    await service.call('object.create', { bucket: BUCKET, documents: [group] }, stored('1'));
    await service.call('domain.create', { ...here, document: domain }, stored('2'));
    const put = { ...at, links: [['l', soft] as const], replaceOlder: false };
    await service.call('link.put', put, stored('3'));
    const attributes = {
      ...at,
      attributes: [['a', attribute] as const],
      replace: 'never',
    } as const;
    await service.call('attribute.put', attributes, stored('4'));

    const links = { ...at, titles: ['l', 'm'], missing: 'ignore' } as const;
    const names = { ...at, names: ['a'], missing: 'refuse' } as const;
    for (const repeated of [false, true]) {
      const { service } = repeated ? nodeOver(store, true) : node;
      const again = (requestId: string) => ({ ...stored(requestId), repeated });
      expect(await service.call('link.delete', links, again('5'))).toEqual({ deleted: 1 });
      expect(await service.call('attribute.delete', names, again('6'))).toEqual({ deleted: 1 });
    }
    for (const repeated of [false, true]) {
      const { service } = repeated ? nodeOver(store, true) : node;
      const again = (requestId: string) => ({ ...stored(requestId), repeated });
      expect(await service.call('object.delete', at, again('7'))).toEqual({});
      expect(await service.call('domain.delete', here, again('8'))).toEqual({});
    }
    for (const operation of ['object.delete', 'domain.delete'] as const) {
      const absent = service.call(operation, { ...at, ...here }, stored('9'));
      await expect(absent).rejects.toMatchObject({ kind: 'gone' });
    }
  });

  it('spares a domain that was made after a repeated deletion was asked for', async () => {
    const { service } = (await aNode()).node;
    const here = { bucket: BUCKET, path: '/home/d.h5' };
    const asked = newRequestId(systemClock, systemRandom);
    const create = async (created: number) => {
      const document = { owner: 'u', acls: new Map(), lastModified: 1, extra: new Map() };
      const request = { ...here, document: { ...document, created } };
      await service.call('domain.create', request, call(`create-${created}`));
    };
    await create(systemClock.now() / 1000 + 5);
    const again = { requestId: asked, repeated: true };
    await expect(service.call('domain.delete', here, again)).rejects.toMatchObject({
      kind: 'unavailable',
    });
    expect(await service.call('domain.read', here, call('read'))).toBeDefined();
    expect(await service.call('domain.delete', here, { requestId: asked })).toEqual({});
    await create(systemClock.now() / 1000 - 5);
    expect(await service.call('domain.delete', here, again)).toEqual({});
    await expect(service.call('domain.read', here, call('read'))).rejects.toMatchObject({
      kind: 'gone',
    });
  });

  it('does not say of what it could not delete that it is gone', async () => {
    const { store } = await aNode();
    const faulty = new FaultyStore(store);
    const { service } = nodeOver(faulty, true);
    const group = aDocument('group', ROOT, ', "links": {}, "attributes": {}');
    await service.call('object.create', { bucket: BUCKET, documents: [group] }, call('1'));
    faulty.plan = { fault: ({ operation }) => (operation === 'delete' ? 'fail' : undefined) };
    const at = { bucket: BUCKET, id: ROOT };
    await expect(service.call('object.delete', at, call('2'))).rejects.toMatchObject({
      kind: 'unavailable',
    });
    const wanted = { bucket: BUCKET, ids: [ROOT], links: false, attributes: false };
    const { objects } = await service.call('object.read', wanted, call('3'));
    expect(objects[0]).toMatchObject({ linkCount: 0 });
    faulty.plan = {};
    expect(await service.call('object.delete', at, { requestId: '2', repeated: true })).toEqual({});
    expect(await store.head({ bucket: BUCKET, key: objectKey(ROOT) })).toBeNull();
  });

  it('creates all documents of a request or none', async () => {
    const { node } = await aNode();
    const { service } = node;
    const first = aDocument('group', ROOT, ', "links": {}, "attributes": {}');
    await service.call('object.create', { bucket: BUCKET, documents: [first] }, call('1'));
    const id = newObjectId('group', ROOT, bytes16(9));
    const second = aDocument('group', id, ', "links": {}, "attributes": {}');
    await expect(
      service.call('object.create', { bucket: BUCKET, documents: [second, first] }, call('2')),
    ).rejects.toMatchObject({ kind: 'conflict' });
    const wanted = { bucket: BUCKET, ids: [id], links: false, attributes: false };
    const { objects } = await service.call('object.read', wanted, call('3'));
    expect(objects[0]).toMatchObject({ kind: 'not-found' });
  });

  it('reads what was written, the fill value beside it, and stores no chunk of mere fill', async () => {
    const { node, store } = await aNode();
    const { service } = node;
    const spec = anIntSpec();
    const slab = [
      { start: 0, count: 1, stride: 1 },
      { start: 1, count: 2, stride: 1 },
    ];
    const data = { elements: ints(1, 2), dims: [1, 2], slab: wholeSlab([1, 2]) };
    const nothing = { elements: ints(9, 9), dims: [1, 2], slab: wholeSlab([1, 2]) };
    const parts = [
      { chunk: [0, 0], inChunk: slab, data },
      { chunk: [1, 1], inChunk: slab, data: nothing },
    ];
    await service.call('chunk.write', { bucket: BUCKET, spec, parts }, call('1'));
    const whole = wholeSlab([2, 3]);
    const wanted = [
      { chunk: [0, 0], inChunk: whole },
      { chunk: [1, 1], inChunk: whole },
    ];
    const { blocks } = await service.call(
      'chunk.read',
      { bucket: BUCKET, spec, parts: wanted },
      call('2'),
    );
    expect(intsOf(blocks[0]?.elements)).toEqual([9, 1, 2, 9, 9, 9]);
    expect(blocks[1]).toBeNull();
    await service.call('root.flush', { bucket: BUCKET, root: ROOT }, call('3'));
    const listed = await store.list(BUCKET, { prefix: 'db/' });
    expect(listed.objects.map(({ key }) => key.split('/').at(-1))).toEqual(['0_0']);
  });

  it('cuts chunks to a smaller extent', async () => {
    const { node, store } = await aNode();
    const { service } = node;
    const spec = anIntSpec();
    const whole = wholeSlab([2, 3]);
    const data = { elements: ints(1, 2, 3, 4, 5, 6), dims: [2, 3], slab: whole };
    const parts = [
      { chunk: [0, 0], inChunk: whole, data },
      { chunk: [1, 0], inChunk: whole, data },
    ];
    await service.call('chunk.write', { bucket: BUCKET, spec, parts }, call('1'));
    const cut = { dims: [1, 6], turn: { epoch: 0, at: 1 } };
    await service.call('chunk.trim', { bucket: BUCKET, spec, cut }, call('2'));
    const { blocks } = await service.call(
      'chunk.read',
      { bucket: BUCKET, spec, parts: [{ chunk: [0, 0], inChunk: whole }] },
      call('3'),
    );
    expect(intsOf(blocks[0]?.elements)).toEqual([1, 2, 3, 9, 9, 9]);
    await service.call('root.flush', { bucket: BUCKET, root: ROOT }, call('4'));
    const listed = await store.list(BUCKET, { prefix: 'db/' });
    expect(listed.objects.map(({ key }) => key.split('/').at(-1))).toEqual(['0_0']);
  });
});
