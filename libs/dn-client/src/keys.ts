import { chunkId, type ChunkSpec } from '#hdf5';
import type { DomainAddress, OperationName, RequestOf } from './operations.js';

/** The name by which a domain is hashed to its owner. */
export function domainKey(address: DomainAddress): string {
  return address.bucket + address.path;
}

/** The chunk id that a part of a chunk request touches. */
export function partKey(spec: ChunkSpec, part: { readonly chunk: readonly number[] }): string {
  return chunkId(spec.datasetId, part.chunk, spec.partitionCount);
}

interface AnyChunkRequest {
  readonly spec: ChunkSpec;
  readonly parts: readonly { readonly chunk: readonly number[] }[];
}

function chunkKeys(request: AnyChunkRequest): string[] {
  return request.parts.map((part) => partKey(request.spec, part));
}

type Keys = { [K in OperationName]: ((request: RequestOf<K>) => string[]) | 'every-node' };

/** The owned names that a request touches, or that any node may serve it. */
export const operationKeys: Keys = {
  'domain.read': (request) => [domainKey(request)],
  'domain.readMany': (request) => request.domains.map(domainKey),
  'domain.create': (request) => [domainKey(request)],
  'domain.putAcl': (request) => [domainKey(request)],
  'domain.delete': (request) => [domainKey(request)],
  'domain.list': 'every-node',
  'object.read': (request) => [...request.ids],
  'object.create': (request) => request.documents.map((document) => document.id),
  'object.delete': (request) => [request.id],
  'link.list': (request) => [request.id],
  'link.put': (request) => [request.id],
  'link.delete': (request) => [request.id],
  'attribute.list': (request) => [request.id],
  'attribute.put': (request) => [request.id],
  'attribute.putValue': (request) => [request.id],
  'attribute.delete': (request) => [request.id],
  'dataset.resize': (request) => [request.id],
  'chunk.read': chunkKeys,
  'chunk.write': chunkKeys,
  'chunk.readPoints': chunkKeys,
  'chunk.writePoints': chunkKeys,
  'chunk.query': chunkKeys,
  'chunk.trim': 'every-node',
  'root.flush': 'every-node',
  'root.drop': 'every-node',
  'root.collect': (request) => [request.root],
  'root.revive': 'every-node',
  'root.scan': (request) => [request.root],
  'root.lastChange': 'every-node',
  'node.info': 'every-node',
};

/** Operations that change stored state; the others may be read from a draining node. */
const WRITES: ReadonlySet<OperationName> = new Set([
  'domain.create',
  'domain.putAcl',
  'domain.delete',
  'object.create',
  'object.delete',
  'link.put',
  'link.delete',
  'attribute.put',
  'attribute.putValue',
  'attribute.delete',
  'dataset.resize',
  'chunk.write',
  'chunk.writePoints',
  'chunk.trim',
  'root.drop',
  'root.collect',
  'root.revive',
]);

/** True when the request may change stored state. */
export function isWrite<K extends OperationName>(operation: K, request: RequestOf<K>): boolean {
  return WRITES.has(operation) || (operation === 'chunk.query' && 'update' in request);
}
