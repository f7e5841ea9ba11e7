import { jest } from '@jest/globals';
import { play } from './play-story.js';
import { STORIES } from './stories.js';

const SEEDS = [1, 2];

// Virtual time costs real time; how much depends on what else the machine does.
jest.setTimeout(5 * 60_000);

describe('the scenarios of the protocol', () => {
  for (const story of STORIES) {
    it(`${story.name} (${story.durability})`, async () => {
      for (const seed of SEEDS) {
        const { violations, workload } = await play(story, seed);
        expect({ seed, violations }).toEqual({ seed, violations: [] });
        if (story.failedMax !== null) expect(workload.failed).toBeLessThanOrEqual(story.failedMax);
        expect(workload.slowest).toBeLessThanOrEqual(story.slowestMaxMs);
        expect(workload.done).toBeGreaterThan(100);
        if (story.fromNothing === true) expect(workload.slowest).toBeGreaterThan(2000);
      }
    });
  }
});
