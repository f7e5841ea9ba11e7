import { Global, Module, type DynamicModule } from '@nestjs/common';
import { CacheGroup } from './cache/cache-group.js';
import type { OpenedStore } from './open-store.js';
import type { Clock } from './runtime/clock.js';
import type { Random } from './runtime/random.js';

/** Provider token of the {@link OpenedStore} of this process. */
export const OPENED_STORE = Symbol('OpenedStore');

export interface StorageModuleParts {
  readonly opened: OpenedStore;
  readonly clock: Clock;
  readonly random: Random;
  /** Random id of this process start, in a cluster that hands objects over. */
  readonly boot?: string;
}

/**
 * The object store (S3, disk or memory, inside its layers) and the group of LRU write-back caches
 * over it, which a membership change invalidates. The process opens the store before Nest, because
 * the cluster's epoch record lives there, and closes it after the last flush.
 */
@Global()
@Module({})
export class StorageModule {
  static register({ opened, ...rest }: StorageModuleParts): DynamicModule {
    const caches = new CacheGroup({ store: opened.store, ...rest });
    return {
      module: StorageModule,
      providers: [
        { provide: OPENED_STORE, useValue: opened },
        { provide: CacheGroup, useValue: caches },
      ],
      exports: [OPENED_STORE, CacheGroup],
    };
  }
}
