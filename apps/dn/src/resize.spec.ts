import { FixedMembership, fixedMap, StaticGate } from '#cluster';
import {
  chunkSpecOf,
  newObjectId,
  newRootId,
  parseJson,
  parseObjectDocument,
  parseStoredShape,
  wholeSlab,
  type ObjectDocument,
} from '#hdf5';
import {
  DataNodes,
  HoldQueue,
  resizeDataset,
  type CallContext,
  type DataNode,
  type OperationName,
  type ReplyOf,
  type RequestOf,
} from '#dn-client';
import { loadConfig, Log } from '#server';
import { CacheGroup, MemoryStore, systemRandom } from '#storage';
import { ManualClock, seededRandom, settled } from '#storage/testing';
import { openDataNode } from './open-data-node.js';

const BUCKET = 'test';
const ROOT = newRootId(new Uint8Array(16).fill(7));
const DATASET = newObjectId('dataset', ROOT, new Uint8Array(16).fill(3));
const FILL = 9;
const CHUNK = 4;

/** A data node between whose ears a test may put a wait before some of its cuttings. */
class Scene {
  readonly clock = new ManualClock();
  readonly store = new MemoryStore(this.clock);
  readonly nodes: DataNodes;
  /** Awaited before a `chunk.trim` reaches the node, in order of arrival. */
  readonly delays: Promise<unknown>[] = [];
  trims = 0;
  private readonly node;
  private requests = 0;

  constructor() {
    const map = fixedMap([{ ip: '127.0.0.1', port: 1 }]);
    const { clock, store } = this;
    const { config } = loadConfig({ argv: ['--root_dir=/nowhere'], env: {} });
    const quiet = { level: 'ERROR', format: 'json', prefix: '', timestamps: false } as const;
    this.node = openDataNode({
      runtime: { config, clock, random: systemRandom, log: new Log(quiet, clock, () => undefined) },
      opened: { store },
      caches: new CacheGroup({ store, clock, random: systemRandom }),
      cluster: {
        gate: new StaticGate(map, 0),
        owns: () => true,
        custody: { leased: () => true, mayStore: () => true },
      },
    });
    const connection: DataNode = {
      call: async <K extends OperationName>(
        operation: K,
        request: RequestOf<K>,
        context: CallContext,
      ): Promise<ReplyOf<K>> => {
        if (operation === 'chunk.trim') {
          this.trims += 1;
          await this.delays.shift();
        }
        return this.node.service.call(operation, request, context);
      },
    };
    const hold = new HoldQueue(clock, seededRandom(1));
    this.nodes = new DataNodes(new FixedMembership(map), () => connection, hold);
  }

  static async with(extent: number): Promise<Scene> {
    const scene = new Scene();
    await scene.store.createBucket(BUCKET);
    const documents = [aDataset(extent)];
    await scene.nodes.call('object.create', { bucket: BUCKET, documents }, scene.context());
    return scene;
  }

  context(): CallContext {
    return { requestId: `r${++this.requests}` };
  }

  resize(change: RequestOf<'dataset.resize'>['change']) {
    return resizeDataset(this.nodes, { bucket: BUCKET, spec: SPEC, change }, this.context());
  }

  async write(chunk: number, value: number): Promise<void> {
    const bytes = new Uint8Array(Int32Array.from({ length: CHUNK }, () => value).buffer);
    const slab = wholeSlab([CHUNK]);
    const data = { elements: { itemSize: 4, bytes }, dims: [CHUNK], slab };
    const parts = [{ chunk: [chunk], inChunk: slab, data }];
    await this.nodes.writeChunks({ bucket: BUCKET, spec: SPEC, parts }, this.context());
  }

  async read(chunk: number): Promise<number[]> {
    const parts = [{ chunk: [chunk], inChunk: wholeSlab([CHUNK]) }];
    const [block] = await this.nodes.readChunks({ bucket: BUCKET, spec: SPEC, parts }, call('r'));
    if (block === null || block === undefined) return new Array<number>(CHUNK).fill(FILL);
    return [...new Int32Array(block.elements.bytes.slice().buffer)];
  }

  async document(): Promise<ObjectDocument & { kind: 'dataset' }> {
    const wanted = { links: false, attributes: false };
    const records = await this.nodes.readObjects(BUCKET, [DATASET], wanted, call('r'));
    const record = records.get(DATASET);
    if (record === undefined || !('document' in record)) throw new Error('no dataset');
    if (record.document.kind !== 'dataset') throw new Error('no dataset');
    return record.document;
  }

  async extent(): Promise<number> {
    const space = parseStoredShape((await this.document()).shape);
    return space.class === 'simple' ? (space.dims[0] ?? 0) : 0;
  }

  /** The owner is another process now, which knows what is stored. */
  async restart(): Promise<void> {
    await this.node.hooks.flushAll();
    this.node.hooks.clearCaches(false);
  }

