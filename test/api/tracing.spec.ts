/** Traces from client to service node to data node to store, as a collector gets them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Api } from '../kit/api.js';
import {
  startTraceCollector,
  type CollectedSpan,
  type TraceCollector,
} from '../kit/trace-collector.js';
import { I32 } from '../kit/file.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const CLIENT_SPAN = '00f067aa0ba902b7';
const SERVER = 2;
const CLIENT = 3;
const ERROR = 2;

describe.each(['2dn', 'embedded'] as const)('traces (%s)', (topology) => {
  let collector: TraceCollector;
  let spans: readonly CollectedSpan[];
  beforeAll(async () => {
    collector = await startTraceCollector();
    const settings = { otel_exporter_otlp_endpoint: collector.endpoint, durability: 'D3' } as const;
    const api = new Api(topology, settings);
    await api.open();
    const file = await api.file();
    const id = await file.filled(I32, [4], [1, 2, 3, 4], { h5path: 'd' });
    const value = `/datasets/${id}/value`;
    const traced = (sampled: string) => ({
      headers: { traceparent: `00-${TRACE}-${CLIENT_SPAN}-${sampled}`, 'x-request-id': 'job-7' },
    });
    await file.put(value, { value: [4, 3, 2, 1] }, traced('01'));
    const other = { headers: { traceparent: `00-${'a'.repeat(32)}-${CLIENT_SPAN}-00` } };
    await file.get(value, {}, other);
    await file.get('/datasets/d-none/value');
    await api.request('GET', '/about');
    // The last spans are sent when the processes end.
    await api.close();
    spans = collector.spans;
  });
  afterAll(() => collector.close());

  const ofClient = () => spans.filter(({ traceId }) => traceId === TRACE);
  const below = (parent: CollectedSpan | undefined) =>
    ofClient().filter(({ parentSpanId }) => parentSpanId === parent?.spanId);

  it('lead from the client’s own span to the put that stored its write', () => {
    const [request, ...more] = ofClient().filter((span) => span.parentSpanId === CLIENT_SPAN);
    expect(more).toEqual([]);
    expect(request).toMatchObject({ name: 'PUT /datasets/:id/value', kind: SERVER });
    expect(request?.attributes.get('http.response.status_code')).toBe('200');
    expect(request?.attributes.get('hsds.client_request_id')).toBe('job-7');
    const call = below(request).find(({ name }) => name === 'dn chunk.write');
    expect(call?.kind).toBe(CLIENT);
    const served = topology === 'embedded' ? call : below(call)[0];
    if (topology === '2dn') expect(served).toMatchObject({ name: 'dn chunk.write', kind: SERVER });
    const put = below(served).find(({ name }) => name === 'store put');
    expect(put?.attributes.get('hsds.store.key')).toMatch(/^db\/.*\/0$/);
    expect(Number(put?.attributes.get('hsds.store.bytes'))).toBeGreaterThan(0);
  });

  it('name the process that they come from', () => {
    const roles = new Set(spans.map(({ resource }) => resource.get('hsds.node_role')));
    expect(roles).toEqual(new Set(topology === 'embedded' ? ['sn'] : ['sn', 'dn']));
    expect(new Set(spans.map(({ resource }) => resource.get('service.name')))).toEqual(
      new Set(['hsds']),
    );
  });

  it('follow the caller who wants none, and leave out probes', () => {
    expect(spans.filter(({ traceId }) => traceId === 'a'.repeat(32))).toEqual([]);
    expect(spans.filter(({ name }) => /about|health|metrics/.test(name))).toEqual([]);
  });

  it('tell refusals of a client from faults', () => {
    const refused = spans.filter(
      ({ attributes }) => attributes.get('http.response.status_code') === '400',
    );
    expect(refused.length).toBeGreaterThan(0);
    for (const { status } of refused) expect(status).not.toBe(ERROR);
  });
});

describe('a collector that is away', () => {
  it('fails no request, and does not hold up the end', async () => {
    const api = new Api('embedded', { otel_exporter_otlp_endpoint: 'http://127.0.0.1:9' });
    await api.open();
    const file = await api.file();
    const id = await file.filled(I32, [2], [1, 2]);
    expect((await file.get(`/datasets/${id}/value`)).status).toBe(200);
    await api.close();
  });

  it('is refused when it is no URL', async () => {
    const api = new Api('embedded', { otel_exporter_otlp_endpoint: 'collector:4318' });
    await expect(api.open()).rejects.toThrow('otel_exporter_otlp_endpoint');
  });
});

describe('without a collector', () => {
  it('no part of OpenTelemetry is loaded: one file imports it, and is itself imported late', () => {
    const files = ['libs', 'apps'].flatMap((room) =>
      readdirSync(room, { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts'))
        .map((name) => join(room, name)),
    );
    const using = (pattern: RegExp) =>
      files.filter((name) => pattern.test(readFileSync(name, 'utf8')));
    expect(using(/@opentelemetry/)).toEqual(['libs/server/src/tracing/otel-tracer.ts']);
    expect(using(/from '.*otel-tracer\.js'/)).toEqual([]);
    expect(using(/import\('.*otel-tracer\.js'\)/)).toEqual([
      'libs/server/src/tracing/start-tracing.ts',
    ]);
  });
});
