import {
  chunkSpecOf,
  newObjectId,
  newRootId,
  parseJson,
  parseObjectDocument,
  wholeSlab,
  type ChunkSpec,
  type Hyperslab,
} from '#hdf5';
import { operationCodecs, type ElementBlock } from '#dn-client';
import { MemoryStore, systemClock, WriteBackCache } from '#storage';
import { chunkAddress, chunkCodec, Chunks, type ChunkCache } from './chunks.js';
import { chunkHandlers } from './chunk.handlers.js';
import { LinkedFiles } from './linked-files.js';
import { TrimTurns } from './trim-turns.js';

const BUCKET = 'test';
const ROOT = newRootId(new Uint8Array(16).fill(7));
const DATASET = newObjectId('dataset', ROOT, new Uint8Array(16).fill(3));
const WHOLE = wholeSlab([2, 3]);
const FIRST_ROW: Hyperslab = [
  { start: 0, count: 1, stride: 1 },
  { start: 0, count: 3, stride: 1 },
];

function aSpec(): ChunkSpec {
  const json = `{"id": "${DATASET}", "root": "${ROOT}", "created": 1, "lastModified": 1,
    "type": {"class": "H5T_INTEGER", "base": "H5T_STD_U8LE"}, "attributes": {},
    "shape": {"class": "H5S_SIMPLE", "dims": [4, 6]},
    "layout": {"class": "H5D_CHUNKED", "dims": [2, 3]}}`;
  const document = parseObjectDocument('dataset', parseJson(json));
  if (document.kind !== 'dataset') throw new Error('no dataset');
  return chunkSpecOf(document);
}

/** A store whose puts wait until they may go on. */
class WaitingStore extends MemoryStore {
  readonly begun: Uint8Array[] = [];
  goOn: Promise<void> = Promise.resolve();

  override async put(...args: Parameters<MemoryStore['put']>): Promise<{ etag: string }> {
    const [address, bytes, options] = args;
    this.begun.push(bytes);
    await this.goOn;
    return super.put(address, bytes, options);
  }
}

async function setUp() {
  const store = new WaitingStore(systemClock);
  await store.createBucket(BUCKET);
  const limits = { cacheBytes: 1e6, dirtyBytes: 1e6, flushAgeMs: 1000, flushParallelism: 4 };
  const cache: ChunkCache = new WriteBackCache({
    store,
    clock: systemClock,
    codec: chunkCodec,
    limits,
    writer: 'w',
  });
  const rules = {
    defaultBucket: BUCKET,
    anyBucket: false,
    buckets: [],
    gapBytes: 0,
    cacheBytes: 0,
    expireMs: 0,
  };
  const handlers = chunkHandlers(new Chunks(cache, new LinkedFiles(store, rules), false), {
    store,
    noteChange: () => undefined,
    turns: new TrimTurns(),
    owns: () => true,
  });
  const spec = aSpec();
  let calls = 0;
  const context = () => ({ requestId: `r${(calls += 1)}` });
  const read = () =>
    handlers['chunk.read'](
      { bucket: BUCKET, spec, parts: [{ chunk: [0, 0], inChunk: WHOLE }] },
      context(),
    );
  const write = (values: Uint8Array, inChunk = WHOLE) => {
    const dims = inChunk.map((range) => ('count' in range ? range.count : 0));
    const data: ElementBlock = {
      elements: { itemSize: 1, bytes: values },
      dims,
      slab: wholeSlab(dims),
    };
    const parts = [{ chunk: [0, 0], inChunk, data }];
    return handlers['chunk.write']({ bucket: BUCKET, spec, parts }, context());
  };
  return { store, cache, spec, read, write };
}

type SetUp = Awaited<ReturnType<typeof setUp>>;

async function bytesOf({ read }: SetUp): Promise<Uint8Array | undefined> {
  return (await read()).blocks[0]?.elements.bytes;
}

/** What a reply sends, and what it held when it was made. */
async function sent({ read, spec }: SetUp) {
  const request = { bucket: BUCKET, spec, parts: [{ chunk: [0, 0], inChunk: WHOLE }] };
  const { payload = [] } = operationCodecs['chunk.read'].reply(request).encode(await read());
  return { now: () => [...Buffer.concat(payload)], memory: payload[0]?.buffer };
}

describe('the memory of chunks', () => {
  it('is used again when a chunk is overwritten', async () => {
    const one = await setUp();
    await one.write(Uint8Array.of(1, 2, 3, 4, 5, 6));
    const before = await bytesOf(one);
    await one.write(Uint8Array.of(6, 5, 4, 3, 2, 1));
    const after = await bytesOf(one);
    expect(after?.buffer).toBe(before?.buffer);
    expect([...(after ?? [])]).toEqual([6, 5, 4, 3, 2, 1]);
  });

  it.each([
    ['overwritten', WHOLE, [9, 9, 9, 9, 9, 9]],
    ['changed in part', FIRST_ROW, [9, 9, 9, 4, 5, 6]],
  ])('is sent as it is, and stays so while the chunk is %s', async (_how, slab, expected) => {
    const one = await setUp();
    await one.write(Uint8Array.of(1, 2, 3, 4, 5, 6));
    const reply = await sent(one);
    expect(reply.memory).toBe((await bytesOf(one))?.buffer);
    await one.write(new Uint8Array(slab === WHOLE ? 6 : 3).fill(9), slab);
    expect(reply.now()).toEqual([1, 2, 3, 4, 5, 6]);
    expect([...((await bytesOf(one)) ?? [])]).toEqual(expected);
  });

  it('stays as it is while it is being stored', async () => {
    const one = await setUp();
    await one.write(Uint8Array.of(1, 2, 3, 4, 5, 6));
    let goOn: () => void = () => undefined;
    one.store.goOn = new Promise((resolve) => (goOn = resolve));
    const flushed = one.cache.flush();
    while (one.store.begun.length === 0) await new Promise(setImmediate);
    await one.write(new Uint8Array(6).fill(9));
    expect([...(one.store.begun[0] ?? [])]).toEqual([1, 2, 3, 4, 5, 6]);
    goOn();
    await flushed;
    expect([...((await bytesOf(one)) ?? [])]).toEqual([9, 9, 9, 9, 9, 9]);
  });

  it('keeps what overwrote a chunk, should it come to a conflict', async () => {
    const one = await setUp();
    await one.write(Uint8Array.of(1, 2, 3, 4, 5, 6));
    await one.cache.flush();
    const given = new Uint8Array(6).fill(9);
    await one.write(given);
    const reply = await sent(one);
    await one.write(new Uint8Array(3).fill(7), FIRST_ROW);
    given.fill(0);
    const address = chunkAddress(BUCKET, one.spec, [0, 0]);
    await MemoryStore.prototype.put.call(one.store, address, new Uint8Array(6).fill(5), {});
    await one.cache.flush();
    expect([...((await bytesOf(one)) ?? [])]).toEqual([7, 7, 7, 9, 9, 9]);
    expect(reply.now()).toEqual([9, 9, 9, 9, 9, 9]);
    const stored = await one.store.get(address);
    expect(stored !== null && stored !== 'not-modified' && [...stored.bytes]).toEqual([
      7, 7, 7, 9, 9, 9,
    ]);
  });
});
