/**
 * Faults below the store of a whole data node: nothing acknowledged at D3 is lost, errors say what to
 * do, retries end. Time is played, so that nothing sleeps.
 */
import { StaticGate, fixedMap } from '#cluster';
import {
  chunkSpecOf,
  errorKind,
  newObjectId,
  newRootId,
  parseJson,
  parseObjectDocument,
  type ChunkSpec,
  type ObjectDocument,
} from '#hdf5';
import { openDataNode, type OpenDataNode } from '#dn';
import { loadConfig, Log, type Config } from '#server';
import { CacheGroup, MemoryStore, RetryLayer, type ObjectStore } from '#storage';
import {
  FaultyStore,
  faultScript,
  ManualClock,
  settled,
  type Fault,
  type FaultPlan,
} from '#storage/testing';
import { Prng } from '../simulation/prng.js';
import { Register, type Found, type Level, type RegisterWrite } from './registers.js';

const BUCKET = 'test';
const ROOT = newRootId(new Uint8Array(16).fill(7));
const CHUNK = 8;
const HALF = CHUNK / 2;
/** A put that goes wrong is tried again so often at most, looks between them not counted. */
const PUTS_MAX = 8;
const WRITE_FAULTS: readonly Fault[] = [
  ...(['fail', 'lost', 'race', 'full', 'conflict', 'self-conflict', 'late'] as const),
];

let requests = 0;

/** A data node on a store that fails on cue, and what survives its crash. */
class Scene {
  readonly clock = new ManualClock();
  readonly faulty: FaultyStore;
  private readonly inner = new MemoryStore(this.clock);
  private opened: OpenDataNode;

  constructor(
    plan: FaultPlan,
    private readonly settings: Partial<Config> = {},
    private readonly boot?: string,
  ) {
    this.faulty = new FaultyStore(this.inner, plan);
    this.opened = this.open(this.faulty);
  }

  async prepare(): Promise<this> {
    await this.inner.createBucket(BUCKET);
    return this;
  }

  get node(): OpenDataNode {
    return this.opened;
  }

  /** The node is gone with all that it had in memory; what was on its way arrives; another starts. */
  async crash(): Promise<void> {
    while (await this.faulty.landLate());
    this.opened = this.open(this.inner);
  }

  /** Lets time pass until a call has ended. */
  async through<R>(call: Promise<R>): Promise<R> {
    let done = false;
    const end = () => (done = true);
    call.then(end, end);
    for (let steps = 0; !done; steps++) {
      if (steps > 100_000) throw new Error('no end after 1000 s');
      this.clock.advance(10);
      await settled();
    }
    return call;
  }

  /** Writes one half of a chunk. */
  async write(chunk: number, half: number, value: number, durability: Level): Promise<void> {
    const bytes = new Uint8Array(Int32Array.from({ length: HALF }, () => value).buffer);
    const slab = [{ start: 0, count: HALF, stride: 1 }];
    const inChunk = [{ start: half * HALF, count: HALF, stride: 1 }];
    const data = { elements: { itemSize: 4, bytes }, dims: [HALF], slab };
    const request = { bucket: BUCKET, spec: SPEC, parts: [{ chunk: [chunk], inChunk, data }] };
    await this.node.service.call('chunk.write', request, this.context(durability));
  }

  /** What a half holds; 0 when the chunk is not there. */
  async read(chunk: number, half: number): Promise<Found> {
    const inChunk = [{ start: half * HALF, count: HALF, stride: 1 }];
    const request = { bucket: BUCKET, spec: SPEC, parts: [{ chunk: [chunk], inChunk }] };
    const reply = await this.node.service.call('chunk.read', request, this.context('D0'));
    const [block] = reply.blocks;
    if (block === undefined || block === null) return 0;
    const [taken] = block.slab;
    if (taken === undefined || !('start' in taken)) throw new Error('expected a run of elements');
    const { start } = taken;
    const values = new Int32Array(block.elements.bytes.slice().buffer).subarray(
      start,
      start + HALF,
    );
    return values.every((value) => value === values[0]) ? values[0]! : 'mixed';
  }

  create(document: ObjectDocument): Promise<unknown> {
    const request = { bucket: BUCKET, documents: [document] };
    return this.node.service.call('object.create', request, this.context('D3'));
  }

  link(title: string, durability: Level): Promise<unknown> {
    const link = { class: 'H5L_TYPE_SOFT', h5path: '/x', created: 5 } as const;
    const request = { bucket: BUCKET, id: ROOT, links: [[title, link] as const] };
    const whole = { ...request, replaceOlder: false };
    return this.node.service.call('link.put', whole, this.context(durability));
  }

  async titles(): Promise<string[]> {
    const request = { bucket: BUCKET, id: ROOT, choice: { order: 'name' } } as const;
    const reply = await this.node.service.call('link.list', request, this.context('D0'));
    return reply.links.map(([title]) => title);
  }

  flush(): Promise<unknown> {
    const request = { bucket: BUCKET, root: ROOT };
    return this.node.service.call('root.flush', request, this.context('D0'));
  }

