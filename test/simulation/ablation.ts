/**
 * Parts of the protocol that can be left out, to see the checker fail: what it never fails for is
 * not known to be needed, or is not tested.
 */
export const ABLATIONS = [
  /** Retries come with fresh request ids. */
  'no-dedupe',
  /** A repeat counts as new when its id may have been known and forgotten. */
  'no-doubt',
  /** Reads are answered without a lease. */
  'no-accept-test',
  /** Writes are acknowledged without a second look at epoch and lease. */
  'no-ack-test',
  /** The next epoch is activated before the old one has ended. */
  'no-barrier',
  /** Puts of data objects are unconditional. */
  'no-cas',
  /** Deletions of data objects are unconditional. */
  'no-cas-of-deletions',
  /** Caches survive the loss of an epoch. */
  'keep-cache',
  /** Nothing is stored at the end of an epoch (D0). */
  'no-flush',
] as const;

export type Ablation = (typeof ABLATIONS)[number];
