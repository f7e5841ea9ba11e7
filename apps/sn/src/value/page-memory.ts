const KIB = 1024;
/** Smaller pages are not worth keeping. */
const KEPT_BYTES_MIN = 64 * KIB;
/** The largest page kept; those of one element of a huge type are not. */
const KEPT_BYTES_MAX = 16 * KIB * KIB;
/** Memory kept for coming pages, all sizes together. */
const KEPT_TOTAL_BYTES = 3 * KEPT_BYTES_MAX;

/**
 * Memory of pages that are sent and then used again. New memory for each page would make V8 collect
 * garbage every 64 MiB sent, which costs more than reading and sending do (docs/benchmarks.md).
 */
export class PageMemory {
  /** Free buffers by capacity, a power of two. */
  private readonly free = new Map<number, ArrayBuffer[]>();
  private readonly lent = new WeakSet<ArrayBufferLike>();
  private freeBytes = 0;

  /** Uninitialised bytes; theirs until given back, or for good. */
  take(byteLength: number): Buffer {
    if (byteLength < KEPT_BYTES_MIN || byteLength > KEPT_BYTES_MAX) {
      return Buffer.allocUnsafeSlow(byteLength);
    }
    const capacity = 2 ** Math.ceil(Math.log2(byteLength));
    const found = this.free.get(capacity)?.pop();
    if (found !== undefined) this.freeBytes -= capacity;
    const memory = found ?? Buffer.allocUnsafeSlow(capacity).buffer;
    this.lent.add(memory);
    return Buffer.from(memory, 0, byteLength);
  }

  /** Takes memory back that nobody reads any more; ignores what is not from here. */
  giveBack({ buffer }: Uint8Array): void {
    if (!this.lent.delete(buffer)) return;
    const capacity = buffer.byteLength;
    if (this.freeBytes + capacity > KEPT_TOTAL_BYTES) return;
    const list = this.free.get(capacity) ?? [];
    list.push(buffer as ArrayBuffer);
    this.free.set(capacity, list);
    this.freeBytes += capacity;
  }
}
