import { ServerMetrics } from './metrics.js';

async function samples(metrics: ServerMetrics, name: string): Promise<string[]> {
  const lines = (await metrics.text()).split('\n');
  return lines.filter((line) => line.startsWith(name));
}

describe('events of the cluster', () => {
  it('counts refusals by reason', async () => {
    const metrics = new ServerMetrics();
    metrics.cluster.refused('not-owner');
    expect(await samples(metrics, 'hsds_dn_refusals_total')).toEqual([
      'hsds_dn_refusals_total{code="not-owner"} 1',
    ]);
  });

  it('counts and times changes of the node map', async () => {
    const metrics = new ServerMetrics();
    const facts = { epoch: 2, tookMs: 1500, reason: 'join', releasedBy: 'stopped' };
    metrics.cluster.note('activated', facts, 0);
    expect(await samples(metrics, 'hsds_transitions_total')).toEqual([
      'hsds_transitions_total{reason="join",released_by="stopped"} 1',
    ]);
    expect(await samples(metrics, 'hsds_transition_duration_seconds_sum')).toEqual([
      'hsds_transition_duration_seconds_sum{kind="join",phase="whole"} 1.5',
    ]);
  });

  it('times the stages between two maps, and counts lost rights', async () => {
    const metrics = new ServerMetrics();
    const stages = ['JOINING', 'SERVING', 'SUSPENDED', 'SERVING', 'DRAINING', 'FENCED'];
    stages.forEach((stage, index) => {
      const from = index === 0 ? 'BOOTING' : stages[index - 1];
      metrics.cluster.note('stage', { stage, from }, index * 1000);
    });
    expect(await samples(metrics, 'hsds_transition_duration_seconds_sum')).toEqual([
      'hsds_transition_duration_seconds_sum{kind="node",phase="joining"} 1',
      'hsds_transition_duration_seconds_sum{kind="node",phase="suspended"} 1',
      'hsds_transition_duration_seconds_sum{kind="node",phase="draining"} 1',
    ]);
    expect(await samples(metrics, 'hsds_fenced_total')).toEqual([
      'hsds_fenced_total{how="suspended"} 1',
      'hsds_fenced_total{how="ended"} 1',
    ]);
  });

  it('times flushes', async () => {
    const metrics = new ServerMetrics();
    metrics.cluster.flushed(250);
    expect(await samples(metrics, 'hsds_flush_duration_seconds_sum')).toEqual([
      'hsds_flush_duration_seconds_sum 0.25',
    ]);
  });
});
