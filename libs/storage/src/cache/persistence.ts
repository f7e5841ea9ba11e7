import { sleep } from '../runtime/clock.js';
import type { FlushParts } from './flusher.js';

/** Puts or deletions, looks and merges that one change of a stored object may take. */
export const TRIES_MAX = 8;
/** Of these, how many may end in `unavailable`. */
export const OUTAGES_MAX = 4;
const PAUSE_MS = 50;

/** Longer after each outage, by chance. */
export function pauseAfter<T, C>(
  { options, random }: Pick<FlushParts<T, C>, 'options' | 'random'>,
  outages: number,
): Promise<void> {
  return sleep(options.clock, PAUSE_MS * 2 ** outages * (0.5 + random.next() / 2));
}
