import { systemClock } from '#storage';
import { Log } from './logger.js';
import { ServerMetrics } from './metrics.js';
import { RequestLoad } from './request-load.js';
import { TestNode } from './testing/test-edge.js';

const FACTS = { epoch: 7, fp: 'a', phase: 'SERVING', leaseMs: 5500, k8sFp: 'b', k8sAgeMs: 1500 };

function watched(facts: Record<string, number | string>) {
  const metrics = new ServerMetrics();
  const settings = { level: 'INFO', format: 'json', prefix: '', timestamps: false } as const;
  const log = new Log(settings, systemClock, () => undefined);
  const health = { cluster: () => facts };
  metrics.watch({ node: new TestNode(), health, load: new RequestLoad(1), log, version: '1' });
  return metrics;
}

async function samples(metrics: ServerMetrics): Promise<string[]> {
  return (await metrics.text()).split('\n').filter((line) => !line.startsWith('#'));
}

describe('cluster metrics', () => {
  it('shows the facts of the node, in base units', async () => {
    const facts = { ...FACTS, dirtyObjects: 3, dirtyBytes: 4096 };
    expect(await samples(watched(facts))).toEqual(
      expect.arrayContaining([
        'hsds_epoch 7',
        'hsds_lease_remaining_seconds 5.5',
        'hsds_k8s_view_age_seconds 1.5',
        'hsds_dirty_objects 3',
        'hsds_dirty_bytes 4096',
        'hsds_epoch_phase{phase="SERVING"} 1',
        'hsds_view_mismatch 1',
      ]),
    );
  });

  it('follows them, and shows nothing for what a node lacks', async () => {
    const facts: Record<string, number | string> = { ...FACTS };
    const metrics = watched(facts);
    await metrics.text();
    Object.assign(facts, { phase: 'DRAINING', k8sFp: 'a', k8sAgeMs: -1 });
    delete facts.leaseMs;
    const found = await samples(metrics);
    expect(found).toContain('hsds_view_mismatch 0');
    expect(found.filter((line) => line.startsWith('hsds_epoch_phase'))).toEqual([
      'hsds_epoch_phase{phase="DRAINING"} 1',
    ]);
    expect(found.filter((line) => /^hsds_(lease|k8s|dirty)/.test(line))).toEqual([]);
  });
});

describe('metrics of the store', () => {
  it('counts calls by operation and outcome', async () => {
    const metrics = watched(FACTS);
    const rest = { seconds: 1, bytes: 0 };
    metrics.watchStoreRequests({
      snapshot: () => [
        { operation: 'put', outcome: 'conflict', count: 2, ...rest },
        { operation: 'get', outcome: 'ok', count: 5, seconds: 2, bytes: 100 },
      ],
      inFlight: 3,
    });
    await metrics.text();
    expect((await samples(metrics)).filter((line) => line.startsWith('hsds_s3'))).toEqual([
      'hsds_s3_requests_total{op="put",code="conflict"} 2',
      'hsds_s3_requests_total{op="get",code="ok"} 5',
      'hsds_s3_request_seconds_total{op="put",code="conflict"} 1',
      'hsds_s3_request_seconds_total{op="get",code="ok"} 2',
      'hsds_s3_request_bytes_total{op="put",code="conflict"} 0',
      'hsds_s3_request_bytes_total{op="get",code="ok"} 100',
      'hsds_s3_requests_active 3',
    ]);
  });
});
