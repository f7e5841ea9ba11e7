import { HttpDataNode, type NodeConnector } from '#dn-client';
import type { ServerRuntime } from '#server';

const MS_PER_S = 1000;

/** Connections to data nodes over HTTP, one kept set each. */
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
