/** What happens to a cluster while clients work on it, and what they may notice. */
import type { LocalCluster } from './local-cluster.js';
import { pause } from './local-cluster.js';

/** One story. */
export interface Scenario {
  readonly name: string;
  /** Data nodes when it begins. */
  readonly dns: number;
  act(cluster: LocalCluster): Promise<void>;
  /**
   * How requests may fail: `broken` with their connection, when a service node dies; `held` for 25 s
   * and then refused with 503. Absent: none may.
   */
  readonly mayFail?: 'broken' | 'held';
  /** Answered D0 writes may be lost: a data node crashes. */
  readonly mayLoseD0?: true;
}

/** The scenarios of section E8 of the cluster protocol that need real processes. */
export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'scale 1-2-4-3-1',
    dns: 1,
    act: async (cluster) => {
      for (const count of [2, 4, 3, 1]) {
        await cluster.scale('dn', count);
        await cluster.until(() => cluster.names('dn').length === count, `${count} data nodes`);
        await cluster.settled();
        await pause(1500);
      }
    },
  },
  {
    name: 'rolling restart of data nodes',
    dns: 2,
    act: async (cluster) => {
      await cluster.roll('dn');
      await cluster.settled();
    },
  },
  {
    name: 'rolling restart of service nodes',
    dns: 2,
    act: async (cluster) => {
      await cluster.roll('sn');
      await cluster.settled();
    },
  },
  {
    name: 'kill -9 of a data node',
    dns: 2,
    mayLoseD0: true,
    act: async (cluster) => {
      cluster.signal(first(cluster), 'SIGKILL');
      await pause(2000);
      await cluster.settled();
    },
  },
  {
    name: 'kill -STOP for 20 s and resume',
    dns: 2,
    act: async (cluster) => {
      const name = first(cluster);
      cluster.signal(name, 'SIGSTOP');
      await pause(20_000);
      cluster.signal(name, 'SIGCONT');
      await pause(1000);
      await cluster.settled();
    },
  },
  {
    name: 'kill -9 of a service node',
    dns: 2,
    mayFail: 'broken',
    act: async (cluster) => {
      cluster.signal(cluster.names('sn')[0] ?? '', 'SIGKILL');
      await pause(2000);
      await cluster.settled();
    },
  },
  {
    name: 'store outage of 10 s',
    dns: 2,
    act: async (cluster) => {
      cluster.outage('store', 'refuse');
      await pause(10_000);
      cluster.outage('store', null);
      await pause(1000);
      await cluster.settled();
    },
  },
  {
    name: 'Kubernetes API outage of 60 s',
    dns: 2,
    act: async (cluster) => {
      cluster.outage('kubernetes', 'silence');
      await pause(60_000);
      cluster.outage('kubernetes', null);
      await pause(1000);
      await cluster.settled();
    },
  },
  {
    name: 'a data node cut from the store',
    dns: 3,
    mayFail: 'held',
    mayLoseD0: true,
    act: async (cluster) => {
      const name = first(cluster);
      cluster.cut(name, 'store', 'silence');
      await cluster.until(
        () => cluster.record?.phase === 'ACTIVE' && cluster.record.members.length === 2,
        'the others have taken over',
      );
      await pause(1000);
      cluster.mend(name, 'store');
      await cluster.settled();
    },
  },
];

function first(cluster: LocalCluster): string {
  return cluster.names('dn').find((name) => !cluster.pod(name).deleting) ?? '';
}
