import { withinTime } from './deadline.js';

const call = { requestId: 'r' };

/** A clock whose one timer the test fires. */
function handClock() {
  const timers = new Set<() => void>();
  return {
    timers,
    now: () => 0,
    monotonic: () => 0,
    after: (_delayMs: number, fire: () => void) => {
      timers.add(fire);
      return () => void timers.delete(fire);
    },
  };
}

describe('withinTime', () => {
  it('gives what the work gives, and leaves no timer', async () => {
    const clock = handClock();
    expect(await withinTime(clock, 1, call, ({ requestId }) => Promise.resolve(requestId))).toBe(
      'r',
    );
    expect(clock.timers.size).toBe(0);
  });

  it('is unavailable when the time is up, and cancels the work', async () => {
    const clock = handClock();
    let cancelled = false;
    const work = withinTime(clock, 10, call, ({ signal }) => {
      signal?.addEventListener('abort', () => (cancelled = true));
      return new Promise(() => undefined);
    });
    for (const fire of clock.timers) fire();
    await expect(work).rejects.toMatchObject({ kind: 'unavailable' });
    expect(cancelled).toBe(true);
  });
});
