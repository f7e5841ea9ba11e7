/**
 * Where objects are kept: the object store contract, its drivers (memory, file, S3) and layers
 * (retry, limit, meter), the write-back cache over them, and the world's time and chance as
 * arguments. No HTTP, no cluster membership, no knowledge of what the bytes mean.
 */
export * from './object-store.js';
export * from './key-order.js';
export * from './address-rules.js';
export * from './open-store.js';
export * from './runtime/clock.js';
export * from './runtime/random.js';
export type * from './runtime/tracer.js';
export { MemoryStore } from './drivers/memory.js';
export { FileStore, type FileStoreOptions } from './drivers/file.js';
export { lockRoot, type RootLock } from './drivers/file/root-lock.js';
export type { S3StoreOptions, S3Keys } from './drivers/s3-client.js';
export { RetryLayer, type RetryOptions } from './layers/retry.js';
export { LimitLayer, type LimitOptions } from './layers/limit.js';
export { MeterLayer, type OperationCounts, type StoreOperation } from './layers/meter.js';
export { cancelled, throwIfCancelled, waitWhile } from './flow/cancel.js';
export { KeyedLock } from './flow/keyed-lock.js';
export { Slots } from './flow/slots.js';
export { LruCache } from './cache/lru-cache.js';
export { SingleFlight } from './cache/single-flight.js';
export * from './cache/cache-options.js';
export * from './cache/update-operation.js';
export { newRequestId, requestedAtMs } from './cache/request-id.js';
export * from './cache/lent.js';
export { CacheGroup, type CacheGroupParts } from './cache/cache-group.js';
export * from './storage.module.js';
export { WriteBackCache, type CreateOptions } from './cache/write-back.js';
