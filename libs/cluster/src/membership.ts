/**
 * A data node's place in the epochs, as a pure function: what it has seen of the record decides
 * whether it serves, hands over, waits or must end. The caller performs the actions in their order.
 */
import { isLater, type EpochRecord, type Member, type RecordView } from './epoch-record.js';
import type { PublicState } from './membership-view.js';

/** Who this process is. */
export interface SelfIdentity {
  readonly ip: string;
  readonly uid: string;
  readonly boot: string;
  /** Unix ms of this node's clock */
  readonly startedAt: number;
}

/**
 * BOOTING: the store is being probed. JOINING: no member (yet, or any more). SERVING: a member of
 * `epoch`; without a lease it is called SUSPENDED. DRAINING: hands over; still answers reads.
 * STOPPED: all is stored, nothing is served. FENCED: another process has this address. GONE: left.
 */
export type DnStage =
  'BOOTING' | 'JOINING' | 'SERVING' | 'DRAINING' | 'STOPPED' | 'FENCED' | 'GONE';

export interface DnState {
  readonly self: SelfIdentity;
  readonly stage: DnStage;
  /** Epoch that is or was served; 0 for none. */
  readonly epoch: number;
  /** Name of that epoch's map; empty for none. */
  readonly fingerprint: string;
  /** The newest record; null when it is absent or was never read. */
  readonly view: RecordView | null;
  /** The record has been read, or found absent, at least once. */
  readonly informed: boolean;
  /** Monotonic ms at which the answer behind `view` arrived. */
  readonly viewAt: number;
  /** While DRAINING: running writes may still end and be acknowledged, or everything is stored. */
  readonly drain: 'writes' | 'flush' | null;
  /** The process has been told to end. */
  readonly leaving: boolean;
}

/** The outcome of a read of the record, or of a swap that this node won. */
export interface RecordSighting {
  /** Monotonic ms at which the read was sent, and at which its answer came. */
  readonly sentAt: number;
  readonly at: number;
  readonly found: RecordView | null;
  /** A swap: the version that `found` has replaced, and so is newer than. */
  readonly replaces?: string | null;
}

export type DnEvent =
  | ({ readonly see: 'record' } & RecordSighting)
  | { readonly see: 'booted' }
  | { readonly see: 'writes-ended' }
  | { readonly see: 'flushed'; readonly epoch: number }
  | { readonly see: 'terminate' };

export type DnAction =
  /** The record, read by a request sent at this time, allows serving. */
  | { readonly do: 'grant-lease'; readonly sentAt: number }
  | { readonly do: 'revoke-lease' }
  /** A new epoch is served from now on. */
  | { readonly do: 'serve' }
  /** Refuse writes, wait for the running ones, then say `writes-ended`. */
  | { readonly do: 'drain' }
  /** Store all, then say `flushed`. */
  | { readonly do: 'flush'; readonly epoch: number }
  /** Stop reads and forget the caches; `lost`: what was not stored is given up. */
  | { readonly do: 'stop'; readonly lost: boolean }
  | { readonly do: 'exit'; readonly code: number; readonly reason: string };

export interface DnStep {
  readonly state: DnState;
  readonly actions: readonly DnAction[];
}

/** Exit code of a process that must not go on: its place is another's. */
export const EXIT_FENCED = 75;

/** A process that has just started. */
export function startingNode(self: SelfIdentity): DnState {
  const nothing = { view: null, informed: false, viewAt: Number.NEGATIVE_INFINITY, drain: null };
  return { self, stage: 'BOOTING', epoch: 0, fingerprint: '', ...nothing, leaving: false };
}

/** One step of a data node. */
export function stepNode(state: DnState, event: DnEvent): DnStep {
  if (state.stage === 'FENCED' || state.stage === 'GONE') return { state, actions: [] };
  switch (event.see) {
    case 'booted':
      return booted(state);
    case 'record':
      return seeRecord(state, event);
    case 'writes-ended':
      if (state.drain !== 'writes') return { state, actions: [] };
      return {
        state: { ...state, drain: 'flush' },
        actions: [{ do: 'flush', epoch: state.epoch }],
      };
    case 'flushed':
      if (state.drain !== 'flush' || event.epoch !== state.epoch) return { state, actions: [] };
      return stopped(state, false);
    case 'terminate':
      return terminate(state);
  }
}

/** This node's own entry, whatever its boot. */
export function ownMember(state: DnState, record: EpochRecord): Member | undefined {
  return record.members.find((member) => member.ip === state.self.ip);
}

/** Version of the transition record that this node has obeyed completely, else null. */
export function stoppedEtag(state: DnState): string | null {
  const { stage, view, epoch } = state;
  const obeyed = stage === 'STOPPED' && view?.record.phase === 'TRANSITION';
  return obeyed && view.record.epoch === epoch ? view.etag : null;
}

/** What `/health` calls the phase. */
export function phaseOf(state: DnState, leased: boolean): string {
  return state.stage === 'SERVING' && !leased ? 'SUSPENDED' : state.stage;
}

/** The state as HSDS reports it. */
export function publicStateOf(state: DnState, leased: boolean): PublicState {
  if (state.leaving || state.stage === 'FENCED' || state.stage === 'GONE') return 'TERMINATING';
  if (state.stage === 'BOOTING' || state.stage === 'JOINING') return 'INITIALIZING';
  return state.stage === 'SERVING' && leased ? 'READY' : 'WAITING';
}

