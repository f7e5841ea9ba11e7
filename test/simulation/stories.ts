import type { Cluster } from './cluster.js';

/** One row of the protocol's table of scenarios (E8), as something that happens to a cluster. */
export interface Story {
  readonly name: string;
  readonly durability: 'D0' | 'D3';
  readonly dns: number;
  /** What the row promises; `null`: requests may fail after the hold time. */
  readonly failedMax: number | null;
  /** Longest time that any request may take, ms. */
  readonly slowestMaxMs: number;
  /** Requests come before the first epoch; they count as well. */
  readonly fromNothing?: boolean;
  act(cluster: Cluster): Promise<void>;
}

/** Half of them at each service node. */
export const CLIENTS = 6;

function podOf(cluster: Cluster) {
  return cluster.kubernetes.live[0]!;
}

async function restart(cluster: Cluster): Promise<void> {
  podOf(cluster).dn!.process.kill();
  await cluster.world.sleep(8000);
}

async function pause(cluster: Cluster, ms: number): Promise<void> {
  const { process } = podOf(cluster).dn!;
  process.freeze('stopped');
  await cluster.world.sleep(ms);
  process.resume();
  await cluster.world.sleep(5000);
  if (!process.alive) cluster.violations.push('the node that was paused has ended');
}

/** Cuts a data node off for a time, in one way or another. */
async function cut(
  cluster: Cluster,
  ms: number,
  { from, begin, end }: { from: 'dn' | 'sn'; begin: Cut; end: Cut },
): Promise<void> {
  const node = from === 'dn' ? podOf(cluster).dn! : cluster.sns[0]!;
  begin(cluster, node.process);
  await cluster.world.sleep(ms);
  end(cluster, node.process);
  await cluster.world.sleep(3000);
}

type Cut = (cluster: Cluster, process: Parameters<Cluster['dnOf']['get']>[0]) => void;

const cutStore: Cut = ({ store }, process) => {
  store.cuts.set(process, 'both');
};
const joinStore: Cut = ({ store }, process) => {
  store.cuts.delete(process);
};
const cutPods: Cut = ({ kubernetes }, process) => {
  kubernetes.api.cuts.add(process);
};
const joinPods: Cut = ({ kubernetes }, process) => {
  kubernetes.api.cuts.delete(process);
};

async function storeOutage(cluster: Cluster, ms: number): Promise<void> {
  cluster.store.faults.down = true;
  await cluster.world.sleep(ms);
  cluster.store.faults.down = false;
  await cluster.world.sleep(6000);
}

async function scaleBy(cluster: Cluster, count: number): Promise<void> {
  cluster.kubernetes.scale(cluster.kubernetes.live.length + count);
  await cluster.world.sleep(12_000);
}

