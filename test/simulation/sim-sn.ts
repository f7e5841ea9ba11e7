import { ObjectEpochStore, PodWatch, SnAgent } from '#cluster';
import {
  DataNodes,
  HoldQueue,
  NodeUnreachable,
  decodeError,
  decodeFrame,
  encodeError,
  encodeFrame,
  operationCodecs,
  type CallContext,
  type DataNode,
  type OperationName,
  type ReplyOf,
  type RequestOf,
} from '#dn-client';
import type { Cluster } from './cluster.js';
import { Machine, SimProcess } from './process.js';
import { BUCKET, CLUSTER_ID, SELECTOR } from './sim-dn.js';
import { NetworkError } from './sim-network.js';
import { simPeers } from './sim-peers.js';

/** Of the HTTP client under the real program. */
const CALL_TIMEOUT_MS = 5000;

interface Answer {
  readonly status: number;
  readonly body: Uint8Array;
}

/** A service node: the real agent and router; calls travel in the real wire format. */
export class SimSn {
  readonly process: SimProcess;
  readonly agent: SnAgent;
  readonly nodes: DataNodes;
  private retries = 0;

  constructor(
    private readonly cluster: Cluster,
    name: string,
  ) {
    const { world, store } = cluster;
    this.process = new SimProcess(world, name, new Machine(world));
    const { clock, random } = this.process;
    const client = store.clientOf(this.process);
    const pods = new PodWatch({
      api: cluster.kubernetes.api.clientOf(this.process),
      clock,
      random,
      container: 'dn',
      onError: () => undefined,
    });
    this.agent = new SnAgent({
      clusterId: CLUSTER_ID,
      selector: SELECTOR,
      clock,
      random,
      epochs: new ObjectEpochStore(client, BUCKET, CLUSTER_ID),
      discovery: pods,
      peers: simPeers(cluster, this.process),
      log: () => undefined,
      dnPort: 1,
    });
    const connections = new Map<string, DataNode>();
    const connect = ({ ip }: { ip: string }): DataNode => {
      const known = connections.get(ip) ?? this.connect(ip);
      connections.set(ip, known);
      return known;
    };
    this.nodes = new DataNodes(this.agent, connect, new HoldQueue(clock, random));
    this.agent.start();
    const relist = () => {
      void pods.relist();
      clock.after(15_000, relist);
    };
    clock.after(15_000, relist);
  }

  private connect(ip: string): DataNode {
    return {
      call: async (operation, request, context) => {
        const codec = operationCodecs[operation];
        const body = Buffer.concat(encodeFrame(codec.request.encode(request)).parts);
        const sent = this.ablated(context);
        const answer = await this.post(ip, operation, { body, context: sent });
        if (answer.status !== 200) throw decodeError(answer.status, answer.body);
        return codec.reply(request).decode(decodeFrame(answer.body));
      },
    };
  }

  private ablated(context: CallContext): CallContext {
    const { ablation } = this.cluster;
    if (ablation === 'no-doubt') return { ...context, repeated: false };
    if (ablation !== 'no-dedupe') return context;
    this.retries += 1;
    return { ...context, requestId: `${context.requestId}.${this.retries}` };
  }

  private async post(
    ip: string,
    operation: OperationName,
    { body, context }: { body: Uint8Array; context: CallContext },
  ): Promise<Answer> {
    const { cluster } = this;
    try {
      return await cluster.network.call(this.process, ip, {
        timeoutMs: CALL_TIMEOUT_MS,
        work: async (process) => {
          const dn = cluster.dnOf.get(process);
          if (dn === undefined) throw new NetworkError('no data node');
          try {
            const answer = await serve(dn.node.service, operation, { body, context });
            cluster.log(process.name, 'answers', { operation, rq: context.requestId });
            return { status: 200, body: answer };
          } catch (error) {
            cluster.log(process.name, 'refuses', { rq: context.requestId, error: String(error) });
            return encodeError(error);
          }
        },
      });
    } catch (error) {
      if (error instanceof NetworkError) throw new NodeUnreachable(error.message, error);
      throw error;
    }
  }
}

/** What the data node's controller does. */
async function serve<K extends OperationName>(
  node: DataNode,
  operation: K,
  { body, context }: { body: Uint8Array; context: CallContext },
): Promise<Uint8Array> {
  const codec = operationCodecs[operation];
  const request: RequestOf<K> = codec.request.decode(decodeFrame(body));
  const { requestId, durability, repeated = false, tag } = context;
  const reply: ReplyOf<K> = await node.call(operation, request, {
    requestId,
    repeated,
    ...(durability === undefined ? {} : { durability }),
    ...(tag === undefined ? {} : { tag }),
  });
  return Buffer.concat(encodeFrame(codec.reply(request).encode(reply)).parts);
}
