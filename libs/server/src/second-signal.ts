import type { Clock } from '#storage';

/** What ends a process in order; a second one ends it at once. */
export const END_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** What a shell reports of a program that was interrupted. */
const FORCED_STATUS = 130;
/** One keystroke or one `kill` of a process group may deliver its signal twice. */
const REPEATED_MS = 500;

/** Where signals arrive: a process. */
export interface SignalSource {
  on(signal: (typeof END_SIGNALS)[number], listener: () => void): unknown;
}

/**
 * Ends the process at once at the second signal that is not part of the first. The first one is for
 * others, who end in order and may never be done: with a store that does not answer, for example.
 *
 * @param exit gets 130
 */
export function forceOnSecondSignal(
  source: SignalSource,
  clock: Clock,
  exit: (status: number) => void,
): void {
  let first: number | undefined;
  const onSignal = () => {
    const now = clock.monotonic();
    first ??= now;
    if (now - first > REPEATED_MS) exit(FORCED_STATUS);
  };
  for (const signal of END_SIGNALS) source.on(signal, onSignal);
}
