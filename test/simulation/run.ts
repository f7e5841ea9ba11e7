import type { Ablation } from './ablation.js';
import { Cluster } from './cluster.js';
import { ALL_TROUBLES, GRACEFUL_TROUBLES, makeTrouble, type Trouble } from './nemesis.js';
import { Workload, type WorkloadResult } from './workload.js';
import { World } from './world.js';

export interface RunOptions {
  readonly seed: number;
  /** Virtual seconds of trouble. */
  readonly seconds: number;
  readonly ablation?: Ablation | null;
  readonly durability?: 'D0' | 'D3';
  readonly troubles?: readonly Trouble[];
  readonly verbose?: boolean;
  readonly everyMs?: number;
  readonly holdMs?: number;
}

export interface RunResult {
  readonly seed: number;
  readonly durability: 'D0' | 'D3';
  readonly violations: readonly string[];
  readonly workload: WorkloadResult;
  readonly virtualMs: number;
  readonly events: number;
  readonly epochs: number;
  readonly lines: readonly string[];
}

/** After the last trouble, everything must be well within this. */
const CONVERGE_MS = 60_000;

/** One history: a cluster starts, is worked on and troubled, heals, and is read. */
export async function run(options: RunOptions): Promise<RunResult> {
  const world = new World(options.seed);
  const { random } = world;
  const durability = options.durability ?? (random.chance(0.25) ? 'D0' : 'D3');
  const cluster = new Cluster(world, {
    sns: 2,
    dns: 1 + random.below(4),
    ablation: options.ablation ?? null,
    verbose: options.verbose ?? false,
  });
  const holdMs = options.holdMs ?? random.pick([3000, 25_000]);
  const workload = new Workload(cluster, { durability, holdMs });
  const graceful = durability === 'D0';
  const troubles = options.troubles ?? (graceful ? GRACEFUL_TROUBLES : ALL_TROUBLES);
  const story = async () => {
    await until(cluster, () => cluster.ready, 'the first epoch');
    await workload.create();
    workload.start(4, random.between(40, 250));
    const untilMs = world.now + options.seconds * 1000;
    await makeTrouble(cluster, { troubles, untilMs, everyMs: options.everyMs ?? 3000 });
    if (cluster.kubernetes.live.length === 0) cluster.kubernetes.scale(2);
    await workload.stop();
    await until(cluster, () => cluster.ready, 'all is well again');
    await workload.readAll();
  };
  await world.runUntil(story());
  return {
    seed: options.seed,
    durability,
    violations: cluster.violations,
    workload: workload.result,
    virtualMs: world.now,
    events: world.events,
    epochs: cluster.epochs,
    lines: cluster.lines,
  };
}

async function until(cluster: Cluster, holds: () => boolean, what: string): Promise<void> {
  const { world } = cluster;
  const deadline = world.now + CONVERGE_MS;
  while (!holds()) {
    if (world.now > deadline) {
      cluster.violations.push(`${what}: not within ${CONVERGE_MS} ms`);
      return;
    }
    await world.sleep(100);
  }
}
