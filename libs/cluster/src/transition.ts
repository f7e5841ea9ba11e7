/**
 * Who changes the map, when, and to what: pure decisions. Every data node runs them; the ranks
 * make one of them act first, the compare-and-swap makes one of them win.
 */
import { isProvenDead, type PodFacts } from './eligibility.js';
import type { Member, RecordView } from './epoch-record.js';
import type { StopNote } from './epoch-store.js';
import { mayJoin, type HealthReport } from './health-report.js';
import { LEASE_TIMES, leasesEndAt, type LeaseTimes } from './lease.js';

/** Waiting times of the proposer, ms. */
export interface TransitionTimes {
  /** A wished list must have stood still this long. */
  readonly debounceMs: number;
  /** ... but not longer than this after the first difference. */
  readonly debounceMaxMs: number;
  /** Between the nodes' turns, by their number in the wished list. */
  readonly rankStepMs: number;
  /** Newcomers wait this long for others that are still starting. */
  readonly batchMs: number;
  /** The first record is written when the list has stood still this long. */
  readonly createMs: number;
  /** After this, others complete a transition whose proposer was lost. */
  readonly takeOverMs: number;
  /** A member that drains is waited for while its dirty count falls: between falls, in all. */
  readonly progressMs: number;
  readonly drainMaxMs: number;
}

export const TRANSITION_TIMES: TransitionTimes = {
  debounceMs: 250,
  debounceMaxMs: 3000,
  rankStepMs: 300,
  batchMs: 5000,
  createMs: 3000,
  takeOverMs: 11_000,
  progressMs: 5000,
  drainMaxMs: 60_000,
};

/** A list of addresses, since when it is wished, and since when it differs from the record. */
export interface Wish {
  readonly ips: readonly string[];
  /** Other pods will probably join soon. */
  readonly starting: boolean;
  readonly since: number;
  readonly differsSince: number;
}

/** Carries a wish on, or begins a new one. @param now monotonic ms */
export function wish(
  before: Wish | null,
  ips: readonly string[],
  { starting, now }: { starting: boolean; now: number },
): Wish {
  const same = before !== null && sameTexts(before.ips, ips);
  const differsSince = before?.differsSince ?? now;
  return { ips, starting, since: same ? before.since : now, differsSince };
}

/**
 * When this node should propose its wish; never, when the record has it already.
 * @param self this node's address
 * @returns monotonic ms
 */
export function proposeAt(
  wished: Wish,
  record: RecordView | null,
  self: string,
  times: TransitionTimes = TRANSITION_TIMES,
): number {
  const rank = wished.ips.indexOf(self);
  const turn = (rank < 0 ? wished.ips.length : rank) * times.rankStepMs;
  if (record === null) {
    return rank < 0 ? Number.POSITIVE_INFINITY : wished.since + times.createMs + turn;
  }
  const members = record.record.members.map((member) => member.ip);
  if (sameTexts(members, wished.ips)) return Number.POSITIVE_INFINITY;
  const settled = Math.min(
    wished.since + times.debounceMs,
    wished.differsSince + times.debounceMaxMs,
  );
  const onlyAdditions = members.every((ip) => wished.ips.includes(ip));
  const batched = onlyAdditions && wished.starting ? wished.differsSince + times.batchMs : 0;
  return Math.max(settled, batched) + turn;
}

/** What the members of the next epoch are made from, all of it newer than the record. */
export interface Survey {
  readonly clusterId: string;
  /** Eligible pods in canonical order, without those that leave. */
  readonly pods: readonly PodFacts[];
  /** Answers by address; no entry: no answer. */
  readonly health: ReadonlyMap<string, HealthReport>;
  /** Members of the present epoch. */
  readonly members: readonly Member[];
}

/**
 * Members of the next epoch. A newcomer must have answered; a member that does not answer stays,
 * since Kubernetes and not the proposer's network decides who belongs to the list.
 */
export function planMembers(survey: Survey): { members: Member[]; unreachable: string[] } {
  const members: Member[] = [];
  const unreachable: string[] = [];
  for (const pod of survey.pods) {
    const old = survey.members.find((member) => member.ip === pod.ip && member.uid === pod.uid);
    const report = survey.health.get(pod.ip);
    if (report?.uid === pod.uid && mayJoin(report, survey.clusterId)) {
      members.push(old?.boot === report.boot ? recovered(old) : memberOf(pod, report));
    } else if (old !== undefined && report?.leaving !== true) members.push(recovered(old));
    else unreachable.push(pod.ip);
  }
  return { members, unreachable };
}

/** Before the next epoch begins, whoever had the address before has ended. */
function recovered({ ip, uid, boot, startedAt, restarts }: Member): Member {
  return { ip, uid, boot, startedAt, restarts };
}

