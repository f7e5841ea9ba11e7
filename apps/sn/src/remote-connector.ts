import { LRUCache } from 'lru-cache';
import { RemoteDataNode, type NodeConnector } from '#dn-client';
import type { ServerRuntime } from '#server';

const MS_PER_S = 1000;
/** Each carries any number of calls: more only keep long answers from delaying one another. */
const CONNECTIONS_MAX = 4;
/** Data nodes whose connections are kept; pods come and go, each with an address of its own. */
const NODES_MAX = 1000;

/** Connections to data nodes of other processes, one kept set each. */
export function remoteConnector({ config, clock }: ServerRuntime): NodeConnector {
  const connections = Math.min(config.max_tcp_connections, CONNECTIONS_MAX);
  const timeoutMs = config.timeout * MS_PER_S;
  const nodes = new LRUCache<string, RemoteDataNode>({
    max: NODES_MAX,
    // Running calls still get their answers.
    dispose: (node) => {
      node.close();
    },
  });
  return ({ ip: host, port }) => {
    const name = `${host} ${port}`;
    const known = nodes.get(name);
    if (known !== undefined) return known;
    const node = new RemoteDataNode({ host, port, connections, timeoutMs, clock });
    nodes.set(name, node);
    return node;
  };
}
