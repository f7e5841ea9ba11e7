/**
 * The bit transpose behind bitshuffle: n elements of t bytes become 8·t rows of n/8 bytes. Row
 * `8 b + k` holds bit k (lowest first) of byte b of every element, element e at bit `e mod 8` of
 * byte `e div 8`.
 */

/** Where a block lies in its array. */
export interface BitBlock {
  readonly bytes: Uint8Array;
  /** First byte of the block. */
  readonly at: number;
}

/** Elements to rows; `count` must be a multiple of 8. */
export function transposeBits(
  elements: BitBlock,
  rows: BitBlock,
  count: number,
  itemSize: number,
): void {
  const rowBytes = count >>> 3;
  for (let byte = 0; byte < itemSize; byte++) {
    const plane = { bytes: elements.bytes, at: elements.at + byte };
    const planeRows = { bytes: rows.bytes, at: rows.at + byte * 8 * rowBytes };
    transposePlane(plane, planeRows, rowBytes, itemSize);
  }
}

/** One byte position of all elements to its eight rows. */
function transposePlane(plane: BitBlock, rows: BitBlock, rowBytes: number, itemSize: number): void {
  const from = plane.bytes;
  const to = rows.bytes;
  let at = plane.at;
  for (let out = rows.at; out < rows.at + rowBytes; out++) {
    let low =
      (from[at] as number) |
      ((from[at + itemSize] as number) << 8) |
      ((from[at + 2 * itemSize] as number) << 16) |
      ((from[at + 3 * itemSize] as number) << 24);
    at += 4 * itemSize;
    let high =
      (from[at] as number) |
      ((from[at + itemSize] as number) << 8) |
      ((from[at + 2 * itemSize] as number) << 16) |
      ((from[at + 3 * itemSize] as number) << 24);
    at += 4 * itemSize;
    if ((low | high) === 0) continue; // the rows start as zeros
    let swap = (low ^ (low >>> 7)) & 0x00aa00aa;
    low ^= swap ^ (swap << 7);
    swap = (high ^ (high >>> 7)) & 0x00aa00aa;
    high ^= swap ^ (swap << 7);
    swap = (low ^ (low >>> 14)) & 0x0000cccc;
    low ^= swap ^ (swap << 14);
    swap = (high ^ (high >>> 14)) & 0x0000cccc;
    high ^= swap ^ (swap << 14);
    swap = (low ^ (high << 4)) & 0xf0f0f0f0;
    low ^= swap;
    high ^= swap >>> 4;
    to[out] = low;
    to[out + rowBytes] = low >>> 8;
    to[out + 2 * rowBytes] = low >>> 16;
    to[out + 3 * rowBytes] = low >>> 24;
    to[out + 4 * rowBytes] = high;
    to[out + 5 * rowBytes] = high >>> 8;
    to[out + 6 * rowBytes] = high >>> 16;
    to[out + 7 * rowBytes] = high >>> 24;
  }
}

/** Rows to elements: the inverse of {@link transposeBits}; `count` must be a multiple of 8. */
export function untransposeBits(
  rows: BitBlock,
  elements: BitBlock,
  count: number,
  itemSize: number,
): void {
  const rowBytes = count >>> 3;
  for (let byte = 0; byte < itemSize; byte++) {
    const planeRows = { bytes: rows.bytes, at: rows.at + byte * 8 * rowBytes };
    const plane = { bytes: elements.bytes, at: elements.at + byte };
    untransposePlane(planeRows, plane, rowBytes, itemSize);
  }
}

/** Eight rows to one byte position of all elements. */
function untransposePlane(
  rows: BitBlock,
  plane: BitBlock,
  rowBytes: number,
  itemSize: number,
): void {
  const from = rows.bytes;
  const to = plane.bytes;
  let out = plane.at;
  for (let at = rows.at; at < rows.at + rowBytes; at++) {
    let low =
      (from[at] as number) |
      ((from[at + rowBytes] as number) << 8) |
      ((from[at + 2 * rowBytes] as number) << 16) |
      ((from[at + 3 * rowBytes] as number) << 24);
    let high =
      (from[at + 4 * rowBytes] as number) |
      ((from[at + 5 * rowBytes] as number) << 8) |
      ((from[at + 6 * rowBytes] as number) << 16) |
      ((from[at + 7 * rowBytes] as number) << 24);
    if ((low | high) === 0) {
      out += 8 * itemSize; // the elements start as zeros
      continue;
    }
    let swap = (low ^ (low >>> 7)) & 0x00aa00aa;
    low ^= swap ^ (swap << 7);
    swap = (high ^ (high >>> 7)) & 0x00aa00aa;
    high ^= swap ^ (swap << 7);
    swap = (low ^ (low >>> 14)) & 0x0000cccc;
    low ^= swap ^ (swap << 14);
    swap = (high ^ (high >>> 14)) & 0x0000cccc;
    high ^= swap ^ (swap << 14);
    swap = (low ^ (high << 4)) & 0xf0f0f0f0;
    low ^= swap;
    high ^= swap >>> 4;
    to[out] = low;
    to[out + itemSize] = low >>> 8;
    to[out + 2 * itemSize] = low >>> 16;
    to[out + 3 * itemSize] = low >>> 24;
    out += 4 * itemSize;
    to[out] = high;
    to[out + itemSize] = high >>> 8;
    to[out + 2 * itemSize] = high >>> 16;
    to[out + 3 * itemSize] = high >>> 24;
    out += 4 * itemSize;
  }
}
