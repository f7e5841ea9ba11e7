/** What a service node makes of the record, the list of pods and the answers of the data nodes. */
import { isLater, type EpochRecord, type RecordView } from './epoch-record.js';
import type { HealthReport } from './health-report.js';
import type { RecordSighting } from './membership.js';
import type { PublicState } from './membership-view.js';

/** Answers older than this say nothing any more. */
export const HEALTH_FRESH_MS = 3000;

export interface SnState {
  /** The newest record; null before the first. */
  readonly view: RecordView | null;
  /** Monotonic ms at which its answer arrived. */
  readonly viewAt: number;
  readonly leaving: boolean;
}

/** A service node that knows nothing yet. */
export const STARTING_SN: SnState = {
  view: null,
  viewAt: Number.NEGATIVE_INFINITY,
  leaving: false,
};

/** The newest answer of a data node. */
export interface HeardHealth {
  readonly report: HealthReport;
  /** monotonic ms */
  readonly at: number;
}

/** Takes a sighting in; of overlapping answers only one that is surely newer counts. */
export function seeSighting(state: SnState, { sentAt, at, found }: RecordSighting): SnState {
  if (found === null) return state;
  const known = state.view;
  if (known === null || known.etag === found.etag) return { ...state, view: found, viewAt: at };
  const overlapped = sentAt < state.viewAt;
  if (overlapped && !isLater(found.record, known.record)) return state;
  return { ...state, view: found, viewAt: at };
}

/** Whether two records route alike: the same epoch, places and processes. */
export function routesAlike(a: EpochRecord, b: EpochRecord): boolean {
  if (a.epoch !== b.epoch || a.fingerprint !== b.fingerprint) return false;
  return a.members.every((member, i) => {
    const other = b.members[i];
    return other?.boot === member.boot && other.recovering === member.recovering;
  });
}

/**
 * The state that clients see.
 * @param listFingerprint of the list that Kubernetes shows; null when none has been seen
 * @param health newest answers by boot
 */
export function snPublicState(
  state: SnState,
  listFingerprint: string | null,
  health: ReadonlyMap<string, HeardHealth>,
  now: number,
): PublicState {
  if (state.leaving) return 'TERMINATING';
  const record = state.view?.record;
  if (record === undefined) return 'INITIALIZING';
  if (record.phase !== 'ACTIVE' || record.members.length === 0) return 'WAITING';
  if (listFingerprint !== null && listFingerprint !== record.fingerprint) return 'WAITING';
  const allServe = record.members.every(({ boot }) => {
    const heard = health.get(boot);
    if (heard === undefined || now - heard.at > HEALTH_FRESH_MS) return false;
    return heard.report.epoch === record.epoch && heard.report.phase === 'SERVING';
  });
  return allServe ? 'READY' : 'WAITING';
}
