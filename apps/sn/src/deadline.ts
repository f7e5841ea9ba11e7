import { HdfError } from '#hdf5';
import type { CallContext } from '#dn-client';
import type { Clock } from '#storage';

/**
 * Runs work that must end in time; what it awaits is cancelled through the call's signal.
 *
 * @param limitS seconds
 * @throws HdfError `unavailable` when the time is up first
 */
export async function withinTime<T>(
  clock: Clock,
  limitS: number,
  call: CallContext,
  work: (call: CallContext) => Promise<T>,
): Promise<T> {
  const timer = new AbortController();
  const signal =
    call.signal === undefined ? timer.signal : AbortSignal.any([call.signal, timer.signal]);
  let cancel: () => void = () => undefined;
  const timeUp = new Promise<never>((_resolve, reject) => {
    cancel = clock.after(limitS * 1000, () => {
      const error = new HdfError('unavailable', `not finished after ${limitS} s`);
      timer.abort(error);
      reject(error);
    });
  });
  try {
    return await Promise.race([work({ ...call, signal }), timeUp]);
  } finally {
    cancel();
  }
}
