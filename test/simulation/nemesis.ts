import type { Cluster } from './cluster.js';
import type { SimDn } from './sim-dn.js';
import { CALM_STORE } from './sim-store.js';

/** One kind of trouble: begins, and says how it ends. */
export type Trouble = (cluster: Cluster) => (() => void) | undefined;

function anyDn(cluster: Cluster): SimDn {
  return cluster.world.random.pick(cluster.dns);
}

export function crash(cluster: Cluster): undefined {
  anyDn(cluster).process.kill();
}

/** What its clients wait for fails; they go to another one meanwhile. */
function crashServiceNode(cluster: Cluster): undefined {
  const { random } = cluster.world;
  const alive = cluster.sns.flatMap(({ process }, index) => (process.alive ? [index] : []));
  if (alive.length > 1) cluster.crashSn(random.pick(alive), random.between(500, 10_000));
}

export function freeze(cluster: Cluster): () => void {
  const { process } = anyDn(cluster);
  process.freeze(cluster.world.random.chance(0.5) ? 'stopped' : 'machine');
  return () => {
    process.resume();
  };
}

function jumpClock(cluster: Cluster): undefined {
  const { random } = cluster.world;
  const { process } = random.pick([...cluster.dns, ...cluster.sns]);
  process.machine.jump(random.between(-5000, 5000));
}

function cutStore(cluster: Cluster): () => void {
  const { random } = cluster.world;
  const nodes = [...cluster.dns, ...cluster.sns];
  const { process } = random.pick(nodes);
  cluster.store.cuts.set(process, random.pick(['to', 'from', 'both']));
  return () => {
    cluster.store.cuts.delete(process);
  };
}

/** A data node and a service node that share an old view and see nobody else. */
export function stalePair(cluster: Cluster): () => void {
  const { random } = cluster.world;
  const dn = anyDn(cluster);
  const sn = random.pick(cluster.sns);
  for (const { process } of [dn, sn]) cluster.store.cuts.set(process, 'both');
  for (const other of [...cluster.dns, ...cluster.sns]) {
    if (other !== dn && other !== sn) {
      cluster.network.cutOff(dn.process, other.process, 'both');
      cluster.network.cutOff(sn.process, other.process, 'both');
    }
  }
  cluster.kubernetes.scale(cluster.kubernetes.live.length + 1);
  return () => {
    for (const { process } of [dn, sn]) cluster.store.cuts.delete(process);
    cluster.network.cuts.clear();
  };
}

function cutPods(cluster: Cluster): () => void {
  const { process } = anyDn(cluster);
  cluster.kubernetes.api.cuts.add(process);
  return () => {
    cluster.kubernetes.api.cuts.delete(process);
  };
}

function cutNetwork(cluster: Cluster): () => void {
  const { random } = cluster.world;
  const nodes = [...cluster.dns, ...cluster.sns];
  const [a, b] = [random.pick(nodes).process, random.pick(nodes).process];
  cluster.network.cutOff(a, b, random.pick(['there', 'back', 'both']));
  return () => {
    cluster.network.cuts.clear();
  };
}

export function loseMessages(cluster: Cluster): () => void {
  cluster.network.loss = cluster.world.random.between(0.01, 0.2);
  return () => {
    cluster.network.loss = 0;
  };
}

export function brownOut(cluster: Cluster): () => void {
  const { random } = cluster.world;
  const { faults } = cluster.store;
  faults.refuse = random.between(0, 0.3);
  faults.loseAnswer = random.between(0, 0.2);
  faults.latePut = random.between(0, 0.3);
  faults.repeatPut = random.between(0, 0.2);
  faults.slow = random.between(1, 20);
  return () => {
    Object.assign(faults, CALM_STORE);
  };
}

export function latePuts(cluster: Cluster): () => void {
  cluster.store.faults.latePut = cluster.world.random.between(0.1, 0.6);
  return () => {
    cluster.store.faults.latePut = 0;
  };
}

function storeOutage(cluster: Cluster): () => void {
  cluster.store.faults.down = true;
  return () => {
    cluster.store.faults.down = false;
  };
}

function podsOutage(cluster: Cluster): () => void {
  cluster.kubernetes.api.down = true;
  return () => {
    cluster.kubernetes.api.down = false;
  };
}

function breakWatches(cluster: Cluster): undefined {
  if (cluster.world.random.chance(0.5)) cluster.kubernetes.api.silence();
  else cluster.kubernetes.api.expire();
}

export function scale(cluster: Cluster): undefined {
  cluster.kubernetes.scale(1 + cluster.world.random.below(5));
}

function roll(cluster: Cluster): undefined {
  if (cluster.kubernetes.live.length <= 4) void cluster.kubernetes.roll();
}

function deletePod(cluster: Cluster): undefined {
  const { kubernetes, world } = cluster;
  if (kubernetes.live.length === 0) return;
  kubernetes.delete(world.random.pick(kubernetes.live));
  world.after(world.random.between(0, 2000), () => {
    kubernetes.scale(Math.max(1, kubernetes.live.length));
  });
}

function forceDelete(cluster: Cluster): undefined {
  const { kubernetes, world } = cluster;
  if (kubernetes.live.length === 0) return;
  const count = kubernetes.live.length;
  kubernetes.forceDelete(world.random.pick(kubernetes.live));
  kubernetes.scale(count);
}

function losePower(cluster: Cluster): undefined {
  const { kubernetes, world } = cluster;
  if (kubernetes.live.length < 2) return;
  const count = kubernetes.live.length;
  kubernetes.lose(world.random.pick(kubernetes.live), world.random.between(3000, 10_000));
  world.after(1000, () => {
    kubernetes.scale(count);
  });
}

/** Whatever a cluster must survive without losing what was acknowledged at D3. */
export const ALL_TROUBLES: readonly Trouble[] = [
  crash,
  crashServiceNode,
  freeze,
  freeze,
  jumpClock,
  cutStore,
  cutPods,
  cutNetwork,
  stalePair,
  loseMessages,
  brownOut,
  latePuts,
  storeOutage,
  podsOutage,
  breakWatches,
  scale,
  scale,
  roll,
  deletePod,
  forceDelete,
  losePower,
];

/** What D0 promises to survive: every change that is made with care. */
export const GRACEFUL_TROUBLES: readonly Trouble[] = [
  crashServiceNode,
  breakWatches,
  cutPods,
  podsOutage,
  loseMessages,
  scale,
  scale,
  roll,
  deletePod,
];

export interface TroubleOptions {
  readonly troubles: readonly Trouble[];
  readonly untilMs: number;
  /** Mean time between two beginnings. */
  readonly everyMs: number;
}

/** Makes trouble until its time is over, then ends all of it. */
export async function makeTrouble(cluster: Cluster, options: TroubleOptions): Promise<void> {
  const { world } = cluster;
  const open = new Set<() => void>();
  while (world.now < options.untilMs) {
    await world.sleep(world.random.between(0, 2 * options.everyMs));
    if (world.now >= options.untilMs || cluster.dns.length === 0) continue;
    const trouble = world.random.pick(options.troubles);
    cluster.log('nemesis', trouble.name, {});
    const heal = trouble(cluster);
    if (heal === undefined) continue;
    open.add(heal);
    const lasts = world.random.chance(0.5)
      ? world.random.between(50, 3000)
      : world.random.between(3000, 20_000);
    world.after(lasts, () => {
      if (open.delete(heal)) heal();
    });
  }
  for (const heal of open) heal();
}
