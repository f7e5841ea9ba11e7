/** Prometheus metrics by the names of HSDS 1.0. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Json } from '#hdf5';
import type { MeterLayer } from '#storage';
import { ClusterEvents } from './cluster-events.js';
import type { Log } from './logger.js';
import type { CacheStatistics, HealthSource, NodeStatus } from './ports.js';
import type { RequestLoad } from './request-load.js';

const DURATION_BOUNDS_S = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const CACHES = ['meta', 'chunk', 'domain'] as const;
const MS_PER_S = 1000;

/** Numbers of the `cluster` indicator of `/health` as gauges; what a node lacks has no sample. */
const CLUSTER_GAUGES: readonly (readonly [string, string, string, number])[] = [
  ['hsds_epoch', 'Epoch that is served', 'epoch', 1],
  ['hsds_lease_remaining_seconds', 'Rest of the right to serve', 'leaseMs', MS_PER_S],
  ['hsds_k8s_view_age_seconds', 'Age of the list of pods', 'k8sAgeMs', MS_PER_S],
  ['hsds_dirty_objects', 'Objects not yet stored', 'dirtyObjects', 1],
  ['hsds_dirty_bytes', 'Bytes not yet stored', 'dirtyBytes', 1],
];

/** What a scrape looks at besides the request counters. */
export interface MetricSources {
  readonly node: NodeStatus;
  readonly health: Pick<HealthSource, 'cluster'>;
  readonly load: RequestLoad;
  readonly log: Log;
  readonly version: string;
}

/** A request as metrics see it. */
export interface ServedRequest {
  readonly method: string;
  /** Pattern of the path, or operation of a data node: never what a client typed. */
  readonly route: string;
  readonly status: number;
  readonly durationMs: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

/** Counted at every request as plain numbers, which costs less than the registry's counters. */
class RequestTotals {
  /** By method and status; few, since methods are those that routes have. */
  readonly requests: Record<string, Record<number, number>> = {};
  readonly bytes = { in: 0, out: 0 };
}

/** Holds the registry; other rooms add their own metrics to it. */
export class ServerMetrics {
  readonly registry = new Registry();
  /** Refusals and changes of the node map. */
  readonly cluster = new ClusterEvents(this.registry);
  private readonly http = this.requestMetrics('http', 'Requests of clients');
  private readonly internal = this.requestMetrics('internal', 'Requests between nodes');

  /** @param kind `internal` for requests that a data node gets from service nodes */
  observe(
    kind: 'http' | 'internal',
    { method, route, status, durationMs, bytesIn, bytesOut }: ServedRequest,
  ): void {
    const { histogram, totals } = kind === 'http' ? this.http : this.internal;
    histogram.observe({ method, status: String(status), route }, durationMs / MS_PER_S);
    const answers = (totals.requests[method] ??= {});
    answers[status] = (answers[status] ?? 0) + 1;
    totals.bytes.in += bytesIn;
    totals.bytes.out += bytesOut;
  }

  /** Adds what is read at every scrape. Call once. */
  watch(sources: MetricSources): void {
    this.watchNode(sources);
    this.watchCaches(sources.node);
    this.watchStore(sources.node);
    this.watchCluster(() => sources.health.cluster());
    // Memory, event loop and garbage collection, by the names of prom-client.
    collectDefaultMetrics({ register: this.registry });
  }

  /** Adds what the store was asked, by operation and outcome. Call once. */
  watchStoreRequests(meter: Pick<MeterLayer, 'snapshot' | 'inFlight'>): void {
    const totals = [
      ['hsds_s3_requests_total', 'Calls of the object store, each attempt', 'count'],
      ['hsds_s3_request_seconds_total', 'Time that calls of the object store took', 'seconds'],
      ['hsds_s3_request_bytes_total', 'Content that calls read or wrote', 'bytes'],
    ] as const;
    for (const [name, help, field] of totals) {
      new Counter({
        name,
        help,
        labelNames: ['op', 'code'],
        registers: [this.registry],
        collect() {
          this.reset();
          for (const counts of meter.snapshot()) {
            this.inc({ op: counts.operation, code: counts.outcome }, counts[field]);
          }
        },
      });
    }
    this.gauge('hsds_s3_requests_active', 'Calls that the store has not answered', () => {
      return meter.inFlight;
    });
  }

  /** The text exposition format. */
  text(): Promise<string> {
    return this.registry.metrics();
  }

