interface Slot<V> {
  readonly value: V;
  size: number;
}

/**
 * Values by key, bounded by their sizes: the least recently used go first, held ones never go. A
 * hold belongs to the key, so it can be taken before the value comes. No I/O.
 */
export class LruCache<V> {
  readonly #capacity: number;
  /** Oldest first; only what may be evicted. */
  readonly #loose = new Map<string, Slot<V>>();
  readonly #held = new Map<string, Slot<V>>();
  readonly #holds = new Map<string, number>();
  #bytes = 0;
  #evictions = 0;

  /** @param capacity bytes; held values may exceed it */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get count(): number {
    return this.#loose.size + this.#held.size;
  }

  get evictions(): number {
    return this.#evictions;
  }

  /** The value, which becomes the most recently used. */
  get(key: string): V | undefined {
    const slot = this.#loose.get(key);
    if (slot === undefined) return this.#held.get(key)?.value;
    this.#loose.delete(key);
    this.#loose.set(key, slot);
    return slot.value;
  }

  /** The value, without counting as use. */
  peek(key: string): V | undefined {
    return (this.#loose.get(key) ?? this.#held.get(key))?.value;
  }

  /** Adds or replaces a value; what is too large for the cache and not held is not kept. */
  set(key: string, value: V, size: number): void {
    this.delete(key);
    const held = this.#holds.has(key);
    if (!held && size > this.#capacity) return;
    (held ? this.#held : this.#loose).set(key, { value, size });
    this.#bytes += size;
    this.#evict();
  }

  /** A value became larger or smaller. */
  resize(key: string, size: number): void {
    const slot = this.#loose.get(key) ?? this.#held.get(key);
    if (slot === undefined || slot.size === size) return;
    this.#bytes += size - slot.size;
    slot.size = size;
    this.#evict();
  }

  delete(key: string): void {
    const slot = this.#loose.get(key) ?? this.#held.get(key);
    if (slot === undefined) return;
    this.#bytes -= slot.size;
    this.#loose.delete(key);
    this.#held.delete(key);
  }

  /** Forgets all values; holds stay. */
  clear(): void {
    this.#loose.clear();
    this.#held.clear();
    this.#bytes = 0;
  }

  /** Keeps the key's value, now or later, until as many releases. */
  hold(key: string): void {
    const holds = this.#holds.get(key) ?? 0;
    this.#holds.set(key, holds + 1);
    if (holds === 0) move(key, this.#loose, this.#held);
  }

  release(key: string): void {
    const holds = this.#holds.get(key) ?? 0;
    if (holds > 1) {
      this.#holds.set(key, holds - 1);
      return;
    }
    this.#holds.delete(key);
    // One value too large for the cache must not drive out all others first.
    const size = this.#held.get(key)?.size ?? 0;
    if (size > this.#capacity) this.delete(key);
    else move(key, this.#held, this.#loose);
    this.#evict();
  }

  /** All values, held or not, in no promised order. */
  *values(): Generator<V> {
    for (const slot of this.#loose.values()) yield slot.value;
    for (const slot of this.#held.values()) yield slot.value;
  }

  #evict(): void {
    for (const [key, slot] of this.#loose) {
      if (this.#bytes <= this.#capacity) return;
      this.#loose.delete(key);
      this.#bytes -= slot.size;
      this.#evictions++;
    }
  }
}

function move<V>(key: string, from: Map<string, V>, to: Map<string, V>): void {
  const slot = from.get(key);
  if (slot === undefined) return;
  from.delete(key);
  to.set(key, slot);
}
