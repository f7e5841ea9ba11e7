import { fineWallClock, systemClock } from './clock.js';

describe('a wall clock', () => {
  it('has the fractions of the fine clock, and follows the coarse one when that is set', () => {
    const clocks = { wall: 1_700_000_000_000.4, fine: 17.25 };
    const now = fineWallClock(
      () => Math.floor(clocks.wall),
      () => clocks.fine,
    );
    expect(now()).toBe(1_700_000_000_000);
    for (const [wallMs, fineMs, expected] of [
      [0.25, 0.25, 0.25],
      [0.25, 0.25, 0.5],
      // The coarse clock shows that it was later than was taken for.
      [0.25, 0.25, 1],
      [0.5, 0.5, 1.5],
      // Frozen for a minute.
      [60_000, 0, 60_001],
      [0.25, 0.25, 60_001.25],
      // Set back.
      [-3_600_000, 0, -3_539_999],
    ] as const) {
      clocks.wall += wallMs;
      clocks.fine += fineMs;
      expect(now() - 1_700_000_000_000).toBeCloseTo(expected, 3);
    }
  });

  it('is the machine’s', () => {
    const before = Date.now();
    const now = systemClock.now();
    expect(now).toBeGreaterThanOrEqual(before);
    expect(now).toBeLessThan(Date.now() + 1);
  });
});
