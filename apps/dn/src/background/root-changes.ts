import { LRUCache } from 'lru-cache';

/** Domains whose last change a node remembers. */
const REMEMBERED_MAX = 100_000;
/** A bound on the size, since a bound on the count allocates all places at once. */
const BOUNDS = { maxSize: REMEMBERED_MAX, sizeCalculation: () => 1 };

/** When each domain last changed through this node, in Unix seconds. */
export class RootChanges {
  private readonly times = new LRUCache<string, number>(BOUNDS);

  /**
   * @param nowS Unix seconds
   * @param startedAt what an unknown domain answers: it may have changed before this node started
   */
  constructor(
    private readonly nowS: () => number,
    private readonly startedAt: number,
  ) {}

  note(root: string): void {
    this.times.set(root, this.nowS());
  }

  lastChange(root: string): number {
    return this.times.get(root) ?? this.startedAt;
  }

  forget(root: string): void {
    this.times.delete(root);
  }
}
