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
