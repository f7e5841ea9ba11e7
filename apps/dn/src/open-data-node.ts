import type { DnHooks, OpenCluster } from '#cluster';
import type { Json } from '#hdf5';
import type { CacheStatistics, Config, NodeStatistics, ServerRuntime } from '#server';
import type { CacheGroup, Clock, OpenedStore } from '#storage';
import { chunkCodec, type ChunkCache } from './chunk/chunks.js';
import { DnService } from './dn.service.js';
import type { FlushTimer } from './background/root.handlers.js';
import { documentCodec } from './object/document-codec.js';
import type { DocumentCache } from './object/documents.js';
import { storeStatistics } from './store-statistics.js';

export interface DataNodeParts {
  readonly runtime: Pick<ServerRuntime, 'config' | 'clock' | 'random' | 'log'>;
  readonly opened: Pick<OpenedStore, 'store'> & Partial<Pick<OpenedStore, 'meter'>>;
  readonly cluster: Pick<OpenCluster, 'gate' | 'owns' | 'custody'>;
  /** The caches of this process; the data node adds its own. */
  readonly caches: CacheGroup;
  /** A flush of a domain, or of everything, took so long. */
  readonly onFlushed?: (ms: number) => void;
}

/** A data node of this process: its service, its caches, its figures. */
export interface OpenDataNode {
  readonly service: DnService;
  readonly documents: DocumentCache;
  readonly chunks: ChunkCache;
  /** What the cluster asks of it when an epoch ends. */
  readonly hooks: DnHooks;
  statistics(): NodeStatistics;
}

const MS_PER_S = 1000;
/** Decoded chunks of linked HDF5 files: this part of the chunk cache's size, beside it. */
const LINKED_SHARE = 0.25;
/** Share of a cache that may be dirty: a write of 64 MiB need not wait for the disk. */
const DIRTY_SHARE = 0.5;
/** Puts of one cache at once, at least (cluster-protocol E14: 64). */
const FLUSH_PARALLELISM = 64;

/** Builds the caches and the service of a data node, and starts writing back. */
export function openDataNode(parts: DataNodeParts): OpenDataNode {
  const { config, clock, log } = parts.runtime;
  const { store, meter } = parts.opened;
  const timed = flushTimer(clock, parts.onFlushed);
  const { custody } = parts.cluster;
  const documents: DocumentCache = parts.caches.open({
    custody,
    codec: documentCodec,
    limits: limitsOf(config, config.metadata_mem_cache_size, config.metadata_mem_cache_expire),
  });
  const chunks: ChunkCache = parts.caches.open({
    custody,
    codec: chunkCodec,
    limits: limitsOf(config, config.chunk_mem_cache_size, config.chunk_mem_cache_expire),
  });
  const statistics = (): NodeStatistics => ({
    meta: statisticsOf(documents, config.metadata_mem_cache_size),
    chunk: statisticsOf(chunks, config.chunk_mem_cache_size),
    ...(meter === undefined ? {} : { store: storeStatistics(meter.snapshot(), config) }),
  });
  const service = new DnService({
    gate: parts.cluster.gate,
    store,
    documents,
    chunks,
    clock,
    owns: parts.cluster.owns,
    timed,
    writeEmptyChunks: config.write_zero_chunks,
    linkedFiles: {
      defaultBucket: config.bucket_name,
      anyBucket: config.allow_any_bucket_read,
      buckets: config.file_uri_buckets,
      gapBytes: config.max_rangeget_gap,
      cacheBytes: config.chunk_mem_cache_size * LINKED_SHARE,
      expireMs: config.chunk_mem_cache_expire * MS_PER_S,
    },
    onBackgroundError: (what, error) => {
      log.error(`${what} failed: ${error instanceof Error ? error.message : String(error)}`);
    },
    info: () => new Map<string, Json>(),
  });
  return { service, documents, chunks, hooks: hooksOf(service, parts.caches, timed), statistics };
}

/** Measures flushes, also those that fail. */
function flushTimer(clock: Clock, onFlushed: (ms: number) => void = () => undefined) {
  return async (flush: () => Promise<unknown>): Promise<void> => {
    const begun = clock.monotonic();
    try {
      await flush();
    } finally {
      onFlushed(clock.monotonic() - begun);
    }
  };
}

function hooksOf(service: DnService, caches: CacheGroup, timed: FlushTimer): DnHooks {
  return {
    beginDrain: () => {
      caches.expedite(true);
    },
    flushAll: () => timed(() => caches.flush()),
    // The gate refuses from now on; nothing else serves.
    stopServing: () => undefined,
    clearCaches: (lost) => {
      caches.invalidate({ force: lost });
      service.forget();
      caches.expedite(false);
    },
    dirty: () => caches.dirty(),
  };
}

function limitsOf(config: Config, cacheBytes: number, expireS: number) {
  return {
    cacheBytes,
    dirtyBytes: Math.max(cacheBytes * DIRTY_SHARE, 4 * config.max_chunk_size),
    flushAgeMs: config.s3_age_time * MS_PER_S,
    flushParallelism: Math.max(config.max_pending_write_requests, FLUSH_PARALLELISM),
    expireMs: expireS * MS_PER_S,
  };
}

function statisticsOf(cache: DocumentCache | ChunkCache, targetBytes: number): CacheStatistics {
  const { entries, bytes, dirtyEntries } = cache.stats();
  return { count: entries, dirtyCount: dirtyEntries, usedBytes: bytes, targetBytes };
}
