/** Alerts and dashboard ask for metrics that the code has, in queries that Prometheus can read. */
import { pathToFileURL } from 'node:url';
import { HoldQueue } from '#dn-client';
import { Log, RequestLoad, ServerMetrics, watchCaches, watchHold, type NodeStatus } from '#server';
import { NO_COUNTS, systemClock, systemRandom } from '#storage';
import { describeWith, render, tool } from './rendered.js';

/** Metrics that Prometheus itself makes of every target. */
const OWN = ['up'];
const LEZER = 'node_modules/@prometheus-io/lezer-promql/dist/index.es.js';

interface Cursor {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly type: { readonly isError: boolean };
  next(): boolean;
}

interface Lezer {
  readonly parser: { parse(text: string): { cursor(): Cursor } };
}

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** The names that a node of either kind exposes, with those of histograms. */
async function exposedNames(): Promise<Set<string>> {
  const metrics = new ServerMetrics();
  const settings = { level: 'INFO', format: 'json', prefix: '', timestamps: false } as const;
  const node = {
    type: 'dn',
    id: 'dn-001',
    startTime: 0,
    state: () => 'READY',
    nodeCount: () => 1,
    statistics: () => ({}),
  } as unknown as NodeStatus;
  const log = new Log(settings, systemClock, () => undefined);
  const health = { cluster: () => ({}) };
  metrics.watch({ node, health, load: new RequestLoad(1), log, version: '' });
  metrics.watchStoreRequests({ snapshot: () => [], inFlight: 0 });
  watchHold(metrics.registry, new HoldQueue(systemClock, systemRandom));
  watchCaches(metrics.registry, () => NO_COUNTS);
  const families = await metrics.registry.getMetricsAsJSON();
  const names = families.flatMap(({ name, type }) => {
    const kind = String(type);
    return kind === 'histogram' ? ['_bucket', '_sum', '_count'].map((end) => name + end) : [name];
  });
  return new Set(names);
}

function rules(): Rule[] {
  const rule = render('aws-irsa').objects.find(({ kind }) => kind === 'PrometheusRule');
  const spec = rule?.spec as { groups: { rules: Rule[] }[] } | undefined;
  return spec?.groups.flatMap((group) => group.rules) ?? [];
}

interface Dashboard {
  readonly uid: string;
  readonly panels: readonly {
    readonly id: number;
    readonly title: string;
    readonly gridPos: { readonly x: number; readonly y: number };
    readonly targets: readonly { readonly expr: string }[];
  }[];
}

function dashboard(): Dashboard {
  const map = render('aws-irsa').named('ConfigMap', 'hsds-dashboard');
  expect(map.metadata?.labels).toMatchObject({ grafana_dashboard: '1' });
  return JSON.parse(map.data?.['hsds.json'] ?? '') as Dashboard;
}

describeWith(['bin/kustomize', LEZER], 'monitoring', () => {
  let lezer: Lezer;
  let exposed: Set<string>;
  beforeAll(async () => {
    lezer = (await import(pathToFileURL(tool(LEZER) ?? '').href)) as Lezer;
    exposed = await exposedNames();
  });

  /** Metrics of a query; throws where Prometheus could not read it. */
  function metricsOf(query: string): string[] {
    const cursor = lezer.parser.parse(query).cursor();
    const names: string[] = [];
    let inSelector = false;
    do {
      if (cursor.type.isError) throw new Error(`${query}: not understood at ${cursor.from}`);
      if (inSelector && cursor.name === 'Identifier') {
        names.push(query.slice(cursor.from, cursor.to));
      }
      inSelector = cursor.name === 'VectorSelector';
    } while (cursor.next());
    return names;
  }

  function expectKnown(query: string): void {
    const names = metricsOf(query);
    expect(names).not.toEqual([]);
    expect(names.filter((name) => !exposed.has(name) && !OWN.includes(name))).toEqual([]);
  }

  it('reads metrics out of queries, and refuses what is none', () => {
    expect(metricsOf('sum by (a) (rate(x{b="c"}[5m])) / on (pod) y > 1')).toEqual(['x', 'y']);
    expect(() => metricsOf('sum(rate(x[5m])')).toThrow('not understood');
  });

  it('alerts on metrics that exist, and says what to do', () => {
    const all = rules();
    expect(all.length).toBeGreaterThan(10);
    for (const { alert, expr, labels, annotations } of all) {
      expect(alert).toMatch(/^Hsds[A-Z]/);
      expectKnown(expr);
      expect(['critical', 'warning']).toContain(labels.severity);
      expect(annotations.summary?.length).toBeGreaterThan(10);
      expect(annotations.description?.length).toBeGreaterThan(10);
    }
    expect(new Set(all.map(({ alert }) => alert)).size).toBe(all.length);
  });

  it('draws metrics that exist, each panel in its own place', () => {
    const { uid, panels } = dashboard();
    expect(uid).toBe('hsds');
    for (const { targets } of panels) for (const { expr } of targets) expectKnown(expr);
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const places = panels.map(({ gridPos }) => `${gridPos.x},${gridPos.y}`);
    expect(new Set(places).size).toBe(panels.length);
  });
});
