import { Lease, leasesEndAt, type ClockReading } from './lease.js';

function aLease() {
  const clocks: { -readonly [K in keyof ClockReading]: number } = { wall: 1e12, monotonic: 0 };
  const pass = (ms: number) => {
    clocks.wall += ms;
    clocks.monotonic += ms;
  };
  return { clocks, pass, lease: new Lease(() => ({ ...clocks })) };
}

describe('Lease', () => {
  it('lasts from when the read was sent, not from when it was answered', () => {
    const { lease, pass } = aLease();
    pass(1000);
    lease.grant(200);
    expect(lease.remainingMs()).toBe(5200);
    pass(5199);
    expect(lease.valid).toBe(true);
    pass(1);
    expect(lease.valid).toBe(false);
  });

  it('is not shortened by an older grant', () => {
    const { lease } = aLease();
    lease.grant(0);
    lease.grant(-3000);
    expect(lease.remainingMs()).toBe(6000);
  });

  it('ends when the machine was frozen: the wall clock went on, the monotonic one did not', () => {
    const { lease, clocks } = aLease();
    lease.grant(0);
    clocks.wall += 501;
    expect(lease.valid).toBe(false);
  });

  it('is not granted by an answer from before the freeze', () => {
    for (const jumpMs of [17_000, -17_000]) {
      const { lease, clocks, pass } = aLease();
      lease.grant(0);
      pass(100);
      const sentAt = clocks.monotonic;
      pass(3);
      clocks.wall += jumpMs;
      lease.grant(sentAt);
      expect(lease.valid).toBe(false);
      pass(1);
      lease.grant(clocks.monotonic);
      expect(lease.remainingMs()).toBe(6000);
    }
  });

  it('is shorter by what the monotonic clock missed, however little at a time', () => {
    const { lease, clocks, pass } = aLease();
    pass(10);
    lease.grant(10);
    for (let i = 0; i < 10; i++) {
      pass(10);
      clocks.wall += 300;
      expect(lease.remainingMs()).toBe(6000 - 310 * (i + 1));
    }
    // Sent before the last four of them.
    lease.grant(75);
    expect(lease.remainingMs()).toBe(75 + 6000 - 4 * 300 - 110);
  });

  it('is not granted by a read that was sent before it was revoked', () => {
    const { lease, pass } = aLease();
    pass(1000);
    lease.revoke();
    lease.grant(999);
    expect(lease.valid).toBe(false);
    lease.grant(1000);
    expect(lease.valid).toBe(true);
  });

  it('takes no notice of noise, but of what adds up', () => {
    const { lease, clocks, pass } = aLease();
    lease.grant(0);
    for (let i = 0; i < 100; i++) {
      pass(1);
      clocks.wall += i % 2 === 0 ? 0.9 : -0.9;
      expect(lease.remainingMs()).toBeCloseTo(6000 - (i + 1), 6);
    }
    for (let i = 0; i < 20; i++) {
      clocks.wall += 1;
      expect(lease.valid).toBe(true);
    }
    expect(lease.remainingMs()).toBeLessThanOrEqual(5900 - 15);
  });

  it('survives slow corrections of the wall clock', () => {
    const { lease, clocks, pass } = aLease();
    lease.grant(0);
    for (let i = 0; i < 10; i++) {
      pass(100);
      clocks.wall += 100;
      expect(lease.valid).toBe(true);
    }
  });

  it('of any node has ended by leasesEndAt, however fast or slow its clock', () => {
    const seenAt = 1000;
    const slowestClockMs = 6000 / (1 - 0.0005);
    expect(leasesEndAt(seenAt)).toBeGreaterThan(seenAt + slowestClockMs * 1.0005);
  });
});
