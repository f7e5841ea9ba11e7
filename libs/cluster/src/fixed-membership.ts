import { HdfError } from '#hdf5';
import { canonicalIp, compareIps } from './ip-order.js';
import type { MembershipView, PublicState } from './membership-view.js';
import { NodeMap, type ClusterNode } from './node-map.js';
import {
  Refusal,
  type RouteTag,
  type ServeGate,
  type ServeKind,
  type Ticket,
} from './serve-gate.js';
import { mapFingerprint } from './fingerprint.js';

/** A map that never changes: one process, or a list from the configuration. Epoch 0. */
export class FixedMembership implements MembershipView {
  readonly ready: boolean;
  readonly state: PublicState;

  constructor(private readonly map: NodeMap) {
    this.ready = map.size > 0;
    this.state = this.ready ? 'READY' : 'INITIALIZING';
  }

  current(): NodeMap {
    return this.map;
  }

  refresh(): Promise<void> {
    return Promise.resolve();
  }

  onChange(): () => void {
    return () => undefined;
  }
}

/** The gate of a node of a fixed map: only ownership (and the caller's list) is tested. */
export class StaticGate implements ServeGate {
  /**
   * @param map the fixed map
   * @param self this node's number in it
   */
  constructor(
    private readonly map: NodeMap,
    private readonly self: number,
  ) {}

  admit(tag: RouteTag | null, keys: readonly string[], kind: ServeKind): Ticket {
    if (tag !== null && tag.fingerprint !== this.map.fingerprint) throw this.refusal('WRONG_EPOCH');
    if (this.map.size > 1 && keys.some((key) => this.map.ownerOf(key) !== this.self)) {
      throw this.refusal('NOT_OWNER');
    }
    return { kind, epoch: this.map.epoch };
  }

  confirm(): void {
    // A fixed map has no moment at which an admitted operation becomes someone else's.
  }

  release(): void {
    // Nothing waits for operations to end.
  }

  private refusal(code: 'WRONG_EPOCH' | 'NOT_OWNER'): Refusal {
    const { epoch, fingerprint, nodes } = this.map;
    const members = nodes.map((node) => node.ip);
    return new Refusal({
      code,
      epoch,
      fingerprint,
      phase: 'FIXED',
      members,
      retryMs: 1000,
      ran: false,
    });
  }
}

/** A fixed map over the nodes in canonical order, whatever order they are listed in. */
export function fixedMap(nodes: readonly ClusterNode[]): NodeMap {
  const ordered = nodes
    .map((node) => ({ ...node, ip: canonicalIp(node.ip) }))
    .sort((a, b) => compareIps(a.ip, b.ip) || a.port - b.port);
  const names = ordered.map((node) => `${node.ip} ${node.port}`);
  return new NodeMap(0, mapFingerprint('fixed', names), ordered);
}

/**
 * Number of a node in a fixed map.
 * @throws HdfError `invalid` when the list does not hold it
 */
export function numberOf(map: NodeMap, self: ClusterNode): number {
  const ip = canonicalIp(self.ip);
  const number = map.nodes.findIndex((node) => node.ip === ip && node.port === self.port);
  if (number >= 0) return number;
  const listed = map.nodes.map((node) => `${node.ip}:${node.port}`).join(', ');
  throw new HdfError('invalid', `this node ${ip}:${self.port} is not in the node list ${listed}`);
}
