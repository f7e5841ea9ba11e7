import { ManualClock } from '#storage/testing';
import { CallTimer } from './call-timer.js';

describe('CallTimer', () => {
  it('counts calls that overlap once, and pauses between calls not at all', async () => {
    const clock = new ManualClock();
    const timer = new CallTimer(clock);
    const [first, second, third] = [call(), call(), call()];
    const early = timer.measure(first.promise);
    clock.advance(10);
    const late = timer.measure(second.promise);
    clock.advance(10);
    first.end();
    await early;
    expect(timer.ms).toBe(20);
    clock.advance(5);
    second.fail();
    await expect(late).rejects.toThrow('failed');
    clock.advance(100);
    expect(timer.ms).toBe(25);
    const last = timer.measure(third.promise);
    clock.advance(1);
    third.end();
    await last;
    expect(timer.ms).toBe(26);
  });

  it('sums tries, and keeps the longest wait of calls that wait side by side', () => {
    const timer = new CallTimer(new ManualClock());
    timer.noteHeld(200, 3);
    timer.noteHeld(50, 1);
    expect([timer.heldMs, timer.retries]).toEqual([200, 4]);
  });
});

function call() {
  let end = (): void => undefined;
  let fail = (): void => undefined;
  const promise = new Promise<void>((resolve, reject) => {
    end = resolve;
    fail = () => {
      reject(new Error('failed'));
    };
  });
  return { promise, end, fail };
}
