/** A growing byte buffer for values whose total size is not known beforehand. */
import { HdfError } from '../errors.js';

/** Most bytes of one run of elements; offsets are 32-bit. */
export const MAX_RUN_BYTES = 0x7fffffff;

/** Refuses runs that no request can mean, before memory is asked for. @throws `too-large` */
export function requireRunBytes(bytes: number): number {
  if (bytes <= MAX_RUN_BYTES) return bytes;
  throw new HdfError('too-large', `${bytes} bytes of elements, at most ${MAX_RUN_BYTES} at once`);
}

/** Bytes appended one part after the other; fresh bytes are zero. */
export class ByteSink {
  bytes: Uint8Array;
  view: DataView;
  /** Bytes in use. */
  length = 0;

  /** @param capacity expected bytes */
  constructor(capacity: number) {
    this.bytes = new Uint8Array(requireRunBytes(capacity));
    this.view = new DataView(this.bytes.buffer);
  }

  /** Appends zero bytes and gives their position. @throws HdfError `too-large` */
  reserve(count: number): number {
    const position = this.length;
    const end = position + count;
    if (end > this.bytes.length) this.grow(end);
    this.length = end;
    return position;
  }

  /** Appends bytes. */
  append(part: Uint8Array): void {
    const position = this.reserve(part.length);
    this.bytes.set(part, position);
  }

  /** The bytes in use; the sink must not be written afterwards. */
  finish(): Uint8Array {
    return this.length === this.bytes.length ? this.bytes : this.bytes.slice(0, this.length);
  }

  private grow(needed: number): void {
    requireRunBytes(needed);
    const capacity = Math.min(Math.max(needed, this.bytes.length * 2, 64), MAX_RUN_BYTES);
    const grown = new Uint8Array(capacity);
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
    this.view = new DataView(grown.buffer);
  }
}
