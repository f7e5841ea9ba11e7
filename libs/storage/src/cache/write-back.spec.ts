import { HdfError } from '#hdf5';
import { kindOf } from '../testing/contract.js';
import { settled } from '../testing/index.js';
import { play, setUp } from './cache-under-test.fixture.js';
import { add, address, tokenCodec, tokensIn, type Tokens } from './token-list.fixture.js';
import { WriteBackCache } from './write-back.js';

const D0 = { durability: 'D0' } as const;
const D3 = { durability: 'D3' } as const;

describe('WriteBackCache', () => {
  it('loads once for many, and answers null for what is not there', async () => {
    const { cache, memory, store } = await setUp();
    expect(await cache.get(address('none'), 'c')).toBeNull();
    await memory.put(address('k'), tokenCodec.encode({ list: ['x'] }));
    const [one, two] = await Promise.all([
      cache.get(address('k'), 'c'),
      cache.get(address('k'), 'c'),
    ]);
    expect(one).toEqual({ list: ['x'] });
    expect(two).toBe(one);
    expect(cache.peek(address('k'))).toBe(one);
    expect(store.calls.filter(({ key }) => key === 'k')).toHaveLength(1);
  });

  it('takes an empty object for none, and replaces it', async () => {
    const { cache, memory } = await setUp();
    await memory.put(address('k'), new Uint8Array(0));
    expect(await cache.get(address('k'), 'c')).toBeNull();
    await cache.create(address('k'), 'c', { list: ['x'] }, D3);
    expect(await tokensIn(memory, 'k')).toEqual(['x']);
    await memory.put(address('l'), new Uint8Array(0));
    await cache.update(address('l'), 'c', add('y', { create: true }), D3);
    expect(await tokensIn(memory, 'l')).toEqual(['y']);
  });

  it('refuses to change what is not there, and keeps nothing of an error', async () => {
    const { cache } = await setUp();
    expect(await kindOf(cache.update(address('k'), 'c', add('x'), D0))).toBe('not-found');
    await cache.create(address('k'), 'c', { list: [] }, D0);
    const failing = {
      apply: () => {
        throw new HdfError('invalid', 'no');
      },
    };
    expect(await kindOf(cache.update(address('k'), 'c', failing, D3))).toBe('invalid');
    expect(cache.stats()).toMatchObject({ dirtyEntries: 0, dirtyBytes: 0, entries: 1 });
  });

  it('stores D0 changes when they have aged, in one put', async () => {
    const { cache, clock, memory, store } = await setUp();
    cache.start();
    await cache.update(address('k'), 'c', add('x', { create: true }), D0);
    clock.advance(300);
    await cache.update(address('k'), 'c', add('y'), D0);
    clock.advance(199);
    await settled();
    expect(await tokensIn(memory, 'k')).toBeNull();
    clock.advance(1);
    await settled();
    expect(await tokensIn(memory, 'k')).toEqual(['x', 'y']);
    expect(store.calls.filter(({ operation }) => operation === 'put')).toHaveLength(1);
    expect(cache.stats()).toMatchObject({ dirtyEntries: 0, dirtyBytes: 0, puts: 1 });
    await cache.stop();
  });

  it('does not let overwriting again and again put off the flush', async () => {
    const { cache, clock, memory } = await setUp();
    cache.start();
    for (let at = 0; at < 8; at++) {
      const options = { ...D0, overwrite: true };
      await cache.update(address('k'), 'c', add(`x${at}`, { create: true }), options);
      clock.advance(100);
      await settled();
    }
    expect((await tokensIn(memory, 'k'))?.length).toBeGreaterThan(0);
    await cache.stop();
  });

  it('stores the image of one moment, though the codec gives out the live bytes', async () => {
    const gates: (() => void)[] = [];
    const { clock, memory, store, limits } = await setUp();
    const codec = {
      decode: (bytes: Uint8Array) => bytes,
      encode: (value: Uint8Array) => value,
      sizeOf: (value: Uint8Array) => value.length,
      clone: (value: Uint8Array) => value.slice(),
    };
    const cache = new WriteBackCache<Uint8Array, string>({ store, clock, codec, limits });
    const fill = (byte: number) => ({
      create: () => new Uint8Array(4),
      apply: (value: Uint8Array) => ({ value: value.fill(byte), result: byte }),
    });
    store.plan = { before: () => new Promise((open) => gates.push(open)) };
    const first = cache.update(address('k'), 'c', fill(1), { ...D3, overwrite: true });
    await settled();
    gates.shift()?.();
    await settled();
    await cache.update(address('k'), 'c', fill(2), D0);
    gates.shift()?.();
    await first;
    expect(await memory.get(address('k'))).toMatchObject({ bytes: Uint8Array.of(1, 1, 1, 1) });
    store.plan = {};
    await cache.drain();
    expect(await memory.get(address('k'))).toMatchObject({ bytes: Uint8Array.of(2, 2, 2, 2) });
  });

  it('answers D3 when stored; what arrives during a put shares the next', async () => {
    const gates: (() => void)[] = [];
    const { cache, memory, store } = await setUp({
      before: ({ operation }) =>
        operation === 'put' ? new Promise((open) => gates.push(open)) : Promise.resolve(),
    });
    const first = cache.update(address('k'), 'c', add('1', { create: true }), D3);
    await settled();
    const rest = ['2', '3', '4'].map((token) => cache.update(address('k'), 'c', add(token), D3));
    await settled();
    expect(gates).toHaveLength(1);
    gates[0]?.();
    expect(await first).toBe(1);
    expect(await tokensIn(memory, 'k')).toEqual(['1']);
    await settled();
    gates[1]?.();
    expect(await Promise.all(rest)).toEqual([2, 3, 4]);
    expect(await tokensIn(memory, 'k')).toEqual(['1', '2', '3', '4']);
    expect(store.calls.filter(({ operation }) => operation === 'put')).toHaveLength(2);
  });

  it('applies a request once, also after a hand-over', async () => {
    const { cache, memory, open } = await setUp();
    const once = { ...D3, requestId: 'r1' };
    expect(await cache.update(address('k'), 'c', add('x', { create: true }), once)).toBe(1);
    await cache.update(address('k'), 'c', add('y'), D3);
    expect(await cache.update(address('k'), 'c', add('x'), once)).toBe(1);
    const next = open({ writer: 'other' });
    expect(await next.update(address('k'), 'c', add('x'), once)).toBe(3);
    expect(await tokensIn(memory, 'k')).toEqual(['x', 'y']);
    expect((await memory.head(address('k')))?.metadata['hsds-rq']).toBe('r1');
    expect(
      await kindOf(next.update(address('k'), 'c', add('z'), { ...D3, requestId: 'a b' })),
    ).toBe('invalid');
  });

  it('creates once: a second is a conflict, a repeat is not', async () => {
    const { cache, open, memory } = await setUp();
    const made = { ...D3, requestId: 'r1' };
    await cache.create(address('k'), 'c', { list: ['x'] }, made);
    await cache.create(address('k'), 'c', { list: ['x'] }, made);
    expect(await kindOf(cache.create(address('k'), 'c', { list: [] }, D3))).toBe('conflict');
    const other = open({ writer: 'other' });
    expect(await kindOf(other.create(address('k'), 'c', { list: [] }, D3))).toBe('conflict');
    await other.create(address('k'), 'c', { list: ['x'] }, made);
    expect(await tokensIn(memory, 'k')).toEqual(['x']);
  });

  it('replaces whole values without reading them, fresh only when there was none', async () => {
    const { cache, memory, store } = await setUp();
    const whole = { ...D3, overwrite: true };
    const freshness: boolean[] = [];
    const operation = {
      ...add('n', { create: true }),
      changed: (_: number, __: Tokens, fresh: boolean) => freshness.push(fresh) > 0,
    };
    await memory.put(address('k'), tokenCodec.encode({ list: ['old'] }));
    await cache.update(address('k'), 'c', operation, whole);
    await cache.update(address('l'), 'c', operation, whole);
    expect(freshness).toEqual([false, true]);
    expect(await tokensIn(memory, 'k')).toEqual(['n']);
    expect(store.calls.map(({ operation: name }) => name)).not.toContain('get');
  });

  it('keeps a fresh value that did not change out of the store', async () => {
    const { cache, memory } = await setUp();
    const idle = { ...add('x', { create: true }), changed: () => false };
    await cache.update(address('k'), 'c', idle, D3);
    expect(await tokensIn(memory, 'k')).toBeNull();
    expect(cache.stats()).toMatchObject({ entries: 0, dirtyEntries: 0 });
  });

  it('deletes after the put in flight, and forgets unflushed changes', async () => {
    const gates: (() => void)[] = [];
    const { cache, memory, store } = await setUp();
    await cache.create(address('k'), 'c', { list: [] }, D3);
    store.plan = {
      before: ({ operation }) =>
        operation === 'put' ? new Promise((open) => gates.push(open)) : Promise.resolve(),
    };
    const stored = cache.update(address('k'), 'c', add('x'), D3);
    await settled();
    const deletion = cache.delete(address('k'));
    const late = cache.update(address('k'), 'c', add('y'), D3);
    await settled();
    expect(await memory.head(address('k'))).not.toBeNull();
    gates[0]?.();
    await Promise.all([stored, deletion, late]);
    expect(await memory.head(address('k'))).toBeNull();
    expect(await cache.get(address('k'), 'c')).toBeNull();
    expect(cache.stats()).toMatchObject({ dirtyEntries: 0, dirtyBytes: 0 });
  });

  it('does not cache what was read before a deletion', async () => {
    const gates: (() => void)[] = [];
    const { cache, memory, store } = await setUp();
    await memory.put(address('k'), tokenCodec.encode({ list: ['x'] }));
    store.plan = {
      after: ({ operation }) =>
        operation === 'get' ? new Promise((open) => gates.push(open)) : Promise.resolve(),
    };
    const reading = cache.get(address('k'), 'c');
    await settled();
    await cache.delete(address('k'));
    gates[0]?.();
    expect(await reading).toEqual({ list: ['x'] });
    store.plan = {};
    expect(await cache.get(address('k'), 'c')).toBeNull();
  });

  it('drops a prefix without storing it, also while it is being stored', async () => {
    const gates: (() => void)[] = [];
    const { cache, memory, store } = await setUp({
      before: ({ operation }) =>
        operation === 'put' ? new Promise((open) => gates.push(open)) : Promise.resolve(),
    });
    await cache.update(address('db/1/a'), 'c', add('x', { create: true }), D0);
    await cache.update(address('db/2/a'), 'c', add('x', { create: true }), D0);
    const waiting = kindOf(cache.update(address('db/1/b'), 'c', add('x', { create: true }), D3));
    await settled();
    let dropped = false;
    const drop = cache.dropPrefix('b', 'db/1/').then(() => (dropped = true));
    await settled();
    expect(dropped).toBe(false);
    gates[0]?.();
    await drop;
    expect(await waiting).toBe('none');
    const flushed = cache.flush('b', 'db/');
    await settled();
    gates[1]?.();
    await flushed;
    const puts = store.calls.filter(({ operation }) => operation === 'put');
    expect(puts.map(({ key }) => key)).toEqual(['db/1/b', 'db/2/a']);
    expect(await tokensIn(memory, 'db/1/a')).toBeNull();
  });

  it('flushes what is under a prefix, and says when the store is away', async () => {
    const { cache, clock, memory, store } = await setUp();
    await cache.update(address('db/1'), 'c', add('x', { create: true }), D0);
    await cache.update(address('other'), 'c', add('x', { create: true }), D0);
    store.plan = { fault: ({ operation }) => (operation === 'put' ? 'fail' : undefined) };
    expect(await play(clock, kindOf(cache.flush('b', 'db/')))).toBe('unavailable');
    expect(cache.stats().dirtyEntries).toBe(2);
    store.plan = {};
    await cache.flush('b', 'db/');
    expect(await tokensIn(memory, 'db/1')).toEqual(['x']);
    expect(await tokensIn(memory, 'other')).toBeNull();
    await cache.drain();
    expect(await tokensIn(memory, 'other')).toEqual(['x']);
  });

  it('lets updates wait for room, and refuses them after a time', async () => {
    const limits = { cacheBytes: 10_000, dirtyBytes: 300, flushAgeMs: 500, flushParallelism: 4 };
    const { cache, clock, store } = await setUp({}, { limits });
    store.plan = { fault: ({ operation }) => (operation === 'put' ? 'fail' : undefined) };
    const big = { ...add('x', { create: true }), bytes: 400 };
    await cache.update(address('k'), 'c', big, D0);
    const refused = cache.update(address('l'), 'c', big, D0);
    expect(await play(clock, kindOf(refused))).toBe('unavailable');
    const patient = cache.update(address('l'), 'c', big, D0);
    await settled();
    store.plan = {};
    expect(await play(clock, kindOf(patient))).toBe('none');
    await cache.drain();
    expect(cache.stats().dirtyBytes).toBe(0);
  });

  it('forgets everything at once, but unflushed changes only by force', async () => {
    const { cache, memory } = await setUp();
    await cache.create(address('k'), 'c', { list: ['a'] }, D3);
    cache.invalidate();
    await memory.put(address('k'), tokenCodec.encode({ list: ['b'] }));
    expect(await cache.get(address('k'), 'c')).toEqual({ list: ['b'] });
    await cache.update(address('k'), 'c', add('c'), D0);
    expect(() => {
      cache.invalidate();
    }).toThrow('1 unflushed');
    cache.invalidate({ force: true });
    expect(cache.stats()).toMatchObject({ entries: 0, bytes: 0, dirtyEntries: 0, dirtyBytes: 0 });
    expect(await cache.get(address('k'), 'c')).toEqual({ list: ['b'] });
  });

  it('reads again what is older than it may be', async () => {
    const limits = {
      cacheBytes: 10_000,
      dirtyBytes: 5000,
      flushAgeMs: 500,
      flushParallelism: 4,
      expireMs: 1000,
    };
    const { cache, clock, memory } = await setUp({}, { limits });
    await cache.create(address('k'), 'c', { list: ['a'] }, D3);
    await memory.put(address('k'), tokenCodec.encode({ list: ['b'] }));
    clock.advance(1000);
    expect(await cache.get(address('k'), 'c')).toEqual({ list: ['a'] });
    clock.advance(1);
    expect(await cache.get(address('k'), 'c')).toEqual({ list: ['b'] });
  });
});
