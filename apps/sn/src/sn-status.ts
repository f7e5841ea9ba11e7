import { Inject, Injectable } from '@nestjs/common';
import { MEMBERSHIP_VIEW, MembershipService, type MembershipView } from '#cluster';
import { DataNodes } from '#dn-client';
import type { Json } from '#hdf5';
import {
  HealthSource,
  NodeStatus,
  ServerRuntime,
  type NodeState,
  type NodeStatistics,
} from '#server';

const MS_PER_S = 1000;

/** A service node as `/about` and `/info` show it. */
@Injectable()
export class SnStatus extends NodeStatus {
  readonly type = 'sn';
  readonly id: string;
  readonly startTime: number;

  constructor(
    runtime: ServerRuntime,
    @Inject(MEMBERSHIP_VIEW) private readonly view: MembershipView,
  ) {
    super();
    this.startTime = runtime.clock.now() / MS_PER_S;
    this.id = 'sn-001';
  }

  state(): NodeState {
    return this.view.state;
  }

  nodeCount(): number {
    return this.view.current().size;
  }

  nodeNumber(): undefined {
    return undefined;
  }

  dataNodeUrls(): readonly string[] {
    return this.view.current().nodes.map(({ ip, port }) => `http://${ip}:${port}`);
  }

  /** Requests wait inside while ownership moves; only a node without any map refuses. */
  admits(): boolean {
    return this.view.ready;
  }

  statistics(): NodeStatistics {
    return {};
  }
}

/** What the probes of a service node see: itself, never the data nodes. */
@Injectable()
export class SnHealth extends HealthSource {
  constructor(
    private readonly membership: MembershipService,
    private readonly runtime: ServerRuntime,
    private readonly nodes: DataNodes,
  ) {
    super();
  }

  started(): boolean {
    return true;
  }

  /** A process that is about to end takes no new connections. */
  ready(): boolean {
    return this.membership.ready && !this.runtime.draining;
  }

  live(): boolean {
    return true;
  }

  override trouble(): string | null {
    return this.membership.trouble;
  }

  cluster(): Readonly<Record<string, Json>> {
    const { waiting, waitingBytes } = this.nodes.hold;
    return { ...this.membership.facts(), heldRequests: waiting, heldBytes: waitingBytes };
  }
}
