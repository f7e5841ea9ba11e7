/** Chunks of one request that are loaded or changed at once. */
const PARALLEL_CHUNKS = 16;

/**
 * Runs `work` over all items, a bounded number at a time, results in item order. After a failure no
 * new work starts; the first error is thrown when the running work has ended.
 */
export async function parallel<I, O>(
  items: readonly I[],
  work: (item: I) => Promise<O>,
): Promise<O[]> {
  const [only] = items;
  if (items.length === 1 && only !== undefined) return [await work(only)];
  const results = new Array<O>(items.length);
  let next = 0;
  let failed = false;
  const run = async (): Promise<void> => {
    while (!failed && next < items.length) {
      const index = next;
      next += 1;
      try {
        results[index] = await work(items[index] as I);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const runners = Array.from({ length: Math.min(PARALLEL_CHUNKS, items.length) }, run);
  const settled = await Promise.allSettled(runners);
  const rejected = settled.find((one) => one.status === 'rejected');
  if (rejected !== undefined) throw rejected.reason;
  return results;
}
