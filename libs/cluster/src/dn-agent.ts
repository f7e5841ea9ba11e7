import { sleep, type CancelTimer, type Custody } from '#storage';
import type { DnAgentParts, DnHooks } from './agent-parts.js';
import { CutOff, Rejoiner, StopNotes } from './dn-duties.js';
import type { EpochRecord, RecordAuthor } from './epoch-record.js';
import { describeHealth } from './describe-health.js';
import type { HealthReport } from './health-report.js';
import { LEASE_TIMES, Lease } from './lease.js';
import { LeaseGate } from './lease-gate.js';
import {
  publicStateOf,
  startingNode,
  stepNode,
  type DnAction,
  type DnEvent,
  type DnState,
} from './membership.js';
import type { PublicState } from './membership-view.js';
import { Proposer, type ProposerHost } from './proposer.js';
import { RecordReader } from './record-reader.js';
import { withTimeout } from './timed.js';

/** The beat: slow when all is quiet, fast while something is to be done. */
const QUIET_BEAT_MS = 200;
const BUSY_BEAT_MS = 50;
/** A beat so late means that the process stood still: nothing is served before a fresh read. */
const STALL_MS = 1000;
/** Without a lease, or during a transition, the record is read this often. */
const ANXIOUS_READ_MS = 500;
const SWAP_TIMEOUT_MS = 3000;
/** Running writes may end for so long; what takes longer is not acknowledged. */
const DRAIN_WRITES_MS = 5000;

/** A data node's part in the cluster: performs what the pure steps decide. */
export class DnAgent {
  readonly gate: LeaseGate;
  readonly custody: Custody = {
    leased: () => this.lease.valid,
    // While it drains no lease is renewed, but nobody serves the next epoch before it is done.
    mayStore: () => this.lease.valid || this.current.stage === 'DRAINING',
  };
  private current: DnState;
  private hooks: DnHooks | null = null;
  private readonly lease: Lease;
  private readonly reader: RecordReader;
  private readonly proposer: Proposer;
  private cancelBeat: CancelTimer = () => undefined;
  private beatAt = 0;
  private readAt = Number.NEGATIVE_INFINITY;
  /** Without a new lease since then, not counting when it stood still: the store was not asked. */
  private leasedAt: number;
  private drainSince = 0;
  /** Writes outlasted the drain: they are never acknowledged, and what they change is dropped. */
  private cutWrites = false;
  private preflushed = '';
  private readonly rejoiner: Rejoiner;
  private readonly notes: StopNotes;
  private readonly cutOff: CutOff;
  private readonly listeners = new Set<() => void>();

  constructor(private readonly parts: DnAgentParts) {
    const { clock, self } = parts;
    this.current = startingNode(self);
    const readClocks = () => ({ wall: clock.now(), monotonic: clock.monotonic() });
    this.lease = new Lease(readClocks, parts.lease);
    this.leasedAt = clock.monotonic();
    const state = () => this.current;
    const onIdle = () => {
      this.proceedDrain();
    };
    this.gate =
      parts.openGate?.(this.lease, state, onIdle) ?? new LeaseGate(this.lease, state, onIdle);
    this.reader = new RecordReader(
      parts.epochs,
      clock,
      (sighting) => {
        this.see({ see: 'record', ...sighting });
      },
      (error) => {
        parts.log('record-unread', { error: String(error) });
      },
    );
    const host: ProposerHost = {
      state: () => this.current,
      report: () => this.health(),
      author: () => this.author(),
      refresh: () => this.reader.read(),
      swap: (etag, record) => this.swap(etag, record),
    };
    this.proposer = new Proposer(parts, host);
    this.rejoiner = new Rejoiner(parts, host);
    this.notes = new StopNotes(parts);
    this.cutOff = new CutOff(parts);
  }

  get state(): DnState {
    return this.current;
  }

  get publicState(): PublicState {
    return publicStateOf(this.current, this.lease.valid);
  }

  /** Called after every change of stage or epoch. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Begins: probes the store until it answers, then takes part. @param hooks of the data node */
  async start(hooks: DnHooks): Promise<void> {
    this.hooks = hooks;
    this.parts.discovery.start();
    this.beatAt = this.parts.clock.monotonic();
    this.beat();
    while (this.current.stage === 'BOOTING') {
      try {
        await this.parts.probe();
        this.see({ see: 'booted' });
        await this.reader.read();
      } catch (error) {
        this.parts.log('probe-failed', { error: String(error) });
        await sleep(this.parts.clock, QUIET_BEAT_MS);
      }
    }
  }

  /** Ends all timers; the process is about to end. */
  stop(): void {
    this.cancelBeat();
    this.parts.discovery.stop();
  }

  /** SIGTERM: hand over, then exit. */
  terminate(): void {
    this.see({ see: 'terminate' });
    void this.hooks?.flushAll().catch(() => undefined);
  }

  /** Somebody says that the record has changed. */
  hint(): void {
    void this.reader.read();
  }

  /** What `/health` shows. */
  health(): HealthReport {
    return describeHealth({
      parts: this.parts,
      state: this.current,
      leaseMs: this.lease.remainingMs(),
      dirty: this.hooks?.dirty() ?? { objects: 0, bytes: 0 },
      inflight: this.gate.runningWrites,
    });
  }

