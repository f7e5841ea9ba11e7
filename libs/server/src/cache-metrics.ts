import { Injectable, Optional } from '@nestjs/common';
import { CacheGroup } from '#storage';
import { watchCaches } from './flow-metrics.js';
import { ServerRuntime } from './runtime.js';

/** Shows what the caches of this process count, where it has some. */
@Injectable()
export class CacheMetrics {
  constructor(runtime: ServerRuntime, @Optional() caches?: CacheGroup) {
    if (caches !== undefined) watchCaches(runtime.metrics.registry, () => caches.counters());
  }
}
