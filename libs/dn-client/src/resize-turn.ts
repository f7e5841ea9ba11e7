/** The right to cut the chunks of a dataset that is resized; later turns have larger numbers. */
export interface ResizeTurn {
  /** Epoch of the cluster in which it was given. */
  readonly epoch: number;
  readonly at: number;
}

/** What to do of a resize: everything outside these extents gets the fill value. */
export interface Cut {
  readonly dims: readonly number[];
  readonly turn: ResizeTurn;
}