  private author(): RecordAuthor {
    const { clusterId, self, random } = this.parts;
    const nonce = Buffer.from(random.bytes(9)).toString('base64url');
    return { clusterId, boot: self.boot, nonce };
  }

  private see(event: DnEvent): void {
    const before = this.current;
    const { state, actions } = stepNode(before, event);
    this.current = state;
    for (const action of actions) this.perform(action);
    if (state.stage === before.stage && state.epoch === before.epoch) return;
    const { epoch, stage } = state;
    this.parts.log('stage', { epoch, stage, from: before.stage });
    this.beatSoon();
    for (const listener of this.listeners) listener();
  }

  private perform(action: DnAction): void {
    const now = this.parts.clock.monotonic();
    switch (action.do) {
      case 'grant-lease':
        this.lease.grant(action.sentAt);
        this.leasedAt = Math.max(this.leasedAt, action.sentAt);
        return;
      case 'revoke-lease':
        this.lease.revoke();
        return;
      case 'serve':
        this.leasedAt = now;
        this.gate.adopt();
        return;
      case 'drain':
        this.drainSince = now;
        this.hooks?.beginDrain();
        this.proceedDrain();
        return;
      case 'flush':
        void this.flush(action.epoch);
        return;
      case 'stop':
        this.hooks?.stopServing();
        this.hooks?.clearCaches(action.lost || this.cutWrites);
        return;
      case 'exit':
        this.stop();
        this.parts.exit(action.code, action.reason);
    }
  }

  private proceedDrain(): void {
    if (this.current.drain !== 'writes') return;
    const waited = this.parts.clock.monotonic() - this.drainSince;
    const running = this.gate.runningWrites;
    if (running === 0 || waited >= DRAIN_WRITES_MS) {
      this.cutWrites = running > 0;
      this.see({ see: 'writes-ended' });
    }
  }

  /** Stores all; tries again for as long as this node is the one that may. */
  private async flush(epoch: number): Promise<void> {
    const flushing = () => this.current.drain === 'flush' && this.current.epoch === epoch;
    while (flushing()) {
      try {
        await this.hooks?.flushAll();
        this.see({ see: 'flushed', epoch });
        return;
      } catch (error) {
        this.parts.log('flush-failed', { epoch, error: String(error) });
        await sleep(this.parts.clock, QUIET_BEAT_MS);
      }
    }
  }

  private beatSoon(): void {
    this.cancelBeat();
    if (this.current.stage === 'FENCED' || this.current.stage === 'GONE') return;
    const busy = this.current.drain !== null || this.proposer.active;
    this.cancelBeat = this.parts.clock.after(busy ? BUSY_BEAT_MS : QUIET_BEAT_MS, () => {
      this.beat();
    });
  }

  private beat(): void {
    const now = this.parts.clock.monotonic();
    if (now - this.beatAt > STALL_MS) {
      this.lease.revoke();
      this.readAt = Number.NEGATIVE_INFINITY;
      this.leasedAt += now - this.beatAt;
    }
    this.beatAt = now;
    if (this.current.stage !== 'BOOTING') {
      this.readWhenDue(now);
      this.proceedDrain();
      this.notes.tick(now, this.current, () => this.hooks?.dirty().objects ?? 0);
      this.proposer.tick();
      this.preflush();
      void this.rejoiner.tick(now);
      void this.cutOff.tick(now, this.leasedAt, () => this.current);
    }
    this.beatSoon();
  }

  private readWhenDue(now: number): void {
    if (now < this.readAt) return;
    const calm = this.current.stage === 'SERVING' && this.lease.valid;
    const every = calm ? (this.parts.lease ?? LEASE_TIMES).renewMs : ANXIOUS_READ_MS;
    this.readAt = now + every * (0.8 + 0.4 * this.parts.random.next());
    void this.reader.read();
  }

  /** A change is coming: store now what would have to be stored during the hand-over. */
  private preflush(): void {
    const { view, stage, leaving } = this.current;
    const due = stage === 'SERVING' && (leaving || this.proposer.pending);
    const version = due ? (view?.etag ?? '') : '';
    if (due && version !== this.preflushed) void this.hooks?.flushAll().catch(() => undefined);
    this.preflushed = version;
  }

  private async swap(
    etag: string | null,
    record: EpochRecord,
  ): Promise<'won' | 'conflict' | 'unknown'> {
    const { clock, epochs } = this.parts;
    const sentAt = clock.monotonic();
    let outcome: 'conflict' | 'unknown' = 'conflict';
    try {
      const work = epochs.swap(etag, record);
      const found = await withTimeout(clock, SWAP_TIMEOUT_MS, { work, what: 'epoch swap' });
      if (found !== 'conflict') {
        this.see({ see: 'record', sentAt, at: clock.monotonic(), found, replaces: etag });
        return 'won';
      }
    } catch (error) {
      outcome = 'unknown';
      this.parts.log('swap-unknown', { error: String(error) });
    }
    await this.reader.read();
    return this.current.view?.record.nonce === record.nonce ? 'won' : outcome;
  }
}