  private requestMetrics(kind: 'http' | 'internal', help: string) {
    const labelNames = ['method', 'status'] as const;
    const registers = [this.registry];
    const name = `hsds_${kind}_request`;
    const totals = new RequestTotals();
    new Counter({
      name: `${name}s_total`,
      help,
      labelNames,
      registers,
      collect() {
        this.reset();
        for (const [method, answers] of Object.entries(totals.requests)) {
          for (const [status, count] of Object.entries(answers))
            this.inc({ method, status }, count);
        }
      },
    });
    this.counter(
      `hsds_${kind}_bytes_total`,
      'direction',
      () => totals.bytes,
      `${help}: bytes of connections, headers too`,
    );
    const histogram = new Histogram({
      name: `${name}_duration_seconds`,
      help: `${help}: duration`,
      labelNames: [...labelNames, 'route'],
      registers,
      buckets: DURATION_BOUNDS_S,
    });
    return { histogram, totals };
  }

  private gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers: [this.registry],
      collect() {
        this.set(read());
      },
    });
  }

  private watchNode({ node, load, log, version }: MetricSources): void {
    const info = new Gauge({
      name: 'hsds_info',
      help: 'This node',
      labelNames: ['node_type', 'node_id', 'version'],
      registers: [this.registry],
    });
    info.set({ node_type: node.type, node_id: node.id, version }, 1);
    this.gauge('hsds_node_ready', 'State is READY', () => Number(node.state() === 'READY'));
    this.gauge('hsds_start_time_seconds', 'Start of the process', () => node.startTime);
    this.gauge('hsds_active_dn_count', 'Data nodes of the map', () => node.nodeCount());
    this.gauge('hsds_map_members', 'The same, by our name', () => node.nodeCount());
    this.gauge('hsds_tasks_active', 'Requests in progress', () => load.active);
    this.gauge('hsds_tasks_max', 'Bound on requests in progress', () => load.activeMax);
    this.counter('hsds_log_events_total', 'level', () => ({
      WARN: log.written.WARN,
      ERROR: log.written.ERROR,
    }));
  }

  private watchCaches(node: NodeStatus): void {
    const rows: [string, string, (cache: CacheStatistics) => number][] = [
      ['hsds_cache_items', 'Objects', (cache) => cache.count],
      ['hsds_cache_dirty_items', 'Objects not yet stored', (cache) => cache.dirtyCount],
      ['hsds_cache_mem_used_bytes', 'Memory in use', (cache) => cache.usedBytes],
      ['hsds_cache_mem_target_bytes', 'Memory bound', (cache) => cache.targetBytes],
    ];
    for (const [name, help, read] of rows) {
      new Gauge({
        name,
        help,
        labelNames: ['cache'],
        registers: [this.registry],
        collect() {
          const statistics = node.statistics();
          for (const cache of CACHES) {
            const found = statistics[cache];
            if (found !== undefined) this.set({ cache }, read(found));
          }
        },
      });
    }
  }

  private watchCluster(read: () => Readonly<Record<string, Json>>): void {
    for (const [name, help, fact, unit] of CLUSTER_GAUGES) {
      new Gauge({
        name,
        help,
        registers: [this.registry],
        collect() {
          const value = read()[fact];
          if (typeof value === 'number' && value >= 0) this.set(value / unit);
          else this.remove();
        },
      });
    }
    new Gauge({
      name: 'hsds_epoch_phase',
      help: '1 for the phase of this node',
      labelNames: ['phase'],
      registers: [this.registry],
      collect() {
        const { phase } = read();
        this.reset();
        if (typeof phase === 'string') this.set({ phase }, 1);
      },
    });
    this.gauge('hsds_view_mismatch', 'Kubernetes shows another list than the map', () => {
      const { fp, k8sFp } = read();
      return Number(typeof k8sFp === 'string' && k8sFp !== '' && k8sFp !== fp);
    });
  }

  private watchStore(node: NodeStatus): void {
    const rows = [
      ['hsds_storage_errors_total', 'errorCount'],
      ['hsds_storage_bytes_read_total', 'bytesIn'],
      ['hsds_storage_bytes_written_total', 'bytesOut'],
    ] as const;
    for (const [name, field] of rows) {
      this.counter(name, 'backend', () => {
        const { store } = node.statistics();
        return store === undefined ? {} : { [store.backend]: store[field] };
      });
    }
  }

  /** A counter whose totals are counted elsewhere, by the value of its one label. */
  private counter(
    name: string,
    label: string,
    read: () => Record<string, number>,
    help = name,
  ): void {
    new Counter({
      name,
      help,
      labelNames: [label],
      registers: [this.registry],
      collect() {
        this.reset();
        for (const [value, total] of Object.entries(read())) this.inc({ [label]: value }, total);
      },
    });
  }
}
