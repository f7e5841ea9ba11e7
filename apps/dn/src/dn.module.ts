import { Module, type DynamicModule } from '@nestjs/common';
import { ClusterModule, OPEN_CLUSTER } from '#cluster';
import type { ClusterNode, ClusterOptions, OpenCluster } from '#cluster';
import { HealthSource, HintController, NodeStatus, ServerModule } from '#server';
import type { ServerRuntime } from '#server';
import { StorageModule, type OpenedStore } from '#storage';
import { DataNodeModule, OPEN_DATA_NODE } from './data-node.module.js';
import { CallDoor } from './call-door.js';
import { DnHealth, DnStatus } from './dn-status.js';
import type { OpenDataNode } from './open-data-node.js';

export interface DnModuleParts {
  readonly runtime: ServerRuntime;
  readonly opened: OpenedStore;
  readonly cluster: ClusterOptions;
  /** Where this node listens, as the others know it. */
  readonly self: ClusterNode;
  /** Random id of this process start. */
  readonly boot: string;
}

/** A data node process. */
@Module({})
export class DnModule {
  static register({ runtime, opened, cluster, self, boot }: DnModuleParts): DynamicModule {
    return {
      module: DnModule,
      imports: [
        ClusterModule.register({ useFactory: () => cluster }),
        StorageModule.register({
          opened,
          clock: runtime.clock,
          random: runtime.random,
          // A fixed list never hands over, so nothing need be kept with the objects for it.
          ...(cluster.driver === 'kubernetes' ? { boot } : {}),
        }),
        DataNodeModule.register(runtime),
        ServerModule.register({
          runtime,
          ports: [
            {
              provide: NodeStatus,
              inject: [OPEN_CLUSTER, OPEN_DATA_NODE],
              useFactory: ({ view }: OpenCluster, node: OpenDataNode) =>
                new DnStatus({ runtime, view, node, self }),
            },
            { provide: HealthSource, useClass: DnHealth },
          ],
        }),
      ],
      controllers: [HintController],
      providers: [CallDoor],
    };
  }
}
