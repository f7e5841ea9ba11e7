import { run } from './run.js';

/** A pull request's share; the command `npm run simulate` runs as many as one likes. */
const SEEDS = 15;
const SECONDS = 60;

describe('the cluster under random trouble', () => {
  it(
    `answers only what is possible, with ${SEEDS} seeds of ${SECONDS} virtual seconds`,
    async () => {
      for (let seed = 1; seed <= SEEDS; seed++) {
        const { violations } = await run({ seed, seconds: SECONDS });
        expect({ seed, violations }).toEqual({ seed, violations: [] });
      }
    },
    20 * 60_000,
  );

  it('plays a seed the same way twice', async () => {
    const [first, second] = [
      await run({ seed: 5, seconds: 10 }),
      await run({ seed: 5, seconds: 10 }),
    ];
    expect(second.events).toBe(first.events);
    expect(second.workload.latencies).toEqual(first.workload.latencies);
  });
});