export const STORIES: readonly Story[] = [
  {
    name: 'start-up from nothing: requests wait for the first epoch',
    durability: 'D3',
    dns: 3,
    failedMax: 0,
    slowestMaxMs: 12_000,
    fromNothing: true,
    act: () => Promise.resolve(),
  },
  {
    name: 'scale up by one, unflushed data in memory',
    durability: 'D0',
    dns: 2,
    failedMax: 0,
    slowestMaxMs: 2000,
    act: (cluster) => scaleBy(cluster, 1),
  },
  {
    name: 'scale up by one',
    durability: 'D3',
    dns: 2,
    failedMax: 0,
    slowestMaxMs: 2000,
    act: (cluster) => scaleBy(cluster, 1),
  },
  {
    name: 'scale down by one, unflushed data in memory',
    durability: 'D0',
    dns: 3,
    failedMax: 0,
    slowestMaxMs: 2000,
    act: (cluster) => scaleBy(cluster, -1),
  },
  {
    name: 'scale down by one (a pod is deleted during writes)',
    durability: 'D3',
    dns: 3,
    failedMax: 0,
    slowestMaxMs: 2000,
    act: (cluster) => scaleBy(cluster, -1),
  },
  {
    name: 'rolling update of all data nodes, unflushed data in memory',
    durability: 'D0',
    dns: 3,
    failedMax: 0,
    slowestMaxMs: 2500,
    act: async (cluster) => {
      await cluster.kubernetes.roll();
      await cluster.world.sleep(12_000);
    },
  },
  {
    name: 'container restart at the same address: no lease has to run out',
    durability: 'D3',
    dns: 3,
    failedMax: 0,
    slowestMaxMs: 2000,
    act: restart,
  },
  {
    name: 'pod replaced at another address',
    durability: 'D3',
    dns: 3,
    failedMax: 0,
    slowestMaxMs: 8000,
    act: async (cluster) => {
      const pod = podOf(cluster);
      cluster.kubernetes.delete(pod);
      pod.dn?.process.kill();
      cluster.kubernetes.scale(3);
      await cluster.world.sleep(12_000);
    },
  },
  {
    name: 'hung data node, killed by its watchdog after 3 s',
    durability: 'D3',
    dns: 3,
    failedMax: 0,
    slowestMaxMs: 12_000,
    act: async (cluster) => {
      const { process } = podOf(cluster).dn!;
      process.freeze('stopped');
      await cluster.world.sleep(3000);
      process.kill();
      await cluster.world.sleep(8000);
    },
  },
  {
    name: 'paused for 15 s, then back',
    durability: 'D3',
    dns: 3,
    failedMax: 0,
    slowestMaxMs: 20_000,
    act: (cluster) => pause(cluster, 15_000),
  },
  {
    name: 'paused for 20 s, then back: goes on, and does not take itself to be cut off',
    durability: 'D0',
    dns: 2,
    failedMax: 0,
    slowestMaxMs: 22_000,
    act: (cluster) => pause(cluster, 20_000),
  },
  {
    name: 'cut off from Kubernetes for 30 s, not from the store',
    durability: 'D3',
    dns: 3,
    failedMax: 0,
    slowestMaxMs: 1000,
    act: (cluster) => cut(cluster, 30_000, { from: 'dn', begin: cutPods, end: joinPods }),
  },
  {
    name: 'cut off from the store for 40 s: its share waits, then fails',
    durability: 'D3',
    dns: 3,
    failedMax: null,
    slowestMaxMs: 40_000,
    act: (cluster) => cut(cluster, 40_000, { from: 'dn', begin: cutStore, end: joinStore }),
  },
  {
    name: 'store outage of 4 s',
    durability: 'D3',
    dns: 3,
    failedMax: 0,
    slowestMaxMs: 15_000,
    act: (cluster) => storeOutage(cluster, 4000),
  },
  {
    name: 'store outage of 15 s',
    durability: 'D3',
    dns: 3,
    failedMax: null,
    slowestMaxMs: 40_000,
    act: (cluster) => storeOutage(cluster, 15_000),
  },
  {
    name: 'power loss of a machine, noticed after 8 s',
    durability: 'D3',
    dns: 3,
    failedMax: 0,
    slowestMaxMs: 20_000,
    act: async (cluster) => {
      cluster.kubernetes.lose(podOf(cluster), 8000);
      await cluster.world.sleep(20_000);
    },
  },
  {
    name: 'forced deletion: the process lives on as a zombie',
    durability: 'D3',
    dns: 3,
    failedMax: 0,
    slowestMaxMs: 20_000,
    act: async (cluster) => {
      const pod = podOf(cluster);
      cutStore(cluster, pod.dn!.process);
      cluster.kubernetes.forceDelete(pod);
      cluster.kubernetes.scale(3);
      await cluster.world.sleep(15_000);
    },
  },
  {
    name: 'a service node crashes: at most what its clients wait for fails',
    durability: 'D3',
    dns: 3,
    failedMax: CLIENTS / 2,
    slowestMaxMs: 1000,
    act: async (cluster) => {
      cluster.crashSn(0, 2000);
      await cluster.world.sleep(8000);
    },
  },
  {
    name: 'a service node with a stale map: the store is out of its reach during a change',
    durability: 'D3',
    dns: 2,
    failedMax: 0,
    slowestMaxMs: 15_000,
    act: async (cluster) => {
      cluster.kubernetes.scale(3);
      await cut(cluster, 8000, { from: 'sn', begin: cutStore, end: joinStore });
    },
  },
  {
    name: 'Kubernetes API down for 60 s',
    durability: 'D3',
    dns: 3,
    failedMax: 0,
    slowestMaxMs: 1000,
    act: async (cluster) => {
      cluster.kubernetes.api.down = true;
      await cluster.world.sleep(60_000);
      cluster.kubernetes.api.down = false;
      await cluster.world.sleep(3000);
    },
  },
  {
    name: 'a service node and a data node cannot reach each other for 10 s',
    durability: 'D3',
    dns: 3,
    failedMax: 0,
    slowestMaxMs: 20_000,
    act: async (cluster) => {
      cluster.network.cutOff(cluster.sns[0]!.process, podOf(cluster).dn!.process, 'both');
      await cluster.world.sleep(10_000);
      cluster.network.cuts.clear();
      await cluster.world.sleep(3000);
    },
  },
];
