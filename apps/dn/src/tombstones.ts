import { LRUCache } from 'lru-cache';
import { HdfError } from '#hdf5';

/** How many deletions a node remembers; past it the oldest answer 404 instead of 410. */
const REMEMBERED_MAX = 200_000;
/** A bound on the size, since a bound on the count allocates all places at once. */
const BOUNDS = { maxSize: REMEMBERED_MAX, sizeCalculation: () => 1 };

/**
 * Names that existed and were deleted through this node since it started: they answer `gone`
 * instead of `not-found`. Bounded; a new owner does not know them (HSDS forgets at restart too).
 */
export class Tombstones {
  private readonly names = new LRUCache<string, true>(BOUNDS);

  add(name: string): void {
    this.names.set(name, true);
  }

  /** The name is in use again. */
  clear(name: string): void {
    this.names.delete(name);
  }

  has(name: string): boolean {
    return this.names.has(name);
  }

  /** The error for a name that is not there. */
  absent(name: string, what: string): HdfError {
    return this.has(name)
      ? new HdfError('gone', `${what} was deleted`)
      : new HdfError('not-found', `${what} does not exist`);
  }

  forgetAll(): void {
    this.names.clear();
  }
}
