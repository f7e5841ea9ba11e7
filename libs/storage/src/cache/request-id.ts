import type { Clock } from '../runtime/clock.js';
import type { Random } from '../runtime/random.js';

/** Digits of a stamp: milliseconds in base 36, enough until the year 5188. */
const STAMP_CHARS = 9;
const STAMPED = /^([0-9a-z]{9})-/;
const RANDOM_BYTES = 6;

/**
 * A request id that tells when it was given: a stamp of the node's wall clock, a dash, and chance.
 * Stamps compare as text. Clocks of different nodes may differ: see `RequestIds.mayHaveForgotten`.
 */
export function newRequestId(clock: Clock, random: Random): string {
  const stamp = Math.floor(clock.now()).toString(36).padStart(STAMP_CHARS, '0');
  return `${stamp}-${Buffer.from(random.bytes(RANDOM_BYTES)).toString('base64url')}`;
}

/** When a request id was given, Unix milliseconds by the clock of who gave it; NaN for other ids. */
export function requestedAtMs(id: string): number {
  return Number.parseInt(stampOf(id), 36);
}

/** The stamp of a request id or of an id derived from one; empty for ids of other makes. */
export function stampOf(id: string): string {
  return STAMPED.exec(id)?.[1] ?? '';
}
