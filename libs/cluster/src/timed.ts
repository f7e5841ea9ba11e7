import { HdfError } from '#hdf5';
import type { Clock } from '#storage';

/**
 * Gives up waiting after a time; the work itself goes on and its outcome is ignored.
 * @throws HdfError `unavailable` after `limitMs`
 */
export function withTimeout<T>(
  clock: Clock,
  limitMs: number,
  { work, what }: { work: Promise<T>; what: string },
): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(limitMs, () => {
      reject(new HdfError('unavailable', `${what}: no answer within ${limitMs} ms`));
    });
    work.then(
      (value) => {
        cancel();
        resolve(value);
      },
      (error: unknown) => {
        cancel();
        reject(error instanceof Error ? error : new Error(String(error)));
      },
    );
  });
}
