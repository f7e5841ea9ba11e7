import type { Clock } from '#storage';
import { WorkQueue, type Job } from './work-queue.js';

/** A clock whose timers fire when told. */
function aClock(): Clock & { fire: () => void } {
  const timers = new Set<() => void>();
  return {
    now: () => 0,
    monotonic: () => 0,
    after: (_delayMs, call) => {
      timers.add(call);
      return () => timers.delete(call);
    },
    fire: () => {
      for (const call of [...timers]) call();
    },
  };
}

const LIMITS = { running: 2, bytes: 100, waiting: 3, waitMs: 1000 };
const job = (user: string, bytes = 1, precious = false): Job => ({ user, bytes, precious });

/** Enters and notes in `order` when the job starts; gives its end. */
function enter(queue: WorkQueue, order: string[], name: string, one: Job): Promise<() => void> {
  return queue.enter(one).then((end) => {
    order.push(name);
    return end;
  });
}

describe('the work queue', () => {
  it('lets users take turns', async () => {
    const queue = new WorkQueue(aClock(), { ...LIMITS, running: 1, waiting: 10 });
    const order: string[] = [];
    const ends = ['a1', 'a2', 'a3', 'b1', 'b2'].map((name) =>
      enter(queue, order, name, job(name.charAt(0))),
    );
    for (const end of [ends[0], ends[1], ends[3], ends[2], ends[4]]) (await end)?.();
    expect(order).toEqual(['a1', 'a2', 'b1', 'a3', 'b2']);
    expect(queue.load).toEqual({ running: 0, waiting: 0 });
  });

  it('bounds the memory of what runs, but never starves a large request', async () => {
    const queue = new WorkQueue(aClock(), LIMITS);
    const order: string[] = [];
    const small = await enter(queue, order, 'small', job('a', 60));
    const large = enter(queue, order, 'large', job('b', 500));
    expect(queue.load).toEqual({ running: 1, waiting: 1 });
    small();
    (await large)();
    expect(order).toEqual(['small', 'large']);
  });

  it('refuses late, and what clients do not repeat last', async () => {
    const queue = new WorkQueue(aClock(), LIMITS);
    const ends = [await queue.enter(job('a')), await queue.enter(job('a'))];
    const waiting = [job('a'), job('a'), job('b')].map((one) => queue.enter(one));
    await expect(queue.enter(job('c'))).rejects.toMatchObject({
      kind: 'unavailable',
      retryAfterS: 1,
    });
    const precious = queue.enter(job('c', 1, true));
    await expect(waiting[1]).rejects.toMatchObject({ kind: 'unavailable' });
    for (const end of ends) end();
    (await waiting[0])?.();
    (await waiting[2])?.();
    (await precious)();
    expect(queue.load).toEqual({ running: 0, waiting: 0 });
  });

  it('lets no request wait for ever', async () => {
    const clock = aClock();
    const queue = new WorkQueue(clock, LIMITS);
    await queue.enter(job('a'));
    await queue.enter(job('a'));
    const late = queue.enter(job('b'));
    clock.fire();
    await expect(late).rejects.toMatchObject({ kind: 'unavailable' });
    expect(queue.load.waiting).toBe(0);
  });

  it('gives up the place of a caller that left', async () => {
    const queue = new WorkQueue(aClock(), { ...LIMITS, running: 1 });
    const end = await queue.enter(job('a'));
    const caller = new AbortController();
    const left = queue.enter({ ...job('b'), signal: caller.signal });
    const next = queue.enter(job('c'));
    caller.abort();
    await expect(left).rejects.toMatchObject({ kind: 'unavailable' });
    end();
    (await next)();
    expect(queue.load).toEqual({ running: 0, waiting: 0 });
  });

  it('lets a request begin at once only when nobody waits', async () => {
    const queue = new WorkQueue(aClock(), { ...LIMITS, running: 1 });
    const end = queue.tryEnter(job('a'));
    expect(queue.tryEnter(job('b'))).toBeUndefined();
    const next = queue.enter(job('b'));
    end?.();
    (await next)();
    expect(queue.load).toEqual({ running: 0, waiting: 0 });
  });
});
