import { Module, type DynamicModule } from '@nestjs/common';
import { ClusterModule, type ClusterNode, type ClusterOptions } from '#cluster';
import { DATA_NODE, DataNodeModule } from '#dn';
import type { DataNode, NodeConnector } from '#dn-client';
import type { ServerRuntime } from '#server';
import { remoteConnector, SnModule } from '#sn';
import { StorageModule, type OpenedStore } from '#storage';

export interface EmbeddedParts {
  readonly runtime: ServerRuntime;
  readonly opened: OpenedStore;
  /** Data nodes in processes of their own; none: one data node in this process. */
  readonly dataNodes: readonly ClusterNode[];
}

/** Everything on one machine: a service node with its data node inside, or with some beside it. */
@Module({})
export class EmbeddedModule {
  static register({ runtime, opened, dataNodes }: EmbeddedParts): DynamicModule {
    const inside = dataNodes.length === 0;
    const cluster: ClusterOptions = inside
      ? { driver: 'embedded' }
      : { driver: 'static', nodes: dataNodes };
    const connector = inside
      ? {
          inject: [DATA_NODE],
          useFactory:
            (node: DataNode): NodeConnector =>
            () =>
              node,
        }
      : { inject: [], useFactory: () => remoteConnector(runtime) };
    return {
      module: EmbeddedModule,
      imports: [
        ClusterModule.register({ useFactory: () => cluster }),
        ...(inside ? storageAndDataNode(runtime, opened) : []),
        SnModule.register({ runtime, connector }),
      ],
    };
  }
}

function storageAndDataNode(runtime: ServerRuntime, opened: OpenedStore): DynamicModule[] {
  const { clock, random } = runtime;
  return [StorageModule.register({ opened, clock, random }), DataNodeModule.register(runtime)];
}
