import { rootPrefix } from '#hdf5';
import type { ObjectStore } from '#storage';
import { listing } from '../chunk/trim.handler.js';
import { parallel } from '../chunk/parallel.js';

/**
 * Deletes the stored objects of deleted domains, one domain after the other, in the background.
 * What a crash leaves behind is unreachable and harmless.
 */
export class Collector {
  private tail: Promise<void> = Promise.resolve();
  private readonly running = new Map<string, Promise<void>>();

  constructor(
    private readonly store: ObjectStore,
    private readonly onError: (root: string, error: unknown) => void,
  ) {}

  /** Queues a domain's objects for deletion. */
  collect(bucket: string, root: string): void {
    const name = `${bucket}/${root}`;
    if (this.running.has(name)) return;
    const work = this.tail
      .then(() => this.deleteAll(bucket, root))
      .catch((error: unknown) => {
        this.onError(root, error);
      })
      .finally(() => this.running.delete(name));
    this.running.set(name, work);
    this.tail = work;
  }

  /** Resolves when nothing of this domain is left to delete. */
  async settled(bucket: string, root: string): Promise<void> {
    await this.running.get(`${bucket}/${root}`);
  }

  /** Resolves when all queued work is done. */
  async idle(): Promise<void> {
    await this.tail;
  }

  private async deleteAll(bucket: string, root: string): Promise<void> {
    for await (const objects of listing(this.store, bucket, rootPrefix(root))) {
      await parallel(objects, ({ key }) => this.store.delete({ bucket, key }));
    }
  }
}
