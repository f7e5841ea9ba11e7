import { Injectable } from '@nestjs/common';
import {
  canonicalIp,
  MembershipService,
  type ClusterNode,
  type MembershipView,
  type NodeMap,
} from '#cluster';
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

export interface DnStatusParts {
  readonly runtime: ServerRuntime;
  readonly view: MembershipView;
  readonly node: OpenDataNode;
  readonly self: ClusterNode;
}

/** A data node as `/about` and `/info` show it. */
export class DnStatus extends NodeStatus {
  readonly type = 'dn';
  readonly startTime: number;

  constructor(private readonly parts: DnStatusParts) {
    super();
    this.startTime = parts.runtime.clock.now() / MS_PER_S;
  }

  get id(): string {
    return `dn-${String((this.nodeNumber() ?? 0) + 1).padStart(3, '0')}`;
  }

  state(): NodeState {
    return this.parts.view.state;
  }

  nodeCount(): number {
    return this.parts.view.current().size;
  }

  nodeNumber(): number | undefined {
    const map = this.parts.view.current();
    return numberIn(map, this.parts.self);
  }

  dataNodeUrls(): readonly string[] {
    return this.parts.view.current().nodes.map(({ ip, port }) => `http://${ip}:${port}`);
  }

  /** Membership is the serve gate's matter, an operation at a time. */
  admits(): boolean {
    return true;
  }

  statistics(): NodeStatistics {
    return this.parts.node.statistics();
  }
}

/** This node's number in a map, undefined when it is not in it. */
function numberIn(map: NodeMap, self: ClusterNode): number | undefined {
  const ip = canonicalIp(self.ip);
  const number = map.nodes.findIndex((node) => node.ip === ip && node.port === self.port);
  return number < 0 ? undefined : number;
}

/** What the probes of a data node see. */
@Injectable()
export class DnHealth extends HealthSource {
  constructor(private readonly membership: MembershipService) {
    super();
  }

  started(): boolean {
    return this.membership.started;
  }

  ready(): boolean {
    return this.membership.ready;
  }

  /** The loop that answers this is alive; the watchdog ends one that is not. */
  live(): boolean {
    return true;
  }

  override trouble(): string | null {
    return this.membership.trouble;
  }

  cluster(): Readonly<Record<string, Json>> {
    return this.membership.facts();
  }
}
