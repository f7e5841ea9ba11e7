import {
  Global,
  Inject,
  Injectable,
  Module,
  type DynamicModule,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { MembershipService, OPEN_CLUSTER, type OpenCluster } from '#cluster';
import { ServerRuntime } from '#server';
import { CacheGroup, OPENED_STORE, type OpenedStore } from '#storage';
import { openDataNode, type OpenDataNode } from './open-data-node.js';

/** Injection token of this process's data node as its callers see it. */
export const DATA_NODE = Symbol('DataNode');
/** Injection token of the data node with its caches and figures. */
export const OPEN_DATA_NODE = Symbol('OpenDataNode');

/** Ties the data node to the cluster's epochs and to the end of the process. */
@Injectable()
export class DataNodeLife implements OnModuleInit, OnApplicationShutdown {
  constructor(
    @Inject(OPEN_DATA_NODE) private readonly node: OpenDataNode,
    private readonly caches: CacheGroup,
    private readonly membership: MembershipService,
    private readonly runtime: ServerRuntime,
  ) {}

  onModuleInit(): void {
    this.membership.attach(this.node.hooks, this.runtime.clock);
  }

  /** The server has stopped by now: what the last requests changed is stored. */
  async onApplicationShutdown(): Promise<void> {
    await this.caches.close();
    await this.node.service.collector.idle();
  }
}

/** A data node in this process: behind the HTTP door of `DnModule`, or called directly. */
@Global()
@Module({})
export class DataNodeModule {
  /** The process provides the `ClusterModule` and the `StorageModule`. */
  static register(runtime: ServerRuntime): DynamicModule {
    return {
      module: DataNodeModule,
      providers: [
        {
          provide: OPEN_DATA_NODE,
          inject: [OPEN_CLUSTER, OPENED_STORE, CacheGroup],
          useFactory: (cluster: OpenCluster, opened: OpenedStore, caches: CacheGroup) => {
            const { metrics } = runtime;
            metrics.watchStoreRequests(opened.meter);
            const onFlushed = (ms: number) => {
              metrics.cluster.flushed(ms);
            };
            return openDataNode({ runtime, opened, cluster, caches, onFlushed });
          },
        },
        {
          provide: DATA_NODE,
          inject: [OPEN_DATA_NODE],
          useFactory: (node: OpenDataNode) => node.service,
        },
        DataNodeLife,
      ],
      exports: [OPEN_DATA_NODE, DATA_NODE],
    };
  }
}
