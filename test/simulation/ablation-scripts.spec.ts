import { ABLATIONS } from './ablation.js';
import { ABLATION_SCRIPTS, performAblation } from './ablation-scripts.js';

const SEEDS = [1, 2];

describe.each(ABLATIONS)('%s', (ablation) => {
  it.each(SEEDS)(`shows when ${ABLATION_SCRIPTS[ablation].name} (seed %i)`, async (seed) => {
    expect(await performAblation(ablation, seed, true)).not.toEqual([]);
  });

  it.each(SEEDS)('is what keeps the same history right (seed %i)', async (seed) => {
    expect(await performAblation(ablation, seed, false)).toEqual([]);
  });
});
