/** Metrics of what waits between nodes, and of what caches count. */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { HoldQueue } from '#dn-client';
import type { CacheCounters } from '#storage';

const MS_PER_S = 1000;
/** A request is held 25 s at most. */
const HOLD_BOUNDS_S = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25];

/** Adds what waits on a service node for a data node. Call once. */
export function watchHold(registry: Registry, hold: HoldQueue): void {
  gauge(registry, ['hsds_hold_queue_requests', 'Requests that wait'], () => hold.waiting);
  gauge(registry, ['hsds_hold_queue_bytes', 'Bodies that wait'], () => hold.waitingBytes);
  total(registry, ['hsds_hold_overflow_total', 'Refused: the queue was full'], () => ({
    '': hold.overflowed,
  }));
  const held = new Histogram({
    name: 'hsds_hold_duration_seconds',
    help: 'How long requests that waited were held in all',
    registers: [registry],
    buckets: HOLD_BOUNDS_S,
  });
  hold.onHeld = (ms) => {
    held.observe(ms / MS_PER_S);
  };
}

/** Adds what a data node's caches count, summed over them. Call once. */
export function watchCaches(registry: Registry, read: () => Readonly<CacheCounters>): void {
  total(registry, ['hsds_cache_lookups_total', 'Lookups', 'result'], () => {
    const { hits, misses } = read();
    return { hit: hits, miss: misses };
  });
  total(
    registry,
    ['hsds_cas_conflicts_total', 'Stored versions that were not the expected one', 'outcome'],
    () => {
      const { conflicts, merges } = read();
      return { own: Math.max(0, conflicts - merges), foreign: merges };
    },
  );
  total(
    registry,
    ['hsds_lost_operations_total', 'Answered, then undone by another writer'],
    () => ({
      '': read().lostOperations,
    }),
  );
  total(registry, ['hsds_dedupe_hits_total', 'Repeated requests, not applied again'], () => ({
    '': read().repeats,
  }));
  total(registry, ['hsds_dirty_waits_total', 'Writes that waited for the store'], () => ({
    '': read().dirtyWaits,
  }));
}

type Named = readonly [name: string, help: string, label?: string];

function gauge(registry: Registry, [name, help]: Named, read: () => number): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      this.set(read());
    },
  });
}

/** Totals that are counted elsewhere, by the value of the label; '' where there is no label. */
function total(
  registry: Registry,
  [name, help, label]: Named,
  read: () => Readonly<Record<string, number>>,
): void {
  new Counter({
    name,
    help,
    labelNames: label === undefined ? [] : [label],
    registers: [registry],
    collect() {
      this.reset();
      for (const [value, count] of Object.entries(read())) {
        this.inc(label === undefined ? {} : { [label]: value }, count);
      }
    },
  });
}
