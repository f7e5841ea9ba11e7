/**
 * Byte shuffle (HDF5 filter 2): all first bytes of the elements, then all second bytes, and so on.
 * Element e's byte b lands at `b * n + e`; bytes after the last whole element stay where they are.
 *
 * @see HDF5 specification, filter H5Z_FILTER_SHUFFLE
 */

/** Byte planes from elements of `itemSize` bytes; a new array of the same length. */
export function shuffle(plain: Uint8Array, itemSize: number): Uint8Array {
  const count = wholeElements(plain, itemSize);
  if (count < 2 || itemSize < 2) return new Uint8Array(plain);
  const planes = new Uint8Array(plain.length);
  if (isWordwise(count, itemSize)) {
    const from = words(plain);
    const to = words(planes);
    if (itemSize === 2) splitPairs(from, to, count);
    else splitWords(from, to, count, itemSize);
  } else splitBytes(plain, planes, count, itemSize);
  planes.set(plain.subarray(count * itemSize), count * itemSize);
  return planes;
}

/** Inverse of {@link shuffle}; a new array of the same length. */
export function unshuffle(planes: Uint8Array, itemSize: number): Uint8Array {
  const count = wholeElements(planes, itemSize);
  if (count < 2 || itemSize < 2) return new Uint8Array(planes);
  const plain = new Uint8Array(planes.length);
  if (isWordwise(count, itemSize)) {
    const from = words(planes);
    const to = words(plain);
    if (itemSize === 2) joinPairs(from, to, count);
    else joinWords(from, to, count, itemSize);
  } else joinBytes(planes, plain, count, itemSize);
  plain.set(planes.subarray(count * itemSize), count * itemSize);
  return plain;
}

function wholeElements(bytes: Uint8Array, itemSize: number): number {
  return Math.floor(bytes.length / itemSize);
}

/** Whether elements and planes both fall on 32-bit words: several times faster than bytes. */
function isWordwise(count: number, itemSize: number): boolean {
  return count % 4 === 0 && (itemSize === 2 || itemSize % 4 === 0);
}

/** Signed, because the engine computes with signed words as they are. */
function words(bytes: Uint8Array): Int32Array {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
  return new Int32Array(aligned.buffer, aligned.byteOffset, aligned.length >>> 2);
}

/** Turns four words (a row an element) into four words (a row a byte position), written to `to`. */
function splitWords(from: Int32Array, to: Int32Array, count: number, itemSize: number): void {
  const stride = itemSize >>> 2;
  const plane = count >>> 2;
  for (let word = 0; word < stride; word++) {
    let at = word;
    let out = word * 4 * plane;
    for (let group = 0; group < plane; group++, out++) {
      const a = from[at] as number;
      const b = from[at + stride] as number;
      const c = from[at + 2 * stride] as number;
      const d = from[at + 3 * stride] as number;
      at += 4 * stride;
      const evenLow = (a & 0x00ff00ff) | ((b & 0x00ff00ff) << 8);
      const oddLow = ((a >>> 8) & 0x00ff00ff) | (b & 0xff00ff00);
      const evenHigh = (c & 0x00ff00ff) | ((d & 0x00ff00ff) << 8);
      const oddHigh = ((c >>> 8) & 0x00ff00ff) | (d & 0xff00ff00);
      to[out] = (evenLow & 0xffff) | (evenHigh << 16);
      to[out + plane] = (oddLow & 0xffff) | (oddHigh << 16);
      to[out + 2 * plane] = (evenLow >>> 16) | (evenHigh & 0xffff0000);
      to[out + 3 * plane] = (oddLow >>> 16) | (oddHigh & 0xffff0000);
    }
  }
}

function joinWords(from: Int32Array, to: Int32Array, count: number, itemSize: number): void {
  const stride = itemSize >>> 2;
  const plane = count >>> 2;
  for (let word = 0; word < stride; word++) {
    let at = word * 4 * plane;
    let out = word;
    for (let group = 0; group < plane; group++, at++) {
      const a = from[at] as number;
      const b = from[at + plane] as number;
      const c = from[at + 2 * plane] as number;
      const d = from[at + 3 * plane] as number;
      const evenLow = (a & 0x00ff00ff) | ((b & 0x00ff00ff) << 8);
      const oddLow = ((a >>> 8) & 0x00ff00ff) | (b & 0xff00ff00);
      const evenHigh = (c & 0x00ff00ff) | ((d & 0x00ff00ff) << 8);
      const oddHigh = ((c >>> 8) & 0x00ff00ff) | (d & 0xff00ff00);
      to[out] = (evenLow & 0xffff) | (evenHigh << 16);
      to[out + stride] = (oddLow & 0xffff) | (oddHigh << 16);
      to[out + 2 * stride] = (evenLow >>> 16) | (evenHigh & 0xffff0000);
      to[out + 3 * stride] = (oddLow >>> 16) | (oddHigh & 0xffff0000);
      out += 4 * stride;
    }
  }
}

function splitPairs(from: Int32Array, to: Int32Array, count: number): void {
  const plane = count >>> 2;
  for (let group = 0; group < plane; group++) {
    const a = from[2 * group] as number;
    const b = from[2 * group + 1] as number;
    to[group] = (a & 0xff) | ((a >>> 8) & 0xff00) | ((b & 0xff) << 16) | ((b << 8) & 0xff000000);
    to[group + plane] =
      ((a >>> 8) & 0xff) | ((a >>> 16) & 0xff00) | ((b << 8) & 0xff0000) | (b & 0xff000000);
  }
}

function joinPairs(from: Int32Array, to: Int32Array, count: number): void {
  const plane = count >>> 2;
  for (let group = 0; group < plane; group++) {
    const low = from[group] as number;
    const high = from[group + plane] as number;
    to[2 * group] =
      (low & 0xff) | ((high & 0xff) << 8) | ((low & 0xff00) << 8) | ((high & 0xff00) << 16);
    to[2 * group + 1] =
      ((low >>> 16) & 0xff) |
      ((high >>> 8) & 0xff00) |
      ((low >>> 8) & 0xff0000) |
      (high & 0xff000000);
  }
}

function splitBytes(from: Uint8Array, to: Uint8Array, count: number, itemSize: number): void {
  for (let byte = 0; byte < itemSize; byte++) {
    const plane = byte * count;
    for (let e = 0, at = byte; e < count; e++, at += itemSize) to[plane + e] = from[at] as number;
  }
}

function joinBytes(from: Uint8Array, to: Uint8Array, count: number, itemSize: number): void {
  for (let byte = 0; byte < itemSize; byte++) {
    const plane = byte * count;
    for (let e = 0, at = byte; e < count; e++, at += itemSize) to[at] = from[plane + e] as number;
  }
}
