/** The world's time and chance, as arguments, so that tests and the simulator can play them. */

/** Cancels a pending timer; harmless when it has fired. */
export type CancelTimer = () => void;

export interface Clock {
  /** Unix time in milliseconds, with fractions where the system has them. */
  now(): number;
  /** Milliseconds from an arbitrary origin; never steps backwards. */
  monotonic(): number;
  /** Calls once after `delayMs`; the timer does not keep the process alive. */
  after(delayMs: number, call: () => void): CancelTimer;
}

/** Resolves after `delayMs`, or rejects with the signal's reason when it aborts first. */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      cancel();
      reject(signal?.reason instanceof Error ? signal.reason : new Error('aborted'));
    };
    if (signal?.aborted === true) {
      reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
      return;
    }
    const cancel = clock.after(delayMs, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/**
 * A wall clock with fractions of milliseconds that follows when the time is set or the machine was
 * frozen: `performance.timeOrigin + performance.now()` does not.
 *
 * @param wall Unix time, whole milliseconds
 * @param fine milliseconds with fractions from any origin
 */
export function fineWallClock(wall: () => number, fine: () => number): () => number {
  let offset = Number.NaN;
  return () => {
    const coarseMs = wall();
    const fineMs = fine();
    const nowMs = offset + fineMs;
    if (nowMs >= coarseMs && nowMs < coarseMs + 1) return nowMs;
    offset = coarseMs - fineMs;
    return coarseMs;
  };
}

/** The machine's clocks. */
export const systemClock: Clock = {
  now: fineWallClock(
    () => Date.now(),
    () => performance.now(),
  ),
  monotonic: () => performance.now(),
  after: (delayMs, call) => {
    const timer = setTimeout(call, delayMs);
    timer.unref();
    return () => {
      clearTimeout(timer);
    };
  },
};