function memberOf(pod: PodFacts, { boot, startedAt }: HealthReport): Member {
  return { ip: pod.ip, uid: pod.uid, boot, startedAt, restarts: pod.restarts };
}

/** Whether two lists name the same processes in the same places. */
export function sameMembers(a: readonly Member[], b: readonly Member[]): boolean {
  const name = (member: Member) => `${member.ip} ${member.boot}`;
  return sameTexts(a.map(name), b.map(name));
}

/** What is known of a member's stop. */
export interface Evidence {
  /** It has obeyed the present version of the transition record. */
  readonly stopped: boolean;
  /** Its process is proven to have ended. */
  readonly dead: boolean;
  /** Last time it answered by HTTP. */
  readonly answeredAt: number;
  /** Fewest dirty objects it has reported while draining, and when that last fell. */
  readonly dirty: number;
  readonly progressAt: number;
}

export const NO_EVIDENCE: Evidence = {
  stopped: false,
  dead: false,
  answeredAt: Number.NEGATIVE_INFINITY,
  dirty: Number.POSITIVE_INFINITY,
  progressAt: Number.NEGATIVE_INFINITY,
};

/** Adds an answer to a health request that was sent during this transition. */
export function withHealth(
  evidence: Evidence,
  member: Member,
  report: HealthReport,
  { etag, now }: { etag: string; now: number },
): Evidence {
  // Another process of the same pod answers: a container starts only after its former one ended.
  if (report.uid === member.uid && report.boot !== member.boot) return { ...evidence, dead: true };
  if (report.boot !== member.boot) return evidence;
  const answered = { ...evidence, answeredAt: now, stopped: report.stoppedEtag === etag };
  return report.phase === 'DRAINING' ? withDirty(answered, report.dirtyObjects, now) : answered;
}

/** Adds a member's own note in the store. */
export function withNote(
  evidence: Evidence,
  note: StopNote,
  { etag, now }: { etag: string; now: number },
): Evidence {
  if (note.etag !== etag) return evidence;
  return note.stopped
    ? { ...evidence, stopped: true }
    : withDirty(evidence, note.dirtyObjects, now);
}

/** Adds what Kubernetes shows of the member's pod. */
export function withPods(evidence: Evidence, member: Member, pods: readonly PodFacts[]): Evidence {
  const dead = pods.some((pod) => pod.uid === member.uid && isProvenDead(pod, member));
  return dead ? { ...evidence, dead } : evidence;
}

function withDirty(evidence: Evidence, dirty: number, now: number): Evidence {
  return dirty < evidence.dirty ? { ...evidence, dirty, progressAt: now } : evidence;
}

/** Why a member no longer stands in the way of the next epoch. */
export type Release = 'stopped' | 'dead' | 'lapsed';

export interface ReleaseTimes {
  readonly lease?: LeaseTimes;
  readonly times?: TransitionTimes;
}

/**
 * Whether a member of the ending epoch can no longer serve in it: it says so, it is dead, or its
 * lease has run out (unless it visibly makes progress in storing what it holds).
 *
 * @param seenAt monotonic ms at which a transition record of this epoch was first known
 */
export function releaseOf(
  member: Member,
  evidence: Evidence,
  { seenAt, now }: { seenAt: number; now: number },
  { lease = LEASE_TIMES, times = TRANSITION_TIMES }: ReleaseTimes = {},
): Release | null {
  // A recovering entry hides the process that had the address before: only time releases that one.
  const provable = member.recovering !== true;
  if (provable && evidence.stopped) return 'stopped';
  if (provable && evidence.dead) return 'dead';
  if (now < leasesEndAt(seenAt, lease)) return null;
  const draining = now - evidence.progressAt < times.progressMs && now - seenAt < times.drainMaxMs;
  return draining ? null : 'lapsed';
}

/** What a restarted process does about its own entry of an active record. */
export type Rejoin = 'take' | 'announce' | 'wait' | 'serve' | 'none';

/**
 * Member-scoped restart: the address is in the record, the process behind it is another one.
 * `take` the entry at once when the former process was of the same pod and so is dead; otherwise
 * `announce`, `wait` until its lease has run out, then `serve`.
 *
 * @param announcedAt monotonic ms at which the own, recovering entry was first known; null before
 */
export function rejoin(
  own: Member | undefined,
  self: { readonly uid: string; readonly boot: string },
  { announcedAt, now }: { announcedAt: number | null; now: number },
  lease: LeaseTimes = LEASE_TIMES,
): Rejoin {
  if (own === undefined) return 'none';
  if (own.boot !== self.boot) {
    // A recovering entry stands for a process that has not served, but its former may still live.
    return own.uid === self.uid && own.recovering !== true ? 'take' : 'announce';
  }
  if (own.recovering !== true) return 'none';
  return announcedAt !== null && now >= leasesEndAt(announcedAt, lease) ? 'serve' : 'wait';
}

function sameTexts(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, i) => text === b[i]);
}
