import { kindOf } from '../testing/contract.js';
import { faultScript, type Fault } from '../testing/index.js';
import { play, setUp } from './cache-under-test.fixture.js';
import { add, address, tokenCodec, tokensIn } from './token-list.fixture.js';

const D3 = { durability: 'D3' } as const;

describe('a deletion', () => {
  it.each<Fault>(['fail', 'lost', 'race', 'conflict'])(
    'gets over a store that does: %s',
    async (fault) => {
      const { cache, clock, memory, store } = await setUp();
      await cache.create(address('k'), 'c', { list: ['a'] }, D3);
      store.plan = faultScript([['delete', fault]]);
      await play(clock, cache.delete(address('k')));
      expect(await memory.head(address('k'))).toBeNull();
      expect(await cache.get(address('k'), 'c')).toBeNull();
    },
  );

  it('that arrives late spares what others have written since', async () => {
    const { cache, clock, memory, store, open } = await setUp();
    await cache.create(address('k'), 'c', { list: ['a'] }, D3);
    store.plan = faultScript([['delete', 'late']]);
    await play(clock, cache.delete(address('k')));
    expect(await memory.head(address('k'))).toBeNull();
    await open().create(address('k'), 'c', { list: ['b'] }, D3);
    await store.landLate();
    expect(await tokensIn(memory, 'k')).toEqual(['b']);
  });

  it('takes what others have written meanwhile, if it is still the owner', async () => {
    for (const owner of [true, false]) {
      const { cache, clock, memory } = await setUp(
        {},
        { custody: { leased: () => owner, mayStore: () => true } },
      );
      await cache.create(address('k'), 'c', { list: ['a'] }, D3);
      await memory.put(address('k'), tokenCodec.encode({ list: ['b'] }));
      const kind = await play(clock, kindOf(cache.delete(address('k'))));
      expect([kind, await tokensIn(memory, 'k')]).toEqual(
        owner ? ['none', null] : ['unavailable', ['b']],
      );
    }
  });

  it('gives up in the end, and the object is there still', async () => {
    const { cache, clock, store } = await setUp();
    await cache.create(address('k'), 'c', { list: ['a'] }, D3);
    store.plan = { fault: ({ operation }) => (operation === 'delete' ? 'fail' : undefined) };
    expect(await play(clock, kindOf(cache.delete(address('k'))))).toBe('unavailable');
    store.plan = { fault: ({ operation }) => (operation === 'delete' ? 'conflict' : undefined) };
    expect(await play(clock, kindOf(cache.delete(address('k'))))).toBe('unavailable');
    store.plan = {};
    expect(await cache.update(address('k'), 'c', add('b'), D3)).toBe(2);
  });

  it('of what is not there asks for nothing', async () => {
    const { cache, store } = await setUp();
    await cache.delete(address('k'));
    expect(store.calls.map(({ operation }) => operation)).toEqual(['head']);
  });
});
