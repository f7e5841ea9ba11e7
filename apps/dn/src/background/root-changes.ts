import { LRUCache } from 'lru-cache';

/** Domains whose last change a node remembers. */
const REMEMBERED_MAX = 100_000;

/** When each domain last changed through this node, in Unix seconds. */
export class RootChanges {
  // The package allocates all places at once: a node without changes does not need them.
  private times: LRUCache<string, number> | null = null;

  /**
   * @param nowS Unix seconds
   * @param startedAt what an unknown domain answers: it may have changed before this node started
   */
  constructor(
    private readonly nowS: () => number,
    private readonly startedAt: number,
  ) {}

  note(root: string): void {
    this.times ??= new LRUCache<string, number>({ max: REMEMBERED_MAX });
    this.times.set(root, this.nowS());
  }

  lastChange(root: string): number {
    return this.times?.get(root) ?? this.startedAt;
  }

  forget(root: string): void {
    this.times?.delete(root);
  }
}