function booted(state: DnState): DnStep {
  if (state.stage !== 'BOOTING') return { state, actions: [] };
  if (state.leaving) return gone(state);
  return { state: { ...state, stage: 'JOINING' }, actions: [] };
}

function terminate(state: DnState): DnStep {
  const leaving = { ...state, leaving: true };
  const known = state.view?.record;
  const isNext = known?.next?.members.some((member) => member.boot === state.self.boot) ?? false;
  const outside = state.stage === 'BOOTING' || (state.stage === 'JOINING' && !isNext);
  return outside ? gone(leaving) : { state: leaving, actions: [] };
}

function seeRecord(state: DnState, { sentAt, at, found, replaces }: RecordSighting): DnStep {
  if (found === null) {
    // Nobody deletes the record; if somebody did, no lease is granted on what cannot be read.
    return { state: { ...state, informed: true }, actions: [] };
  }
  const known = state.view?.record;
  // Of two answers that overlapped, nobody knows which is newer: only one that proves it counts.
  const overlapped = sentAt < state.viewAt && state.view?.etag !== found.etag;
  const proven = state.view?.etag === replaces || (known && isLater(found.record, known));
  if (known !== undefined && overlapped && proven !== true) {
    return { state, actions: [] };
  }
  if (found.record.epoch < state.epoch) {
    return fenced(state, `the record went back to epoch ${found.record.epoch}`);
  }
  return obey({ ...state, view: found, viewAt: at, informed: true }, found, sentAt);
}

/** Does what the newest record demands. */
function obey(state: DnState, { record }: RecordView, sentAt: number): DnStep {
  if (state.stage === 'BOOTING') return { state, actions: [] };
  const own = ownMember(state, record);
  const isMine = own?.boot === state.self.boot;
  const wasMember = state.stage !== 'JOINING';
  if (own !== undefined && !isMine && wasMember) {
    return fenced(state, `process ${own.boot} has taken the address`);
  }
  if (record.phase === 'ACTIVE') {
    if (isMine) return serve(state, record, { sentAt, recovering: own.recovering === true });
    return outside(state, record);
  }
  return isMine ? handOver(state, record) : { state, actions: [] };
}

function serve(
  state: DnState,
  record: EpochRecord,
  { sentAt, recovering }: { sentAt: number; recovering: boolean },
): DnStep {
  if (recovering) return { state, actions: [] };
  const grant: DnAction = { do: 'grant-lease', sentAt };
  if (state.stage === 'SERVING' && state.epoch === record.epoch) return { state, actions: [grant] };
  const { epoch, fingerprint } = record;
  const serving: DnState = { ...state, stage: 'SERVING', epoch, fingerprint, drain: null };
  return { state: serving, actions: [...giveUp(state), grant, { do: 'serve' }] };
}

/** The record is active without this node. */
function outside(state: DnState, record: EpochRecord): DnStep {
  const actions = giveUp(state);
  if (state.leaving) return gone(state, actions);
  if (state.stage === 'JOINING') return { state, actions: [] };
  const joining: DnState = { ...state, stage: 'JOINING', epoch: record.epoch, fingerprint: '' };
  return { state: { ...joining, drain: null }, actions: [...actions, { do: 'revoke-lease' }] };
}

/** The record is in transition and this node is a member of the epoch that ends. */
function handOver(state: DnState, record: EpochRecord): DnStep {
  const { epoch, fingerprint } = record;
  if (state.stage === 'SERVING' && state.epoch === epoch) {
    return { state: { ...state, stage: 'DRAINING', drain: 'writes' }, actions: [{ do: 'drain' }] };
  }
  if (state.epoch === epoch && state.stage !== 'JOINING') return { state, actions: [] };
  // Never served in this epoch: there is nothing to hand over in it.
  const idle: DnState = { ...state, stage: 'STOPPED', epoch, fingerprint, drain: null };
  return { state: idle, actions: [...giveUp(state), { do: 'revoke-lease' }] };
}

function stopped(state: DnState, lost: boolean): DnStep {
  return {
    state: { ...state, stage: 'STOPPED', drain: null },
    actions: [{ do: 'stop', lost }, { do: 'revoke-lease' }],
  };
}

/** The epoch ended without this node's clean stop: what it still holds is worth nothing. */
function giveUp(state: DnState): DnAction[] {
  const holds = state.stage === 'SERVING' || state.stage === 'DRAINING';
  return holds ? [{ do: 'revoke-lease' }, { do: 'stop', lost: true }] : [];
}

function gone(state: DnState, before: readonly DnAction[] = []): DnStep {
  const exit: DnAction = { do: 'exit', code: 0, reason: 'handed over' };
  return {
    state: { ...state, stage: 'GONE', drain: null },
    actions: [...before, { do: 'revoke-lease' }, exit],
  };
}

function fenced(state: DnState, reason: string): DnStep {
  return {
    state: { ...state, stage: 'FENCED', drain: null },
    actions: [
      ...giveUp(state),
      { do: 'revoke-lease' },
      { do: 'exit', code: EXIT_FENCED, reason: `fenced: ${reason}` },
    ],
  };
}
