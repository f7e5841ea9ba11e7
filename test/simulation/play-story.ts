import { Cluster } from './cluster.js';
import { CLIENTS, type Story } from './stories.js';
import { Workload, type WorkloadResult } from './workload.js';
import { World } from './world.js';

export interface StoryResult {
  readonly violations: readonly string[];
  readonly workload: WorkloadResult;
  readonly epochs: number;
}

const CALM_MS = 4000;
const PAUSE_MS = 40;
const HOLD_MS = 25_000;
const CONVERGE_MS = 60_000;

/** Plays one story under load; every answer is checked. */
export async function play(story: Story, seed: number): Promise<StoryResult> {
  const world = new World(seed);
  const cluster = new Cluster(world, { sns: 2, dns: story.dns, ablation: null });
  const workload = new Workload(cluster, { durability: story.durability, holdMs: HOLD_MS });
  const ready = async () => {
    const deadline = world.now + CONVERGE_MS;
    while (!cluster.ready && world.now < deadline) await world.sleep(50);
    if (!cluster.ready) cluster.violations.push('not ready in time');
  };
  await world.runUntil(
    (async () => {
      if (story.fromNothing === true) await workload.createOnce();
      else {
        await ready();
        await workload.create();
      }
      workload.start(CLIENTS, PAUSE_MS);
      await world.sleep(CALM_MS);
      await story.act(cluster);
      await ready();
      await world.sleep(1000);
      await workload.stop();
      await workload.readAll();
    })(),
  );
  return { violations: cluster.violations, workload: workload.result, epochs: cluster.epochs };
}
