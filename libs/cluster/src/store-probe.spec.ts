import { MemoryStore, systemClock, type ObjectStore, type PutOptions } from '#storage';
import { probeStore, requireProbe } from './store-probe.js';

const BUCKET = 'bucket';

async function aStore(): Promise<MemoryStore> {
  const store = new MemoryStore(systemClock);
  await store.createBucket(BUCKET);
  return store;
}

/** A store whose puts go through `put`. */
function withPut(store: MemoryStore, put: ObjectStore['put']): ObjectStore {
  return new Proxy(store, {
    get: (target, name) => {
      if (name === 'put') return put;
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });
}

describe('probeStore', () => {
  it('passes a store with atomic conditional writes and leaves nothing behind', async () => {
    const store = await aStore();
    const report = await probeStore({ stores: [store], bucket: BUCKET, key: 'probe' });
    expect(report.failures).toEqual([]);
    expect((await store.list(BUCKET, { prefix: '' })).objects).toEqual([]);
  });

  it('finds a store that ignores conditions', async () => {
    const store = await aStore();
    const careless = withPut(store, (at, bytes) => store.put(at, bytes));
    const report = await probeStore({ stores: [careless], bucket: BUCKET, key: 'probe' });
    expect(report.failures).toContainEqual(expect.stringContaining('16 of racing creations'));
    expect(() => {
      requireProbe(report, false);
    }).toThrow(expect.objectContaining({ kind: 'unsupported' }));
    expect(() => {
      requireProbe(report, true);
    }).not.toThrow();
  });

  it('finds a store that checks first and writes later', async () => {
    const store = await aStore();
    const racy = withPut(store, async (at, bytes, options: PutOptions = {}) => {
      const now = await store.head(at);
      const holds =
        options.ifAbsent === true
          ? now === null
          : options.ifMatch === undefined || now?.etag === options.ifMatch;
      if (!holds) return store.put(at, bytes, options);
      await Promise.resolve();
      return store.put(at, bytes);
    });
    const report = await probeStore({ stores: [racy], bucket: BUCKET, key: 'probe' });
    expect(report.failures).not.toEqual([]);
  });
});
