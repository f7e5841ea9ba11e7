/** Metrics of what moves between nodes and the store: held requests, refusals, conflicts, epochs. */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { HoldQueue } from '#dn-client';
import type { CacheCounters } from '#storage';

const MS_PER_S = 1000;
/** A request is held 25 s at most. */
const HOLD_BOUNDS_S = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25];
/** From the proposal of a node map to its start. */
const TRANSITION_BOUNDS_S = [0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80];

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

/** What a node counts as it happens. */
export class ClusterEvents {
  private readonly refusals: Counter<'code'>;
  private readonly transitions: Histogram;

  constructor(registry: Registry) {
    this.refusals = new Counter({
      name: 'hsds_dn_refusals_total',
      help: 'Calls that this data node did not serve, by reason',
      labelNames: ['code'],
      registers: [registry],
    });
    this.transitions = new Histogram({
      name: 'hsds_transition_duration_seconds',
      help: 'From the proposal of a node map to its start, at the node that proposed it',
      registers: [registry],
      buckets: TRANSITION_BOUNDS_S,
    });
  }

  /** This data node does not serve a call: not the owner, draining, and so on. */
  refused(code: string): void {
    this.refusals.inc({ code });
  }

  /** A record of the cluster's log. */
  note(event: string, facts: Readonly<Record<string, unknown>>): void {
    const { tookMs } = facts;
    if (event !== 'activated' || typeof tookMs !== 'number') return;
    this.transitions.observe(tookMs / MS_PER_S);
  }
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
