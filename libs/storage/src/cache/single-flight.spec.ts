import { SingleFlight } from './single-flight.js';

describe('SingleFlight', () => {
  it('shares one run, and starts afresh when it has ended or was forgotten', async () => {
    const flights = new SingleFlight<number>();
    let runs = 0;
    const seen: boolean[] = [];
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const work = async (current: () => boolean) => {
      const mine = ++runs;
      await gate;
      seen.push(current());
      return mine;
    };
    const first = flights.run('k', work);
    expect(flights.run('k', work)).toBe(first);
    flights.forget('k');
    const second = flights.run('k', work);
    open();
    expect(await Promise.all([first, second])).toEqual([1, 2]);
    expect(seen).toEqual([false, true]);
    expect(flights.has('k')).toBe(false);
    expect(await flights.run('k', work)).toBe(3);
  });

  it('gives a failure to all who wait, and forgets it', async () => {
    const flights = new SingleFlight<number>();
    const fail = () => Promise.reject(new Error('no'));
    const both = [flights.run('k', fail), flights.run('k', fail)];
    for (const result of await Promise.allSettled(both)) expect(result.status).toBe('rejected');
    expect(await flights.run('k', () => Promise.resolve(5))).toBe(5);
  });
});
