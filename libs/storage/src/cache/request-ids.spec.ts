import fc from 'fast-check';
import { ManualClock, seededRandom } from '../testing/index.js';
import { play, setUp } from './cache-under-test.fixture.js';
import { newRequestId, stampOf } from './request-id.js';
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

describe('an id', () => {
  it('tells when it was given, also with a number behind it', () => {
    const clock = new ManualClock();
    const random = seededRandom(1);
    const ids = [0, 1, 35, 1_000_000].map((ms) => {
      clock.advance(ms);
      return newRequestId(clock, random);
    });
    const stamps = ids.map(stampOf);
    expect([...stamps].sort()).toEqual(stamps);
    expect(stampOf(`${ids[0]}.17`)).toBe(stamps[0]);
    expect(stamps[0]).toBe((1_700_000_000_000).toString(36).padStart(9, '0'));
    expect(() => {
      RequestIds.check(`${ids[0]}.123456789`);
    }).not.toThrow();
    expect(['r1', '', 'setup-d-1', 'ABCDEFGHI-'].map(stampOf)).toEqual(['', '', '', '']);
  });
});

/** What may happen to the ids of an object: a change, time, another process that takes it over. */
const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ apply: fc.integer({ min: -3000, max: 3000 }) }) },
  { weight: 1, arbitrary: fc.record({ pass: fc.integer({ min: 1, max: 90_000 }) }) },
  { weight: 1, arbitrary: fc.constant('another process' as const) },
  { weight: 1, arbitrary: fc.constant('a merge' as const) },
);

describe('what is forgotten', () => {
  it('is never taken for new, whatever the clocks of those who ask', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const clock = new ManualClock();
        const applied: string[] = [];
        let ids = new RequestIds(clock);
        for (const one of steps) {
          if (one === 'another process') ids = RequestIds.parse(ids.format(), clock);
          else if (one === 'a merge') {
            const mine = new RequestIds(clock);
            mine.joinOlder(RequestIds.parse(ids.format(), clock));
            ids = mine;
          } else if ('pass' in one) clock.advance(one.pass);
          else {
            const stamp = Math.max(0, clock.now() + one.apply)
              .toString(36)
              .padStart(9, '0');
            const id = `${stamp}-${applied.length}`;
            applied.push(id);
            ids.note(id, {});
          }
        }
        for (const id of applied) {
          expect(ids.find(id) !== undefined || ids.mayHaveForgotten(id)).toBe(true);
        }
      }),
    );
  });

  it('is nothing newer, and nothing where nothing was dropped', () => {
    const clock = new ManualClock();
    const random = seededRandom(2);
    const ids = new RequestIds(clock);
    const given = Array.from({ length: 40 }, () => {
      clock.advance(10);
      const id = newRequestId(clock, random);
      ids.note(id, {});
      return id;
    });
    expect(ids.mayHaveForgotten('a-stranger')).toBe(false);
    const next = RequestIds.parse(ids.format(), clock);
    expect(given.map((id) => next.mayHaveForgotten(id))).toEqual(given.map((_id, i) => i < 8));
    expect(ids.format().split(',')[0]).toBe(`~${stampOf(given[7] ?? '')}`);
  });

  it('stays within what metadata may carry', () => {
    const clock = new ManualClock();
    const ids = new RequestIds(clock);
    for (let i = 10; i < 60; i++) ids.note(`0abcdefg${i % 10}-${'x'.repeat(50)}${i}`, {});
    expect(ids.format().length).toBeLessThanOrEqual(1400);
    expect(ids.format()).toMatch(/^~0abcdefg9,/);
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

  it.each([
    ['loaded', false],
    ['overwritten unseen', true],
  ])('refuses the repeat of a change that its object has forgotten (%s)', async (_how, whole) => {
    const { cache, open, clock, memory } = await setUp();
    const random = seededRandom(3);
    const asked = () => ({ ...D3, requestId: newRequestId(clock, random) });
    const first = asked();
    await cache.update(address('k'), 'c', add('first', { create: true }), first);
    for (let i = 0; i < 40; i++) {
      clock.advance(1);
      await cache.update(address('k'), 'c', add(`${i}`), asked());
    }
    const late = asked();
    const next = open();
    const before = await tokensIn(memory, 'k');
    const repeat = { ...first, repeated: true, overwrite: whole };
    await expect(
      next.update(address('k'), 'c', add('first', { create: whole }), repeat),
    ).rejects.toMatchObject({
      kind: 'unavailable',
      message: expect.stringContaining('cannot be told any more') as string,
    });
    expect(await tokensIn(memory, 'k')).toEqual(before);
    await next.update(address('k'), 'c', add('late'), { ...late, repeated: true });
    expect((await tokensIn(memory, 'k'))?.at(-1)).toBe('late');
  });

  it('refuses to say of a forgotten creation that the object is in its way', async () => {
    const { cache, open, clock } = await setUp();
    const random = seededRandom(4);
    const asked = () => ({ ...D3, requestId: newRequestId(clock, random) });
    const first = asked();
    await cache.create(address('k'), 'c', { list: ['x'] }, first);
    for (let i = 0; i < 40; i++) await cache.update(address('k'), 'c', add(`${i}`), asked());
    for (const next of [open(), open()]) {
      const repeat = { ...first, repeated: true };
      const again = next.create(address('k'), 'c', { list: ['x'] }, repeat);
      await expect(play(clock, again)).rejects.toMatchObject({ kind: 'unavailable' });
      await expect(next.create(address('k'), 'c', { list: ['x'] }, first)).rejects.toMatchObject({
        kind: 'conflict',
      });
      await next.get(address('k'), 'c');
    }
  });
});