  /** Puts so far of objects whose key ends so. */
  puts(end: string): number {
    const { calls } = this.faulty;
    return calls.filter(({ operation, key }) => operation === 'put' && key.endsWith(end)).length;
  }

  private context(durability: Level) {
    return { requestId: `request-${++requests}`, durability };
  }

  private open(below: ObjectStore): OpenDataNode {
    const { clock } = this;
    const random = new Prng(3);
    const map = fixedMap([{ ip: '127.0.0.1', port: 1 }]);
    const defaults = { root_dir: '/nowhere', ...this.settings };
    const { config } = loadConfig({ argv: [], env: {}, defaults });
    const quiet = { level: 'ERROR', format: 'json', prefix: '', timestamps: false } as const;
    const store = new RetryLayer(below, { clock, random });
    const own = this.boot === undefined ? {} : { boot: this.boot };
    return openDataNode({
      runtime: { config, clock, random, log: new Log(quiet, clock, () => undefined) },
      opened: { store },
      cluster: {
        gate: new StaticGate(map, 0),
        owns: () => true,
        custody: { leased: () => true, mayStore: () => true },
      },
      caches: new CacheGroup({ store, clock, random, ...own }),
    });
  }
}

function aDocument(kind: ObjectDocument['kind'], id: string, members: string): ObjectDocument {
  const json = `{"id": "${id}", "root": "${ROOT}", "created": 1.5, "lastModified": 1.5${members}}`;
  return parseObjectDocument(kind, parseJson(json));
}

const SPEC: ChunkSpec = (() => {
  const id = newObjectId('dataset', ROOT, new Uint8Array(16).fill(3));
  const members = `, "type": {"class": "H5T_INTEGER", "base": "H5T_STD_I32LE"},
    "shape": {"class": "H5S_SIMPLE", "dims": [800]}, "attributes": {},
    "layout": {"class": "H5D_CHUNKED", "dims": [${CHUNK}]}`;
  const document = aDocument('dataset', id, members);
  if (document.kind !== 'dataset') throw new Error('no dataset');
  return chunkSpecOf(document);
})();
const GROUP = () => aDocument('group', ROOT, ', "links": {}, "attributes": {}');
const aScene = (plan: FaultPlan, settings?: Partial<Config>, boot?: string) =>
  new Scene(plan, settings, boot).prepare();

describe.each([
  ['alone', undefined],
  ['in a cluster', 'boot-1'],
])('a data node %s whose store fails once', (_name, boot) => {
  it.each(WRITE_FAULTS)(
    'keeps a chunk written at D3 through a put that ends in: %s',
    async (fault) => {
      const scene = await aScene(faultScript([['put', fault]]), {}, boot);
      await scene.through(scene.write(0, 0, 5, 'D3'));
      await scene.through(scene.write(0, 1, 6, 'D3'));
      await scene.crash();
      expect([await scene.read(0, 0), await scene.read(0, 1)]).toEqual([5, 6]);
    },
  );

  it.each(WRITE_FAULTS)('keeps objects and links through puts that end in: %s', async (fault) => {
    // The creation's put, then the link's.
    const scene = await aScene(faultScript([['put', fault]]), {}, boot);
    await scene.through(scene.create(GROUP()));
    scene.faulty.plan = faultScript([['put', fault]]);
    await scene.through(scene.link('a', 'D3'));
    await scene.crash();
    expect(await scene.titles()).toEqual(['a']);
  });
});

