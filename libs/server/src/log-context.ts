import { Inject, Injectable, Optional } from '@nestjs/common';
import { OPEN_CLUSTER, type OpenCluster } from '#cluster';
import type { LogFields } from './logger.js';
import { HealthSource, NodeStatus } from './ports.js';
import { ServerRuntime } from './runtime.js';

const SERVICE = 'hsds';

/** Gives every record of the log the node that wrote it, and the epoch that it served then. */
@Injectable()
export class LogContext {
  /** Of this process start: the one that the cluster knows, where there is one. */
  private readonly boot: string;

  constructor(
    runtime: ServerRuntime,
    private readonly node: NodeStatus,
    health: HealthSource,
    @Optional() @Inject(OPEN_CLUSTER) private readonly cluster?: OpenCluster,
  ) {
    const { boot } = health.cluster();
    this.boot = typeof boot === 'string' ? boot : runtime.newRequestId();
    runtime.log.setContext(() => this.fields());
  }

  private fields(): LogFields {
    const { type } = this.node;
    const index = this.node.nodeNumber();
    const map = this.cluster?.view.current();
    return {
      service: SERVICE,
      node_role: type,
      ...(index === undefined ? {} : { node_index: index }),
      boot: this.boot,
      ...(map === undefined ? {} : { epoch: map.epoch, map_fp: map.fingerprint }),
    };
  }
}
