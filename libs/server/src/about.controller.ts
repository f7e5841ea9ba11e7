import { Controller, Get, Head } from '@nestjs/common';
import type { JsonOut } from '#hdf5';
import { Access, Ctx } from './access.js';
import { NodeStatus, type CacheStatistics, type StoreStatistics } from './ports.js';
import type { AccessRule, RequestContext } from './request-context.js';
import { ServerRuntime } from './runtime.js';
import { SystemStatistics } from './system-statistics.js';

const ABOUT: AccessRule = {
  action: null,
  credentials: 'checked',
  domain: 'none',
  body: 'none',
  always: true,
};
const INFO: AccessRule = { ...ABOUT, credentials: 'ignored' };

/**
 * Ids of data nodes as clients see them. Clients compare the set of an open file with that of each
 * flush, so it must not change with the cluster: it is one logical node.
 */
export const LOGICAL_DN_IDS: readonly string[] = ['dn-001'];

/** What the service is and how it does; answered in every node state. */
@Controller()
export class AboutController {
  constructor(
    private readonly runtime: ServerRuntime,
    private readonly node: NodeStatus,
    private readonly system: SystemStatistics,
  ) {}

  @Get('about')
  @Access(ABOUT)
  about(@Ctx() { user }: RequestContext): JsonOut {
    const { config, version } = this.runtime;
    return {
      start_time: Math.floor(this.node.startTime),
      state: this.node.state(),
      hsds_version: version,
      name: config.server_name,
      greeting: config.greeting,
      about: config.about,
      node_count: this.node.nodeCount(),
      dn_urls: this.node.dataNodeUrls(),
      dn_ids: LOGICAL_DN_IDS,
      username: user.anonymous ? 'anonymous' : user.name,
      isadmin: user.admin,
    };
  }

  @Head('about')
  @Access(ABOUT)
  headAbout(@Ctx() context: RequestContext): JsonOut {
    return this.about(context);
  }

  @Get('info')
  @Access(INFO)
  info(): JsonOut {
    const { load, log } = this.runtime;
    const { store, meta, chunk, domain } = this.node.statistics();
    return {
      node: this.nodeInfo(),
      cpu: this.system.cpu(),
      diskio: this.system.diskio(),
      netio: this.system.netio(),
      memory: this.system.memory(),
      disk: this.system.disk(),
      log_stats: log.written,
      req_count: { ...load.served, num_tasks: load.active },
      ...(store === undefined ? {} : storeInfo(store)),
      meta_cache_stats: cacheInfo(meta),
      chunk_cache_stats: cacheInfo(chunk),
      domain_cache_stats: cacheInfo(domain),
    };
  }

  @Head('info')
  @Access(INFO)
  headInfo(): JsonOut {
    return this.info();
  }

  private nodeInfo(): JsonOut {
    const number = this.node.type === 'dn' ? this.node.nodeNumber() : undefined;
    return {
      id: this.node.id,
      type: this.node.type,
      start_time: Math.floor(this.node.startTime),
      state: this.node.state(),
      node_number: number,
      node_count: this.node.nodeCount(),
    };
  }
}

function storeInfo(store: StoreStatistics): Record<string, JsonOut> {
  return {
    [`${store.backend}_stats`]: {
      get_count: store.getCount,
      put_count: store.putCount,
      delete_count: store.deleteCount,
      list_count: store.listCount,
      error_count: store.errorCount,
      bytes_in: store.bytesIn,
      bytes_out: store.bytesOut,
    },
  };
}

function cacheInfo(cache: CacheStatistics | undefined): JsonOut {
  if (cache === undefined) return {};
  const { count, dirtyCount, usedBytes, targetBytes } = cache;
  return {
    count,
    dirty_count: dirtyCount,
    // HSDS spells it so.
    utililization_per: targetBytes === 0 ? 0 : Math.round((usedBytes / targetBytes) * 1000) / 10,
    mem_used: usedBytes,
    mem_target: targetBytes,
  };
}
