/** `Limit` over the entries of many objects together: what is beyond it is cut off. */
export class TotalLimit {
  private left: number;

  /** @param limit undefined for none */
  constructor(limit: number | undefined) {
    this.left = limit ?? Infinity;
  }

  /** The entries that still fit. */
  cut<T>(entries: readonly T[]): readonly T[] {
    const fitting = entries.length <= this.left ? entries : entries.slice(0, this.left);
    this.left -= fitting.length;
    return fitting;
  }
}