  /** Lets time pass until a call has ended. */
  async through<R>(running: Promise<R>): Promise<R> {
    let isOver = false;
    const end = () => (isOver = true);
    running.then(end, end);
    for (let steps = 0; !isOver && steps < 10_000; steps++) {
      this.clock.advance(100);
      await settled();
    }
    return running;
  }
}

const call = (requestId: string): CallContext => ({ requestId });

function aDataset(extent: number) {
  const text = `{"id": "${DATASET}", "root": "${ROOT}", "created": 1.5, "lastModified": 1.5,
    "type": {"class": "H5T_INTEGER", "base": "H5T_STD_I32LE"}, "attributes": {},
    "shape": {"class": "H5S_SIMPLE", "dims": [${extent}], "maxdims": [0]},
    "creationProperties": {"fillValue": ${FILL}},
    "layout": {"class": "H5D_CHUNKED", "dims": [${CHUNK}]}}`;
  const document = parseObjectDocument('dataset', parseJson(text));
  if (document.kind !== 'dataset') throw new Error('no dataset');
  return document;
}

const SPEC = chunkSpecOf(aDataset(8));

function latch(): { readonly opened: Promise<void>; open(): void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

describe('resizing a dataset', () => {
  it('shows no growth, and so loses no write to it, while chunks are cut', async () => {
    const scene = await Scene.with(8);
    await scene.write(1, 1);
    const slow = latch();
    scene.delays.push(slow.opened);
    const shrink = scene.resize({ dims: [4] });
    await settled();
    expect(await scene.extent()).toBe(4);
    const growth = scene.resize({ extend: 4, dim: 0 });
    await settled();
    expect(await scene.extent()).toBe(4);
    slow.open();
    expect(await shrink).toEqual({ before: [8], after: [4] });
    expect(await scene.through(growth)).toEqual({ before: [4], after: [8] });
    expect(await scene.read(1)).toEqual([FILL, FILL, FILL, FILL]);
    await scene.write(1, 2);
    expect(await scene.read(1)).toEqual([2, 2, 2, 2]);
  });

  it('gives disjoint regions to appends that wait for a cutting, and goes on without one', async () => {
    const scene = await Scene.with(8);
    const slow = latch();
    scene.delays.push(slow.opened);
    const shrink = scene.resize({ dims: [3] });
    const appends = [1, 2, 3].map(() => scene.resize({ extend: 2, dim: 0 }));
    await settled();
    slow.open();
    await shrink;
    const regions = await scene.through(Promise.all(appends));
    expect(regions.map(({ before }) => before[0]).sort()).toEqual([3, 5, 7]);
    const { trims } = scene;
    await scene.resize({ extend: 2, dim: 0 });
    expect(scene.trims).toBe(trims);
  });

  it('shows the fill value where a request wrote that had seen the larger extent', async () => {
    const scene = await Scene.with(8);
    await scene.resize({ dims: [4] });
    await scene.write(1, 5);
    expect(await scene.through(scene.resize({ dims: [8] }))).toEqual({ before: [4], after: [8] });
    expect(await scene.read(1)).toEqual([FILL, FILL, FILL, FILL]);
  });

  it('lets a cutting that comes too late change nothing', async () => {
    const scene = await Scene.with(8);
    const slow = latch();
    scene.delays.push(slow.opened);
    const shrink = scene.resize({ dims: [4] });
    await settled();
    // Its service node seems dead: after a while another one grows the dataset.
    const growth = await scene.through(scene.resize({ dims: [8] }));
    expect(growth).toEqual({ before: [4], after: [8] });
    await scene.write(1, 6);
    slow.open();
    expect(await scene.through(shrink)).toEqual({ before: [8], after: [4] });
    expect(await scene.extent()).toBe(8);
    expect(await scene.read(1)).toEqual([6, 6, 6, 6]);
  });

  it('cuts before a growth what a shrink left that never ended', async () => {
    const scene = await Scene.with(8);
    await scene.write(1, 1);
    scene.delays.push(Promise.reject(new Error('the service node died')));
    await expect(scene.resize({ dims: [4] })).rejects.toThrow('died');
    expect((await scene.document()).cutting).toBeDefined();
    await scene.restart();
    expect(await scene.through(scene.resize({ dims: [8] }))).toEqual({ before: [4], after: [8] });
    expect(await scene.read(1)).toEqual([FILL, FILL, FILL, FILL]);
    expect((await scene.document()).cutting).toBeUndefined();
  });

  it('marks the document only while chunks are cut', async () => {
    const scene = await Scene.with(8);
    expect(await scene.resize({ dims: [3] })).toEqual({ before: [8], after: [3] });
    expect((await scene.document()).cutting).toBeUndefined();
    expect(await scene.resize({ dims: [3] })).toEqual({ before: [3], after: [3] });
    expect(scene.trims).toBe(1);
  });
});
