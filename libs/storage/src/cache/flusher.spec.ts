import { kindOf } from '../testing/contract.js';
import { faultScript } from '../testing/index.js';
import { play, setUp, type Options } from './cache-under-test.fixture.js';
import { add, address, tokensIn } from './token-list.fixture.js';

const D0 = { durability: 'D0' } as const;
const D3 = { durability: 'D3' } as const;

describe('storing over failures and other writers', () => {
  it('recognises its own put behind lost answers and false conflicts', async () => {
    for (const [fault, writer] of [
      ['lost', 'boot'],
      ['self-conflict', 'boot'],
      ['lost', undefined],
      ['fail', 'boot'],
      ['race', 'boot'],
      ['full', undefined],
    ] as const) {
      const options = writer === undefined ? {} : { writer };
      const { store, memory, open, clock } = await setUp();
      const cache = open({ writer: undefined, ...options } as Options);
      store.plan = faultScript([['put', fault]]);
      await play(clock, cache.create(address('k'), 'c', { list: ['a'] }, D3));
      store.plan = faultScript([
        ['put', fault],
        ['put', fault],
      ]);
      const added = cache.update(address('k'), 'c', add('b'), D3);
      expect(await play(clock, added)).toBe(2);
      expect(await tokensIn(memory, 'k')).toEqual(['a', 'b']);
      expect(cache.stats()).toMatchObject({ merges: 0, lostOperations: 0, dirtyEntries: 0 });
    }
  });

  it('recognises a put that lands late, after it was taken for lost', async () => {
    const { cache, clock, store, memory } = await setUp();
    await cache.create(address('k'), 'c', { list: ['a'] }, D3);
    let looks = 0;
    store.plan = {
      ...faultScript([['put', 'late']]),
      after: async ({ operation }) => {
        if (operation === 'get' && ++looks === 1) await store.landLate();
      },
    };
    const added = cache.update(address('k'), 'c', add('b'), D0);
    await added;
    await play(clock, cache.flush());
    expect(looks).toBe(2);
    expect(await tokensIn(memory, 'k')).toEqual(['a', 'b']);
    expect(cache.stats().merges).toBe(0);
  });

  it('merges its operations onto what another writer stored', async () => {
    const seen: string[] = [];
    const { cache, memory, open } = await setUp(
      {},
      { hooks: { onConflict: ({ key }) => seen.push(key) } },
    );
    await cache.create(address('k'), 'c', { list: ['a'] }, D3);
    await cache.update(address('k'), 'c', add('b'), D0);
    const other = open({ writer: 'other' });
    await other.update(address('k'), 'c', add('o'), D3);
    expect(await cache.update(address('k'), 'c', add('c'), D3)).toBe(4);
    expect(await tokensIn(memory, 'k')).toEqual(['a', 'o', 'b', 'c']);
    expect(seen).toEqual(['k']);
  });

  it('merges nothing while another process may own the object', async () => {
    let leased = false;
    const { cache, memory, open, clock } = await setUp(
      {},
      { custody: { leased: () => leased, mayStore: () => true } },
    );
    await cache.create(address('k'), 'c', { list: ['a'] }, D3);
    const other = open({ writer: 'other', custody: { leased: () => true, mayStore: () => true } });
    await other.update(address('k'), 'c', add('o'), D3);
    const refused = kindOf(cache.update(address('k'), 'c', add('b'), D3));
    await play(clock, refused);
    expect(await refused).toBe('unavailable');
    expect(await tokensIn(memory, 'k')).toEqual(['a', 'o']);
    expect(cache.stats()).toMatchObject({ dirtyEntries: 1, merges: 0 });
    leased = true;
    await play(clock, cache.flush());
    expect(await tokensIn(memory, 'k')).toEqual(['a', 'o', 'b']);
  });

  it('creates nothing while another process may have deleted it, and stores it afterwards', async () => {
    const may = { store: false };
    const custody = { leased: () => true, mayStore: () => may.store };
    const { cache, memory, clock } = await setUp({}, { custody });
    const created = kindOf(cache.create(address('a'), 'c', { list: ['a'] }, D3));
    expect(await play(clock, created)).toBe('unavailable');
    await cache.update(address('b'), 'c', add('b', { create: true }), D0);
    expect(await play(clock, kindOf(cache.flush()))).toBe('unavailable');
    expect([await tokensIn(memory, 'a'), await tokensIn(memory, 'b')]).toEqual([null, null]);
    may.store = true;
    await play(clock, cache.flush());
    expect(await tokensIn(memory, 'b')).toEqual(['b']);
    may.store = false;
    expect(await cache.update(address('b'), 'c', add('c'), D3)).toBe(2);
  });

  it('says which changes are lost when the object was deleted elsewhere', async () => {
    const lost: string[] = [];
    const { cache, memory } = await setUp({}, { hooks: { onLost: ({ key }) => lost.push(key) } });
    await cache.create(address('k'), 'c', { list: ['a'] }, D3);
    await memory.delete(address('k'));
    expect(await kindOf(cache.update(address('k'), 'c', add('b'), D3))).toBe('not-found');
    expect(lost).toEqual(['k']);
    expect(await cache.get(address('k'), 'c')).toBeNull();
    expect(cache.stats()).toMatchObject({ dirtyEntries: 0, dirtyBytes: 0, lostOperations: 1 });
  });
});
