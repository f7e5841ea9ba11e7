/** One piece of a chunk in a file. */
export interface FilePiece {
  readonly offset: number;
  /** bytes */
  readonly size: number;
  /** Which piece of the chunk it is. */
  readonly index: number;
}

/** One read request: from the first byte of its first piece to the last byte of its last. */
export interface ByteRange<P extends FilePiece = FilePiece> {
  readonly offset: number;
  readonly length: number;
  readonly pieces: readonly P[];
}

/**
 * Joins pieces that lie at most `maxGap` bytes apart into one range each, whatever their order.
 *
 * @see HSDS: max_rangeget_gap
 */
export function mergeRanges<P extends FilePiece>(
  pieces: readonly P[],
  maxGap: number,
): ByteRange<P>[] {
  const sorted = [...pieces].sort((a, b) => a.offset - b.offset);
  const ranges: { offset: number; length: number; pieces: P[] }[] = [];
  for (const piece of sorted) {
    const last = ranges.at(-1);
    const end = last === undefined ? 0 : last.offset + last.length;
    if (last !== undefined && piece.offset - end <= maxGap) {
      last.pieces.push(piece);
      last.length = Math.max(end, piece.offset + piece.size) - last.offset;
    } else {
      ranges.push({ offset: piece.offset, length: piece.size, pieces: [piece] });
    }
  }
  return ranges;
}
