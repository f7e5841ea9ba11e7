import { ManualClock } from '../testing/index.js';
import { setUp } from './cache-under-test.fixture.js';
import { RequestIds } from './request-ids.js';
import { add, address, tokensIn } from './token-list.fixture.js';

const D3 = { durability: 'D3' } as const;

function noted(clock: ManualClock, count: number): RequestIds {
  const ids = new RequestIds(clock);
  for (let i = 0; i < count; i++) ids.note(`r${i}`, {});
  return ids;
}

describe('RequestIds', () => {
  it('knows the last 32 however old they are', () => {
    const clock = new ManualClock();
    const ids = noted(clock, 40);
    clock.advance(600_000);
    ids.note('late', {});
    expect(ids.find('r8')).toBeUndefined();
    expect(ids.find('r9')).toBeDefined();
    expect(ids.size).toBe(32);
  });

  it('knows more than 32 for a minute', () => {
    const clock = new ManualClock();
    const ids = noted(clock, 1000);
    clock.advance(59_999);
    ids.note('late', {});
    expect(ids.find('r0')).toBeDefined();
    clock.advance(1);
    ids.note('later', {});
    expect(ids.find('r0')).toBeUndefined();
    expect(ids.find('late')).toBeDefined();
  });

  it('never knows more than 4096', () => {
    const ids = noted(new ManualClock(), 5000);
    expect(ids.size).toBe(4096);
    expect(ids.find('r4999')).toBeDefined();
  });

  it('gives the object the newest 32, or as many as its metadata may carry', () => {
    const clock = new ManualClock();
    const stored = noted(clock, 100).format().split(',');
    expect([stored.length, stored[0], stored.at(-1)]).toEqual([32, 'r68', 'r99']);
    const long = new RequestIds(clock);
    for (let i = 10; i < 50; i++) long.note(`${i}`.repeat(32), {});
    expect(long.format().length).toBeLessThanOrEqual(1400);
    expect(long.format().endsWith('49'.repeat(32))).toBe(true);
  });

  it('joins what another process applied, as older', () => {
    const clock = new ManualClock();
    const ids = noted(clock, 2);
    ids.joinOlder(RequestIds.parse('a,b=5,r0', clock));
    expect(ids.format()).toBe('a,b=5,r0,r1');
  });
});

describe('a cache', () => {
  it('applies a request once, though more than 32 others came before its repeat', async () => {
    const { cache, clock, memory } = await setUp();
    const once = { ...D3, requestId: 'r' };
    await cache.update(address('k'), 'c', add('x', { create: true }), once);
    for (let i = 0; i < 44; i++) {
      await cache.update(address('k'), 'c', add(`${i}`), { ...D3, requestId: `r${i}` });
    }
    clock.advance(15_000);
    expect(await cache.update(address('k'), 'c', add('x'), once)).toBe(1);
    expect((await tokensIn(memory, 'k'))?.filter((token) => token === 'x')).toEqual(['x']);
    const stored = (await memory.head(address('k')))?.metadata['hsds-rq'] ?? '';
    expect(stored.split(',')).toHaveLength(32);
  });
});
