import type { Ablation } from './ablation.js';
import { WHOLE_CHUNKS } from './registers.js';
import { perform, type Script, type Stage } from './script.js';

/** A message or a put takes no longer. */
const SOON_MS = 200;
const DOMAIN = '/home/domain.h5';
/** Between two writes of a script that writes on and on. */
const PACE_MS = 20;
/** Writes after which an object does not carry the id of the one before them. */
const FORGETTING = 40;
/** The owner's lease is about to end. */
const LEASE_NEARLY_OVER_MS = 400;

/** A write is applied and seen, and its answer is lost; the first service node goes on asking. */
async function loseAnswer({ cluster, world, cell, read, write, owner }: Stage) {
  const [first, second] = cluster.sns as [Stage['sn'], Stage['sn']];
  await write(second, cell);
  cluster.network.cutOff(first.process, owner().dn!.process, 'back');
  const repeated = write(first, cell);
  await world.sleep(SOON_MS);
  await read(second, cell);
  return { repeated, second };
}

/** The answer to a write is lost, another write follows, and only then does the first come again. */
const repeatedWrite: Script = {
  name: 'the answer to a write is lost, and it is repeated after a later one',
  durability: 'D3',
  dns: 2,
  act: async (stage) => {
    const { cluster, cell, read, write } = stage;
    const { repeated, second } = await loseAnswer(stage);
    await write(second, cell);
    cluster.network.cuts.clear();
    await repeated;
    await read(second, cell);
  },
};

/** The same, with so many writes between and a new process that the first is known to nobody. */
const forgottenWrite: Script = {
  name: 'the answer to a write is lost, many follow, and the owner restarts before the repeat',
  durability: 'D3',
  dns: 2,
  act: async (stage) => {
    const { cell, read, write, owner } = stage;
    const { repeated, second } = await loseAnswer(stage);
    for (let i = 0; i < FORGETTING; i++) await write(second, cell);
    owner().dn!.process.kill();
    await repeated;
    await read(second, cell);
  },
};

/** Owner and service node with the same old map see nobody else, while the next owner takes writes. */
const stalePair: Script = {
  name: 'a data node and a service node with an old map are cut off from everything else',
  durability: 'D3',
  dns: 2,
  act: async (stage) => {
    const { cluster, cell, read, write, owner } = stage;
    const [stale, fresh] = cluster.sns as [Stage['sn'], Stage['sn']];
    await write(fresh, cell);
    await read(stale, cell);
    const pod = owner();
    stage.isolate(pod.dn!, stale, 'everything');
    cluster.kubernetes.forceDelete(pod);
    await stage.nextEpoch(fresh);
    await write(fresh, cell);
    await read(stale, cell);
  },
};

/** A write is admitted at the end of a lease; its put arrives when the next owner has read already. */
const slowPut: Script = {
  name: 'a put is under way while the lease ends and the next owner reads the object',
  durability: 'D3',
  dns: 2,
  act: async (stage) => {
    const { cluster, world, cell, read, write, owner } = stage;
    const [stale, fresh] = cluster.sns as [Stage['sn'], Stage['sn']];
    await write(fresh, cell);
    const pod = owner();
    const dn = pod.dn!;
    const release = stage.holdChanges(dn);
    stage.isolate(dn, stale, 'record');
    cluster.kubernetes.forceDelete(pod);
    await stage.until(() => dn.agent.health().leaseMs < LEASE_NEARLY_OVER_MS);
    const slow = write(stale, cell);
    await stage.nextEpoch(fresh);
    await read(fresh, cell);
    release();
    await world.sleep(SOON_MS);
    stage.heal();
    await slow;
    await read(fresh, cell);
  },
};

/** The owner dies while its put is under way; the put arrives after those of the next owner. */
const latePut: Script = {
  name: "a dead owner's put arrives after later writes",
  durability: 'D3',
  dns: 2,
  act: async (stage) => {
    const { cluster, world, cell, read, write, owner } = stage;
    const [first, second] = cluster.sns as [Stage['sn'], Stage['sn']];
    await write(second, cell);
    const pod = owner();
    const release = stage.holdChanges(pod.dn!);
    const repeated = write(first, cell);
    await world.sleep(SOON_MS);
    cluster.kubernetes.delete(pod);
    pod.dn!.process.kill();
    await repeated;
    await write(second, cell);
    release();
    await world.sleep(SOON_MS);
    owner().dn!.process.kill();
    await read(second, cell);
  },
};

/** The same with a deletion, after which the domain is made again. */
const lateDeletion: Script = {
  name: "a dead owner's deletion arrives when the domain has been made again",
  durability: 'D3',
  dns: 2,
  act: async (stage) => {
    const { cluster, world, changeDomain, findDomain, domainOwner } = stage;
    const [first, second] = cluster.sns as [Stage['sn'], Stage['sn']];
    await changeDomain(second, 'create', DOMAIN);
    const pod = domainOwner(DOMAIN);
    const release = stage.holdChanges(pod.dn!);
    const repeated = changeDomain(first, 'delete', DOMAIN);
    await world.sleep(SOON_MS);
    cluster.kubernetes.delete(pod);
    pod.dn!.process.kill();
    await repeated;
    await changeDomain(second, 'create', DOMAIN);
    release();
    await world.sleep(SOON_MS);
    domainOwner(DOMAIN).dn!.process.kill();
    await findDomain(second, DOMAIN);
  },
};

/** Objects go to a new node, are changed there, and come back. */
const thereAndBack: Script = {
  name: 'objects go to another owner and come back changed',
  durability: 'D3',
  dns: 1,
  act: async (stage) => {
    const { cluster, sn, read, write } = stage;
    for (const span of WHOLE_CHUNKS) await write(sn, span);
    cluster.kubernetes.scale(2);
    await stage.nextEpoch(sn);
    for (const span of WHOLE_CHUNKS) await write(sn, span);
    cluster.kubernetes.scale(1);
    await stage.nextEpoch(sn);
    for (const span of WHOLE_CHUNKS) await read(sn, span);
  },
};

/** Writes more often than changes are stored, answered in memory, until the map changes. */
const unflushed: Script = {
  name: 'the map changes while acknowledged writes are in memory only',
  durability: 'D0',
  dns: 1,
  act: async (stage) => {
    const { cluster, world, sn, read, write } = stage;
    const { epochs } = cluster;
    cluster.kubernetes.scale(2);
    for (let i = 0; cluster.epochs === epochs; i++) {
      await write(sn, WHOLE_CHUNKS[i % WHOLE_CHUNKS.length]!);
      await world.sleep(PACE_MS);
    }
    for (const span of WHOLE_CHUNKS) await read(sn, span);
  },
};

/** For each part of the protocol, the trouble in which its absence shows whatever the seed. */
export const ABLATION_SCRIPTS: Readonly<Record<Ablation, Script>> = {
  'no-dedupe': repeatedWrite,
  'no-doubt': forgottenWrite,
  'no-accept-test': stalePair,
  'no-ack-test': slowPut,
  'no-barrier': stalePair,
  'no-cas': latePut,
  'no-cas-of-deletions': lateDeletion,
  'keep-cache': thereAndBack,
  'no-flush': unflushed,
};

/** What the checker says of a script, without a part or with all of them. */
export function performAblation(
  ablation: Ablation,
  seed: number,
  missing: boolean,
): Promise<readonly string[]> {
  return perform(ABLATION_SCRIPTS[ablation], seed, missing ? ablation : null);
}
