import { MemoryStore } from '../drivers/memory.js';
import { FaultyStore, ManualClock, settled, type FaultPlan } from '../testing/index.js';
import type { CacheOptions } from './cache-options.js';
import { tokenCodec, type Tokens } from './token-list.fixture.js';
import { WriteBackCache } from './write-back.js';

export type Options = Partial<CacheOptions<Tokens, string>>;

/** A cache of token lists over a store that fails as planned; bucket `b` is there. */
export async function setUp(plan: FaultPlan = {}, options: Options = {}) {
  const clock = new ManualClock();
  const memory = new MemoryStore(clock);
  await memory.createBucket('b');
  const store = new FaultyStore(memory, plan);
  const limits = { cacheBytes: 10_000, dirtyBytes: 5000, flushAgeMs: 500, flushParallelism: 4 };
  const open = (more: Options = {}) =>
    new WriteBackCache<Tokens, string>({
      store,
      clock,
      codec: tokenCodec,
      limits,
      writer: 'boot',
      keepRequestIds: true,
      ...options,
      ...more,
    });
  return { clock, memory, store, limits, open, cache: open() };
}

/** Moves time whenever the call waits for nothing else, until it ends. */
export async function play<R>(clock: ManualClock, call: Promise<R>): Promise<R> {
  const state = { ended: false };
  const done = () => (state.ended = true);
  call.then(done, done);
  for (let turn = 0; !state.ended && turn < 200; turn++) {
    await settled();
    clock.advance(50);
  }
  return call;
}
