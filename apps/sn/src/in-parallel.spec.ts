import { inParallel } from './in-parallel.js';

/** Lets every promise that can go on do so. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('inParallel', () => {
  it('keeps the order of the items and the bound', async () => {
    let running = 0;
    let most = 0;
    const results = await inParallel([3, 1, 2, 5, 4], 2, async (item, index) => {
      most = Math.max(most, ++running);
      await settle();
      running -= 1;
      return item * 10 + index;
    });
    expect(results).toEqual([30, 11, 22, 53, 44]);
    expect(most).toBe(2);
  });

  it('starts nothing after a failure, waits for what runs, and throws the first', async () => {
    const done: number[] = [];
    const work = inParallel([0, 1, 2, 3], 2, async (item) => {
      if (item === 1) throw new Error('item 1');
      await settle();
      done.push(item);
    });
    await expect(work).rejects.toThrow('item 1');
    expect(done).toEqual([0]);
  });
});
