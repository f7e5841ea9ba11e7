import { HoldQueue } from '#dn-client';
import { NO_COUNTS } from '#storage';
import { ManualClock, seededRandom } from '#storage/testing';
import { watchCaches, watchHold } from './flow-metrics.js';
import { ServerMetrics } from './metrics.js';

async function samples(metrics: ServerMetrics, name: string): Promise<string[]> {
  const lines = (await metrics.text()).split('\n');
  return lines.filter((line) => line.startsWith(name));
}

describe('metrics of held requests', () => {
  it('shows what waits, what was refused and how long requests were held', async () => {
    const clock = new ManualClock();
    const metrics = new ServerMetrics();
    const limits = { maxRequests: 1, maxBytes: 100, maxWaitMs: 1000 };
    const hold = new HoldQueue(clock, seededRandom(1), limits);
    watchHold(metrics.registry, hold);
    const held = hold.open(60);
    const parked = hold.park(held, new Error('moving'));
    expect(await samples(metrics, 'hsds_hold_queue')).toEqual([
      'hsds_hold_queue_requests 1',
      'hsds_hold_queue_bytes 60',
    ]);
    await expect(hold.park(hold.open(0), new Error('moving'))).rejects.toThrow('too many');
    clock.advance(200);
    hold.wake();
    await parked;
    hold.end(held);
    hold.end(hold.open(0));
    expect(await samples(metrics, 'hsds_hold_queue_requests')).toEqual([
      'hsds_hold_queue_requests 0',
    ]);
    expect(await samples(metrics, 'hsds_hold_overflow_total')).toEqual([
      'hsds_hold_overflow_total 1',
    ]);
    expect(await samples(metrics, 'hsds_hold_duration_seconds_sum')).toEqual([
      'hsds_hold_duration_seconds_sum 0.2',
    ]);
    expect(await samples(metrics, 'hsds_hold_duration_seconds_count')).toEqual([
      'hsds_hold_duration_seconds_count 1',
    ]);
  });
});

describe('metrics of caches', () => {
  it('tells own late puts from foreign writers', async () => {
    const metrics = new ServerMetrics();
    const counts = { ...NO_COUNTS, hits: 9, misses: 2, conflicts: 5, merges: 3, repeats: 4 };
    watchCaches(metrics.registry, () => counts);
    expect(await samples(metrics, 'hsds_cas_conflicts')).toEqual([
      'hsds_cas_conflicts_total{outcome="own"} 2',
      'hsds_cas_conflicts_total{outcome="foreign"} 3',
    ]);
    expect(await samples(metrics, 'hsds_cache_lookups')).toEqual([
      'hsds_cache_lookups_total{result="hit"} 9',
      'hsds_cache_lookups_total{result="miss"} 2',
    ]);
    expect(await samples(metrics, 'hsds_dedupe')).toEqual(['hsds_dedupe_hits_total 4']);
    counts.repeats = 6;
    expect(await samples(metrics, 'hsds_dedupe')).toEqual(['hsds_dedupe_hits_total 6']);
  });
});
