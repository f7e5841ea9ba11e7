/** The metrics page read as Prometheus reads it, strictly. */
import { startServer, type TestServer } from '../kit/embedded-server.js';

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const HELP = new RegExp(`^# HELP (${NAME}) .+$`);
const TYPE = new RegExp(`^# TYPE (${NAME}) (counter|gauge|histogram|summary|untyped)$`);
const LABEL = '[a-zA-Z_]\\w*="(?:[^"\\\\]|\\\\[\\\\"n])*"';
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(${LABEL}(?:,${LABEL})*)\\})? (\\S+)$`);
const VALUE = /^(?:[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?|[-+]Inf|NaN)$/i;

interface Family {
  readonly type: string;
  /** Value by name and labels. */
  readonly samples: Map<string, number>;
}

/** Families by name. @throws Error that names the line which is not the format */
function parseMetrics(text: string): Map<string, Family> {
  const families = new Map<string, Family>();
  let helped = '';
  let current: [name: string, family: Family] | undefined;
  for (const line of text.split('\n').filter((each) => each !== '')) {
    const [, help] = HELP.exec(line) ?? [];
    const [, typed, type = ''] = TYPE.exec(line) ?? [];
    if (help !== undefined) helped = help;
    else if (typed !== undefined) {
      if (typed !== helped || families.has(typed)) throw new Error(`out of order: ${line}`);
      current = [typed, { type, samples: new Map() }];
      families.set(...current);
    } else if (current === undefined || !addSample(line, current)) {
      throw new Error(`no sample of ${current?.[0] ?? 'anything'}: ${line}`);
    }
  }
  return families;
}

function addSample(line: string, [name, { type, samples }]: [string, Family]): boolean {
  const [, sample = '', labels = '', value = ''] = SAMPLE.exec(line) ?? [];
  const parts = type === 'histogram' ? ['_bucket', '_sum', '_count'] : ['', '_sum', '_count'];
  const known = parts.some((end) => sample === name + end);
  const key = `${sample}{${labels}}`;
  if (!known || !VALUE.test(value) || samples.has(key)) return false;
  samples.set(key, Number(value.replace('Inf', 'Infinity')));
  return true;
}

describe('/metrics', () => {
  let server: TestServer;
  let families: Map<string, Family>;
  beforeAll(async () => {
    server = await startServer();
    await server.request('GET', '/');
    await server.request('GET', '/nosuch');
    await server.request('GET', '/metrics', { user: null });
    families = parseMetrics((await server.request('GET', '/metrics', { user: null })).text);
  });
  afterAll(() => server.close());

  it('is read as a whole; what is no metrics page is not', () => {
    expect(families.size).toBeGreaterThan(30);
    for (const name of families.keys()) expect(name).toMatch(/^(?:hsds|nodejs|process)_/);
    expect(() => parseMetrics('# HELP a b\n# TYPE a counter\na{x="1"} one')).toThrow('no sample');
    expect(() => parseMetrics('# HELP a b\n# TYPE a counter\na 1\na 2')).toThrow('no sample');
    expect(() => parseMetrics('a 1')).toThrow('no sample of anything');
  });

  it('has totals that end so, and buckets that add up', () => {
    for (const [name, { type, samples }] of families) {
      if (type === 'counter') expect(name).toMatch(/_total$/);
      if (type !== 'histogram') continue;
      for (const [key, count] of samples) {
        const labels = /_count\{(.*)\}$/.exec(key)?.[1];
        if (labels === undefined) continue;
        const all = `${name}_bucket{${['le="+Inf"', labels].filter(Boolean).join(',')}}`;
        expect([all, samples.get(all)]).toEqual([all, count]);
      }
    }
  });

  it('shows what this process does: requests, caches, held requests', () => {
    const value = (name: string, key: string) => families.get(name)?.samples.get(key);
    expect(
      value('hsds_http_requests_total', 'hsds_http_requests_total{method="GET",status="404"}'),
    ).toBe(1);
    expect(
      value('hsds_cache_lookups_total', 'hsds_cache_lookups_total{result="hit"}'),
    ).toBeGreaterThan(0);
    expect(value('hsds_cas_conflicts_total', 'hsds_cas_conflicts_total{outcome="foreign"}')).toBe(
      0,
    );
    expect(value('hsds_hold_queue_requests', 'hsds_hold_queue_requests{}')).toBe(0);
    expect(value('hsds_hold_overflow_total', 'hsds_hold_overflow_total{}')).toBe(0);
  });
});
