import type { Ablation } from './ablation.js';
import * as nemesis from './nemesis.js';
import { run } from './run.js';

/** The trouble in which a missing part soon shows. */
interface AblationPlan {
  readonly durability: 'D0' | 'D3';
  readonly troubles: readonly nemesis.Trouble[];
}

const { brownOut, crash, freeze, latePuts, loseMessages, scale, stalePair } = nemesis;

export const ABLATION_PLANS: Readonly<Record<Ablation, AblationPlan>> = {
  'no-dedupe': { durability: 'D3', troubles: [loseMessages, brownOut, scale] },
  'no-accept-test': { durability: 'D3', troubles: [stalePair] },
  'no-ack-test': { durability: 'D3', troubles: [latePuts, scale] },
  'no-barrier': { durability: 'D3', troubles: [brownOut, freeze, scale, scale] },
  'no-cas': { durability: 'D3', troubles: [latePuts, scale] },
  'keep-cache': { durability: 'D3', troubles: [scale, crash] },
  'no-flush': { durability: 'D0', troubles: [scale] },
};

const SECONDS = 40;
const EVERY_MS = 2000;
const SEEDS_MAX = 60;

/** The first seed whose history goes wrong without a part, and how; null when none of many does. */
export async function firstFailure(
  ablation: Ablation | null,
  plan: AblationPlan,
  seedsMax = SEEDS_MAX,
): Promise<{ seed: number; violation: string } | null> {
  for (let seed = 1; seed <= seedsMax; seed++) {
    const how = { ...plan, seconds: SECONDS, everyMs: EVERY_MS };
    const { violations } = await run({ seed, ablation, ...how });
    const [violation] = violations;
    if (violation !== undefined) return { seed, violation };
  }
  return null;
}
