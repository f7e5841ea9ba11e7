import { Injectable } from '@nestjs/common';
import { numberOf, type ClusterNode, type MembershipView } from '#cluster';
import type { Json } from '#hdf5';
import {
  HealthSource,
  NodeStatus,
  type NodeState,
  type NodeStatistics,
  type ServerRuntime,
} from '#server';
import type { OpenDataNode } from './open-data-node.js';

const MS_PER_S = 1000;

/** A data node as `/about` and `/info` show it. */
export class DnStatus extends NodeStatus {
  readonly type = 'dn';
  readonly startTime: number;

  constructor(
    runtime: ServerRuntime,
    private readonly view: MembershipView,
    private readonly node: OpenDataNode,
    private readonly self: ClusterNode,
  ) {
    super();
    this.startTime = runtime.clock.now() / MS_PER_S;
  }

  get id(): string {
    return `dn-${String((this.nodeNumber() ?? 0) + 1).padStart(3, '0')}`;
  }

  state(): NodeState {
    return this.view.state;
  }

  nodeCount(): number {
    return this.view.current().size;
  }

  nodeNumber(): number | undefined {
    const map = this.view.current();
    return map.size === 0 ? undefined : numberOf(map, this.self);
  }

  dataNodeUrls(): readonly string[] {
    return this.view.current().nodes.map(({ ip, port }) => `http://${ip}:${port}`);
  }

  /** Membership is the serve gate's matter, an operation at a time. */
  admits(): boolean {
    return true;
  }

  statistics(): NodeStatistics {
    return this.node.statistics();
  }
}

/** What the probes of a data node see. */
@Injectable()
export class DnHealth extends HealthSource {
  started(): boolean {
    return true;
  }

  ready(): boolean {
    return true;
  }

  live(): boolean {
    return true;
  }

  cluster(): Readonly<Record<string, Json>> {
    return {};
  }
}