describe('a data node whose store fails', () => {
  it('refuses D3 in the end, after a bounded number of puts, and goes on when the store does', async () => {
    const scene = await aScene({
      fault: ({ operation }) => (operation === 'put' ? 'full' : undefined),
    });
    const refused = scene.through(scene.write(0, 0, 1, 'D3'));
    await expect(refused).rejects.toMatchObject({ kind: 'unavailable' });
    await expect(refused).rejects.toThrow(/full/);
    const puts = scene.puts('/0');
    expect(puts).toBeGreaterThan(1);
    expect(puts).toBeLessThanOrEqual(PUTS_MAX);
    scene.faulty.plan = {};
    await scene.through(scene.write(0, 1, 2, 'D3'));
    await scene.crash();
    expect(await scene.read(0, 1)).toBe(2);
  });

  it('refuses a flush, keeps what is dirty, and stores it when asked again', async () => {
    const scene = await aScene({
      fault: ({ operation }) => (operation === 'put' ? 'fail' : undefined),
    });
    await scene.through(scene.write(0, 0, 1, 'D0'));
    await expect(scene.through(scene.flush())).rejects.toMatchObject({ kind: 'unavailable' });
    expect(await scene.read(0, 0)).toBe(1);
    scene.faulty.plan = {};
    await scene.through(scene.flush());
    await scene.crash();
    expect(await scene.read(0, 0)).toBe(1);
  });

  it('takes no more than its bound of changes that it cannot store', async () => {
    const chunkBytes = CHUNK * 4;
    const settings = { chunk_mem_cache_size: 40 * chunkBytes, max_chunk_size: chunkBytes };
    const plan: FaultPlan = {
      fault: ({ operation }) => (operation === 'put' ? 'full' : undefined),
    };
    const scene = await aScene(plan, settings);
    let kind = 'none';
    let taken = 0;
    for (; kind === 'none' && taken < 100; taken++) {
      const write = scene.write(taken, 0, 1, 'D0');
      kind = await scene.through(write).then(() => 'none', errorKind);
    }
    expect(kind).toBe('unavailable');
    expect(taken).toBeLessThan(50);
    expect(scene.node.chunks.stats().dirtyBytes).toBeLessThanOrEqual(40 * chunkBytes);
    scene.faulty.plan = {};
    await scene.through(scene.write(99, 0, 1, 'D3'));
  });

  it('says unavailable to reads, after a bounded number of gets, and remembers nothing of it', async () => {
    const scene = await aScene({});
    await scene.through(scene.write(0, 0, 1, 'D3'));
    scene.node.hooks.clearCaches(false);
    scene.faulty.plan = { fault: ({ operation }) => (operation === 'get' ? 'fail' : undefined) };
    const before = scene.faulty.calls.length;
    await expect(scene.through(scene.read(0, 0))).rejects.toMatchObject({ kind: 'unavailable' });
    expect(scene.faulty.calls.length - before).toBeLessThanOrEqual(PUTS_MAX);
    scene.faulty.plan = {};
    expect(await scene.through(scene.read(0, 0))).toBe(1);
  });

  it('reads again a body that ended early, a bounded number of times, and gives no part of it', async () => {
    const scene = await aScene({});
    await scene.through(scene.write(0, 0, 1, 'D3'));
    scene.node.hooks.clearCaches(false);
    scene.faulty.plan = {
      fault: ({ operation }) => (operation === 'get' ? 'truncated' : undefined),
    };
    const before = scene.faulty.calls.length;
    await expect(scene.through(scene.read(0, 0))).rejects.toMatchObject({ kind: 'unavailable' });
    expect(scene.faulty.calls.length - before).toBeLessThanOrEqual(PUTS_MAX);
    scene.faulty.plan = faultScript([['get', 'truncated']]);
    expect(await scene.through(scene.read(0, 0))).toBe(1);
  });

  it('answers D0 at once, and reads of other chunks, while a slow put holds D3', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const before: FaultPlan['before'] = ({ operation }) =>
      operation === 'put' ? held : Promise.resolve();
    const scene = await aScene({ before });
    let answered = false;
    const slow = scene.write(0, 0, 1, 'D3').then(() => (answered = true));
    await scene.through(scene.write(0, 1, 2, 'D0'));
    await scene.through(scene.write(1, 0, 3, 'D0'));
    expect(await scene.through(scene.read(1, 0))).toBe(3);
    expect(answered).toBe(false);
    release();
    await scene.through(slow);
    expect(await scene.through(scene.read(0, 1))).toBe(2);
    await scene.crash();
    expect(await scene.read(0, 0)).toBe(1);
  });
});

describe('many writers over a store that fails at random', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'lose nothing that was acknowledged at D3, seed %i',
    async (seed) => {
      const random = new Prng(seed);
      const plan: FaultPlan = {
        fault: ({ operation }) => {
          if (operation === 'put')
            return random.chance(0.3) ? random.pick(WRITE_FAULTS) : undefined;
          return random.chance(0.1) ? 'fail' : undefined;
        },
      };
      const scene = await aScene(plan, {}, seed % 2 === 0 ? 'boot-1' : undefined);
      let tick = 0;
      const registers = [0, 1, 2, 3, 4, 5].map((at) => new Register(`half ${at}`));
      const kinds = new Set<string>();
      let acknowledged = 0;
      const writer = async (own: Prng) => {
        for (let count = 0; count < 40; count++) {
          const at = own.below(registers.length);
          const level: Level = own.chance(0.5) ? 'D3' : 'D0';
          const write: RegisterWrite = { id: ++tick, level, sentMs: tick, ackedMs: null };
          registers[at]!.begin(write);
          const kind = await scene
            .write(at >> 1, at & 1, write.id, level)
            .then(() => 'none', errorKind);
          if (kind !== 'none') kinds.add(kind);
          else if (level === 'D3') acknowledged++;
          if (kind === 'none') write.ackedMs = ++tick;
          if (own.chance(0.1)) await scene.faulty.landLate();
        }
      };
      await scene.through(Promise.all([1, 2, 3].map(() => writer(random.fork()))));
      await scene.crash();
      const crash = { killMs: ++tick, flushAgeMs: Infinity, flushSentMs: -Infinity };
      const complaints = [];
      for (const [at, register] of registers.entries()) {
        complaints.push(register.complaint(await scene.read(at >> 1, at & 1), crash));
      }
      expect(complaints.filter((complaint) => complaint !== undefined)).toEqual([]);
      expect(acknowledged).toBeGreaterThan(20);
      expect([...kinds].filter((kind) => kind !== 'unavailable')).toEqual([]);
    },
  );
});
