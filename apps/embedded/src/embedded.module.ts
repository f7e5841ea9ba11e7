import { Module, type DynamicModule } from '@nestjs/common';
import { ClusterModule, type ClusterNode, type ClusterOptions } from '#cluster';
import { DATA_NODE, DataNodeModule } from '#dn';
import { HttpDataNode, type DataNode, type NodeConnector } from '#dn-client';
import type { ServerRuntime } from '#server';
import { SnModule } from '#sn';
import type { ObjectStore } from '#storage';

export interface EmbeddedParts {
  readonly runtime: ServerRuntime;
  readonly store: ObjectStore;
  /** Data nodes in processes of their own; none: one data node in this process. */
  readonly dataNodes: readonly ClusterNode[];
}

/** Everything on one machine: a service node with its data node inside, or with some beside it. */
@Module({})
export class EmbeddedModule {
  static register({ runtime, store, dataNodes }: EmbeddedParts): DynamicModule {
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
      : { inject: [], useFactory: () => httpConnector(runtime) };
    return {
      module: EmbeddedModule,
      imports: [
        ClusterModule.register({ useFactory: () => cluster }),
        ...(inside ? [DataNodeModule.register({ runtime, store, numberIn: () => 0 })] : []),
        SnModule.register({ runtime, connector }),
      ],
    };
  }
}

const MS_PER_S = 1000;

/** One kept set of connections a data node. */
export function httpConnector(runtime: ServerRuntime): NodeConnector {
  const { max_tcp_connections: connections, timeout } = runtime.config;
  const nodes = new Map<string, HttpDataNode>();
  return ({ ip, port }) => {
    const host = ip.includes(':') ? `[${ip}]` : ip;
    const origin = `http://${host}:${port}`;
    const known = nodes.get(origin);
    if (known !== undefined) return known;
    const node = new HttpDataNode(origin, { connections, timeoutMs: timeout * MS_PER_S });
    nodes.set(origin, node);
    return node;
  };
}
