import type { Lease } from './lease.js';
import { phaseOf, type DnState } from './membership.js';
import { nodeMapOf } from './epoch-record.js';
import { NodeMap } from './node-map.js';
import {
  Refusal,
  type RefusalCode,
  type RouteTag,
  type ServeGate,
  type ServeKind,
  type Ticket,
} from './serve-gate.js';

const RETRY_MS: Readonly<Record<RefusalCode, number>> = {
  WRONG_EPOCH: 25,
  NOT_OWNER: 25,
  DRAINING: 50,
  SUSPENDED: 250,
  FENCED: 500,
};

/**
 * The serve test of a data node with epochs: right map, right owner, valid lease, and not handing
 * over; tested before an operation and again before its answer.
 */
export class LeaseGate implements ServeGate {
  private readonly writes = new Set<Ticket>();
  private map = new NodeMap(0, '', []);
  private self = -1;

  /** @param state the node's present state */
  constructor(
    private readonly lease: Lease,
    private readonly state: () => DnState,
    private readonly onIdle: () => void,
  ) {}

  /** A new epoch is served: ownership follows its map. */
  adopt(): void {
    const { view, self } = this.state();
    if (view === null) return;
    this.map = nodeMapOf(view.record, 0);
    this.self = this.map.nodes.findIndex((node) => node.ip === self.ip);
  }

  /** Writes of the present epoch that have been admitted and are not over. */
  get runningWrites(): number {
    const { epoch } = this.state();
    let count = 0;
    for (const ticket of this.writes) if (ticket.epoch === epoch) count += 1;
    return count;
  }

  /** Whether this node is the owner of a name in the epoch that it serves. */
  owns(name: string): boolean {
    return this.map.size > 0 && this.map.ownerOf(name) === this.self;
  }

  admit(tag: RouteTag | null, keys: readonly string[], kind: ServeKind): Ticket {
    const { stage, epoch, fingerprint } = this.state();
    if (stage === 'FENCED' || stage === 'GONE') throw this.refusal('FENCED');
    if (stage === 'STOPPED' || (stage === 'DRAINING' && kind === 'write')) {
      throw this.refusal('DRAINING');
    }
    const serves = stage === 'SERVING' || stage === 'DRAINING';
    const sameMap = tag?.epoch === epoch && tag.fingerprint === fingerprint;
    if (!serves || !sameMap) throw this.refusal('WRONG_EPOCH');
    if (!this.leasedToAdmit) throw this.refusal('SUSPENDED');
    if (!keys.every((key) => this.owns(key))) throw this.refusal('NOT_OWNER');
    const ticket: Ticket = { kind, epoch };
    if (kind === 'write') this.writes.add(ticket);
    return ticket;
  }

  confirm(ticket: Ticket): void {
    const { stage, epoch, drain } = this.state();
    // A write that outlasted the drain may have been missed by the flush: it must not be answered.
    const late = stage === 'DRAINING' && drain !== 'writes' && ticket.kind === 'write';
    const serves = stage === 'SERVING' || stage === 'DRAINING';
    if (ticket.epoch !== epoch || !serves || late) throw this.refusal('DRAINING', true);
    if (!this.leasedToConfirm) throw this.refusal('SUSPENDED', true);
  }

  release(ticket: Ticket): void {
    if (this.writes.delete(ticket) && this.writes.size === 0) this.onIdle();
  }

  /** The lease test before an operation; the simulator leaves it out to see the checks fail. */
  protected get leasedToAdmit(): boolean {
    return this.lease.valid;
  }

  /** The lease test before an answer. */
  protected get leasedToConfirm(): boolean {
    return this.lease.valid;
  }

  private refusal(code: RefusalCode, ran = false): Refusal {
    const state = this.state();
    const record = state.view?.record;
    return new Refusal({
      code,
      epoch: record?.epoch ?? 0,
      fingerprint: record?.fingerprint ?? '',
      phase: phaseOf(state, this.lease.valid),
      ...(record === undefined ? {} : { members: record.members.map((member) => member.ip) }),
      retryMs: RETRY_MS[code],
      ran,
    });
  }
}
