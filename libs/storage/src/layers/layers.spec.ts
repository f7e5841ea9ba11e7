import { MemoryStore } from '../drivers/memory.js';
import { kindOf } from '../testing/contract.js';
import {
  describeObjectStore,
  faultScript,
  FaultyStore,
  ManualClock,
  seededRandom,
  settled,
} from '../testing/index.js';
import { LimitLayer } from './limit.js';
import { MeterLayer } from './meter.js';
import { RetryLayer } from './retry.js';

const address = { bucket: 'b', key: 'k' };
const bytes = Uint8Array.of(1, 2, 3);

async function setUp() {
  const clock = new ManualClock();
  const memory = new MemoryStore(clock);
  await memory.createBucket('b');
  return { clock, memory, store: new FaultyStore(memory), random: seededRandom(1) };
}

describeObjectStore('memory in all layers', async () => {
  const { clock, store, random } = await setUp();
  const meter = new MeterLayer(store, clock);
  return { store: new RetryLayer(new LimitLayer(meter, { concurrency: 3 }), { clock, random }) };
});

describe('RetryLayer', () => {
  it('repeats outages a bounded number of times, with growing pauses', async () => {
    const { clock, store, random } = await setUp();
    const retry = new RetryLayer(store, { clock, random }, { attempts: 3, pauseMs: 100 });
    store.plan = { fault: () => 'fail' };
    const failed = kindOf(retry.get(address));
    const waits: number[] = [];
    for (let turn = 0; turn < 2; turn++) {
      await settled();
      const next = clock.nextMs! - clock.monotonic();
      waits.push(next);
      clock.advance(next);
    }
    expect(await failed).toBe('unavailable');
    expect(store.calls).toHaveLength(3);
    expect(waits[0]).toBeGreaterThanOrEqual(25);
    expect(waits[0]).toBeLessThanOrEqual(100);
    expect(waits[1]).toBeGreaterThanOrEqual(50);
    expect(waits[1]).toBeLessThanOrEqual(200);
  });

  it('repeats what may be repeated, and nothing conditional or hopeless', async () => {
    const { clock, store, random } = await setUp();
    const retry = new RetryLayer(store, { clock, random }, { pauseMs: 0 });
    const cases = [
      [() => retry.put(address, bytes), 'none', 2],
      [() => retry.put(address, bytes, { ifAbsent: true }), 'unavailable', 1],
      [() => retry.put(address, bytes, { ifMatch: 'e' }), 'unavailable', 1],
      [() => retry.delete(address), 'none', 2],
      [() => retry.delete(address, { ifMatch: 'e' }), 'unavailable', 1],
      [() => retry.list('b', { prefix: '' }), 'none', 2],
      [() => retry.get({ bucket: 'none', key: 'k' }), 'not-found', 2],
    ] as const;
    for (const [call, kind, calls] of cases) {
      const before = store.calls.length;
      const operations = ['put', 'delete', 'list', 'get'] as const;
      store.plan = faultScript(operations.map((operation) => [operation, 'fail'] as const));
      const result = kindOf(call());
      await settled();
      clock.advance(1);
      expect([String(call), await result]).toEqual([String(call), kind]);
      expect(store.calls.length - before).toBe(calls);
    }
  });

  it('ends its pause when the caller gives up', async () => {
    const { clock, store, random } = await setUp();
    const retry = new RetryLayer(store, { clock, random });
    store.plan = { fault: () => 'fail' };
    const controller = new AbortController();
    const result = kindOf(retry.get(address, { signal: controller.signal }));
    await settled();
    controller.abort();
    expect(await result).toBe('unavailable');
    expect(store.calls).toHaveLength(1);
  });
});

describe('LimitLayer', () => {
  it('keeps to its bounds, in order, and lets go of who gives up', async () => {
    const { store } = await setUp();
    const gates: (() => void)[] = [];
    store.plan = { before: () => new Promise((open) => gates.push(open)) };
    const limit = new LimitLayer(store, { concurrency: 2, waitingMax: 2 });
    const controller = new AbortController();
    const done: number[] = [];
    const calls = [0, 1, 2].map((at) =>
      limit.get({ bucket: 'b', key: `k${at}` }).then(() => done.push(at)),
    );
    const givenUp = kindOf(limit.head(address, controller.signal));
    expect(await kindOf(limit.get(address))).toBe('unavailable');
    controller.abort();
    expect(await givenUp).toBe('unavailable');
    expect(store.calls).toHaveLength(2);
    for (let turn = 0; turn < 3; turn++) {
      gates.shift()?.();
      await settled();
    }
    await Promise.all(calls);
    expect(done).toEqual([0, 1, 2]);
    expect(store.calls.map(({ key }) => key)).toEqual(['k0', 'k1', 'k2']);
  });
});

describe('MeterLayer', () => {
  it('counts by operation and outcome', async () => {
    const { clock, store } = await setUp();
    const meter = new MeterLayer(store, clock);
    store.plan = {
      after: ({ operation }) => {
        if (operation === 'put') clock.advance(250);
        return Promise.resolve();
      },
    };
    await meter.put(address, bytes);
    await meter.get(address);
    await meter.get(address, { range: { offset: 1, length: 1 } });
    expect(await kindOf(meter.put(address, bytes, { ifAbsent: true }))).toBe('conflict');
    expect(meter.snapshot()).toEqual([
      { operation: 'put', outcome: 'ok', count: 1, seconds: 0.25, bytes: 3 },
      { operation: 'get', outcome: 'ok', count: 2, seconds: 0, bytes: 4 },
      { operation: 'put', outcome: 'conflict', count: 1, seconds: 0, bytes: 0 },
    ]);
    expect(meter.inFlight).toBe(0);
  });
});
