import {
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

/** A data node behind the wire's codecs but without a network: nothing live gets through. */
export class WireLoopback implements DataNode {
  constructor(private readonly node: DataNode) {}

  async call<K extends OperationName>(
    operation: K,
    request: RequestOf<K>,
    context: CallContext,
  ): Promise<ReplyOf<K>> {
    const codec = operationCodecs[operation];
    const received = codec.request.decode(decodeFrame(sent(codec.request.encode(request))));
    try {
      const reply = await this.node.call(operation, received, context);
      const answer = sent(codec.reply(received).encode(reply));
      return codec.reply(request).decode(decodeFrame(answer));
    } catch (error) {
      const { status, body } = encodeError(error);
      throw decodeError(status, body);
    }
  }
}

function sent(frame: Parameters<typeof encodeFrame>[0]): Uint8Array {
  return Buffer.concat(encodeFrame(frame).parts);
}
