/**
 * Runs `work` over all items with at most `width` at a time; results are in item order. Waits for
 * everything that was started, so that nothing runs on behind an error; then throws the error of
 * the first failing item. After a failure no further item is started.
 */
export async function inParallel<I, O>(
  items: readonly I[],
  width: number,
  work: (item: I, index: number) => Promise<O>,
): Promise<O[]> {
  const results = new Array<O>(items.length);
  const failures: { index: number; error: unknown }[] = [];
  let next = 0;
  const worker = async () => {
    while (next < items.length && failures.length === 0) {
      const index = next++;
      try {
        results[index] = await work(items[index] as I, index);
      } catch (error) {
        failures.push({ index, error });
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
  const [first] = failures.sort((a, b) => a.index - b.index);
  if (first !== undefined) throw first.error;
  return results;
}

/** Calls to data nodes that one request keeps in flight. */
export const REQUEST_WIDTH = 32;
