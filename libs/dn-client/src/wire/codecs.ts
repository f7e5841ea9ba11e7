import type { OperationName, ReplyOf, RequestOf } from '../operations.js';
import * as chunks from './chunk-codecs.js';
import * as documents from './document-codecs.js';
import * as points from './point-codecs.js';
import { plainCodec, type Codec } from './codec.js';

/** How an operation travels. A reply may lean on its request for what both sides know. */
export interface OperationCodec<K extends OperationName> {
  readonly request: Codec<RequestOf<K>>;
  reply(request: RequestOf<K>): Codec<ReplyOf<K>>;
}

type CodecTable = { [K in OperationName]: OperationCodec<K> };

function plainOperation<K extends OperationName>(): OperationCodec<K> {
  const reply = plainCodec<ReplyOf<K>>();
  return { request: plainCodec<RequestOf<K>>(), reply: () => reply };
}

/** Every operation's codec: the whole SN-DN wire format is this table and `frame.ts`. */
export const operationCodecs: CodecTable = {
  'domain.read': { ...plainOperation<'domain.read'>(), reply: () => documents.domainReadReply },
  'domain.readMany': {
    ...plainOperation<'domain.readMany'>(),
    reply: () => documents.domainReadManyReply,
  },
  'domain.create': {
    ...plainOperation<'domain.create'>(),
    request: documents.domainCreateRequest,
  },
  'domain.putAcl': plainOperation(),
  'domain.delete': plainOperation(),
  'domain.list': plainOperation(),
  'object.read': { ...plainOperation<'object.read'>(), reply: () => documents.objectReadReply },
  'object.create': {
    ...plainOperation<'object.create'>(),
    request: documents.objectCreateRequest,
  },
  'object.delete': plainOperation(),
  'link.list': plainOperation(),
  'link.put': plainOperation(),
  'link.delete': plainOperation(),
  'attribute.list': {
    ...plainOperation<'attribute.list'>(),
    reply: () => documents.attributeListReply,
  },
  'attribute.put': {
    ...plainOperation<'attribute.put'>(),
    request: documents.attributePutRequest,
  },
  'attribute.putValue': {
    ...plainOperation<'attribute.putValue'>(),
    request: documents.attributePutValueRequest,
  },
  'attribute.delete': plainOperation(),
  'dataset.resize': plainOperation(),
  'chunk.read': { request: chunks.chunkReadRequest, reply: chunks.chunkReadReply },
  'chunk.write': { ...plainOperation<'chunk.write'>(), request: chunks.chunkWriteRequest },
  'chunk.readPoints': {
    request: points.chunkReadPointsRequest,
    reply: points.chunkReadPointsReply,
  },
  'chunk.writePoints': {
    ...plainOperation<'chunk.writePoints'>(),
    request: points.chunkWritePointsRequest,
  },
  'chunk.query': { request: points.chunkQueryRequest, reply: points.chunkQueryReply },
  'chunk.trim': { ...plainOperation<'chunk.trim'>(), request: chunks.chunkTrimRequest },
  'root.flush': plainOperation(),
  'root.drop': plainOperation(),
  'root.collect': plainOperation(),
  'root.revive': plainOperation(),
  'root.scan': { ...plainOperation<'root.scan'>(), reply: () => documents.rootScanReply },
  'root.lastChange': plainOperation(),
  'node.info': { ...plainOperation<'node.info'>(), reply: () => documents.nodeInfoReply },
};

/** True for the name of an operation (own members only). */
export function isOperationName(name: string): name is OperationName {
  return Object.hasOwn(operationCodecs, name);
}
