import type { BigIntStats } from 'node:fs';

/**
 * An ETag that costs no reading: modification time in nanoseconds, size and file number. Every
 * write makes a new file with a time later than the one it replaces, so it never repeats.
 */
export function fileEtag(stat: BigIntStats): string {
  return `${stat.mtimeNs.toString(36)}-${stat.size.toString(36)}-${stat.ino.toString(36)}`;
}

/** Unix seconds */
export function fileTime(stat: BigIntStats): number {
  return Number(stat.mtimeNs / 1000n) / 1e6;
}
