import { Module, type DynamicModule } from '@nestjs/common';
import {
  ClusterModule,
  MEMBERSHIP_VIEW,
  numberOf,
  type ClusterNode,
  type ClusterOptions,
  type MembershipView,
} from '#cluster';
import { HealthSource, NodeStatus, ServerModule, type ServerRuntime } from '#server';
import type { ObjectStore } from '#storage';
import { DataNodeModule, OPEN_DATA_NODE } from './data-node.module.js';
import { DnController } from './dn.controller.js';
import { DnHealth, DnStatus } from './dn-status.js';
import type { OpenDataNode } from './open-data-node.js';

export interface DnModuleParts {
  readonly runtime: ServerRuntime;
  readonly store: ObjectStore;
  readonly cluster: ClusterOptions;
  /** Where this node listens, as the others know it. */
  readonly self: ClusterNode;
}

/** A data node process. */
@Module({})
export class DnModule {
  static register({ runtime, store, cluster, self }: DnModuleParts): DynamicModule {
    return {
      module: DnModule,
      imports: [
        ClusterModule.register({ useFactory: () => cluster }),
        DataNodeModule.register({
          runtime,
          store,
          numberIn: (map) => numberOf(map, self),
        }),
        ServerModule.register({
          runtime,
          ports: [
            {
              provide: NodeStatus,
              inject: [MEMBERSHIP_VIEW, OPEN_DATA_NODE],
              useFactory: (view: MembershipView, node: OpenDataNode) =>
                new DnStatus(runtime, view, node, self),
            },
            { provide: HealthSource, useClass: DnHealth },
          ],
        }),
      ],
      controllers: [DnController],
    };
  }
}
