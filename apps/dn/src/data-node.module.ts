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
import type { OpenedStore } from '#storage';
import { openDataNode, type OpenDataNode } from './open-data-node.js';

/** Injection token of this process's data node as its callers see it. */
export const DATA_NODE = Symbol('DataNode');
/** Injection token of the data node with its caches and figures. */
export const OPEN_DATA_NODE = Symbol('OpenDataNode');

export interface DataNodeModuleParts {
  readonly runtime: ServerRuntime;
  readonly opened: OpenedStore;
  /** Random id of this process start, in a cluster. */
  readonly boot?: string;
}

/** Ties the data node to the cluster's epochs and to the end of the process. */
@Injectable()
export class DataNodeLife implements OnModuleInit, OnApplicationShutdown {
  constructor(
    @Inject(OPEN_DATA_NODE) private readonly node: OpenDataNode,
    private readonly membership: MembershipService,
    private readonly runtime: ServerRuntime,
  ) {}

  onModuleInit(): void {
    this.membership.attach(this.node.hooks, this.runtime.clock);
  }

  /** The server has stopped by now: what the last requests changed is stored. */
  async onApplicationShutdown(): Promise<void> {
    const { service, documents, chunks } = this.node;
    await service.flushAll();
    await Promise.all([documents.stop(), chunks.stop()]);
  }
}

/** A data node in this process: behind the HTTP door of `DnModule`, or called directly. */
@Global()
@Module({})
export class DataNodeModule {
  static register({ runtime, opened, boot }: DataNodeModuleParts): DynamicModule {
    return {
      module: DataNodeModule,
      providers: [
        {
          provide: OPEN_DATA_NODE,
          inject: [OPEN_CLUSTER],
          useFactory: (cluster: OpenCluster) => {
            runtime.metrics.watchStoreRequests(() => opened.meter.snapshot());
            return openDataNode({
              runtime,
              opened,
              cluster,
              ...(boot === undefined ? {} : { boot }),
            });
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
