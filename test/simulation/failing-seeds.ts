import type { Ablation } from './ablation.js';

/** For each part of the protocol a seed whose history goes wrong without it. */
export const FAILING_SEEDS: Readonly<
  Record<Ablation, { readonly seed: number; readonly durability: 'D0' | 'D3' }>
> = {
  'no-dedupe': { seed: 10, durability: 'D3' },
  'no-accept-test': { seed: 11, durability: 'D3' },
  'no-ack-test': { seed: 23, durability: 'D3' },
  'no-barrier': { seed: 27, durability: 'D3' },
  'no-cas': { seed: 7, durability: 'D3' },
  'keep-cache': { seed: 2, durability: 'D3' },
  'no-flush': { seed: 1, durability: 'D0' },
};
