/** Metrics of what happens to a node of a cluster: refusals, changes of the node map, flushes. */
import { Counter, Histogram, type Registry } from 'prom-client';

const MS_PER_S = 1000;
const BOUNDS_S = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80];
/** Stages of a data node between two node maps. */
const PASSING = new Set<unknown>(['JOINING', 'DRAINING', 'STOPPED', 'SUSPENDED']);

type Facts = Readonly<Record<string, unknown>>;

/** What a node counts as it happens. */
export class ClusterEvents {
  private readonly refusals: Counter<'code'>;
  private readonly durations: Histogram<'kind' | 'phase'>;
  private readonly transitions: Counter<'reason' | 'released_by'>;
  private readonly fenced: Counter<'how'>;
  private readonly flushes: Histogram;
  private stageSinceMs: number | undefined;

  constructor(registry: Registry) {
    const registers = [registry];
    this.refusals = new Counter({
      name: 'hsds_dn_refusals_total',
      help: 'Calls that this data node did not serve, by reason',
      labelNames: ['code'],
      registers,
    });
    this.durations = new Histogram({
      name: 'hsds_transition_duration_seconds',
      help: 'Changes of the node map: phase whole from proposal to start, at the node that completed it, by kind; other phases at each data node',
      labelNames: ['kind', 'phase'],
      registers,
      buckets: BOUNDS_S,
    });
    this.transitions = new Counter({
      name: 'hsds_transitions_total',
      help: 'Changes of the node map that this node completed, and how its slowest member was released',
      labelNames: ['reason', 'released_by'],
      registers,
    });
    this.fenced = new Counter({
      name: 'hsds_fenced_total',
      help: 'Times that this data node could not prove its right to serve',
      labelNames: ['how'],
      registers,
    });
    for (const how of ['suspended', 'ended']) this.fenced.inc({ how }, 0);
    this.flushes = new Histogram({
      name: 'hsds_flush_duration_seconds',
      help: 'Flushes of a domain, or of everything before a hand-over',
      registers,
      buckets: BOUNDS_S,
    });
  }

  /** This data node does not serve a call: not the owner, draining, and so on. */
  refused(code: string): void {
    this.refusals.inc({ code });
  }

  /** A flush took so long. */
  flushed(ms: number): void {
    this.flushes.observe(ms / MS_PER_S);
  }

  /** A record of the cluster's log. @param atMs monotonic */
  note(event: string, facts: Facts, atMs: number): void {
    if (event === 'activated') this.activated(facts);
    if (event === 'stage') this.stage(facts, atMs);
  }

  private activated({ tookMs, reason, releasedBy }: Facts): void {
    const kind = textOf(reason);
    this.transitions.inc({ reason: kind, released_by: textOf(releasedBy) });
    if (typeof tookMs !== 'number') return;
    this.durations.observe({ kind, phase: 'whole' }, tookMs / MS_PER_S);
  }

  private stage({ stage, from }: Facts, atMs: number): void {
    if (stage === 'FENCED') this.fenced.inc({ how: 'ended' });
    if (stage === 'SUSPENDED') this.fenced.inc({ how: 'suspended' });
    if (PASSING.has(from) && this.stageSinceMs !== undefined) {
      const phase = textOf(from).toLowerCase();
      this.durations.observe({ kind: 'node', phase }, (atMs - this.stageSinceMs) / MS_PER_S);
    }
    this.stageSinceMs = atMs;
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : 'unknown';
}
