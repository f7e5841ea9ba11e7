import { HdfError } from '#hdf5';

/** The error of a cancelled call: the caller stopped waiting; a write may still have happened. */
export function cancelled(signal: AbortSignal): HdfError {
  return new HdfError('unavailable', 'the caller cancelled the request', { cause: signal.reason });
}

/** @throws HdfError `unavailable` when the signal has aborted */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw cancelled(signal);
}

/**
 * Waits for shared work as long as the caller does; the work itself goes on.
 *
 * @throws HdfError `unavailable` when the signal aborts first
 */
export async function waitWhile<R>(work: Promise<R>, signal: AbortSignal | undefined): Promise<R> {
  if (signal === undefined) return work;
  if (signal.aborted) {
    // Nobody waits for the work any more: its failure is nobody's.
    work.catch(() => undefined);
    throw cancelled(signal);
  }
  let onAbort: (() => void) | undefined;
  const abort = new Promise<never>((_, reject) => {
    onAbort = () => {
      reject(cancelled(signal));
    };
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([work, abort]);
  } finally {
    if (onAbort !== undefined) signal.removeEventListener('abort', onAbort);
  }
}
