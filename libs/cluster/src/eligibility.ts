import { canonicalIp, compareIps } from './ip-order.js';

/** How long a crashed container keeps its place in the list while it is restarted. */
export const RESTART_GRACE_MS = 20_000;

/** What the cluster needs to know of a pod; absent fields of the API object have their defaults. */
export interface PodFacts {
  readonly name: string;
  readonly uid: string;
  /** Canonical text; empty before one is assigned. */
  readonly ip: string;
  readonly phase: string;
  readonly labels: Readonly<Record<string, string>>;
  /** `deletionTimestamp` is set. */
  readonly deleting: boolean;
  /** The start-up probe of the container has passed. */
  readonly started: boolean;
  readonly restarts: number;
  /** Unix ms (whole seconds) at which the container ended and is not running again; else null. */
  readonly terminatedAt: number | null;
  /** Unix ms (whole seconds) at which the container's former instance ended; null for none. */
  readonly lastTerminatedAt: number | null;
  /** Unix ms of the pod's creation; 0 when unknown. */
  readonly createdAt: number;
}

/** Which pods are data nodes. */
export interface PodSelector {
  /** Labels that a pod must carry, all of them. */
  readonly labels: Readonly<Record<string, string>>;
  /** Name of the data node's container. */
  readonly container: string;
}

/**
 * `eligible`: belongs to the list; `leaving`: is to hand over; `starting`: will probably join soon;
 * `none`: does not count.
 */
export type Standing = 'eligible' | 'leaving' | 'starting' | 'none';

/** Reads an API object of any shape; what is missing or of another type counts as absent. */
export function readPod(object: unknown, container: string): PodFacts {
  const metadata = field(object, 'metadata');
  const status = field(object, 'status');
  const statuses = field(status, 'containerStatuses');
  const own: unknown = Array.isArray(statuses)
    ? statuses.find((item: unknown) => field(item, 'name') === container)
    : undefined;
  const restarts = field(own, 'restartCount');
  return {
    name: text(field(metadata, 'name')),
    uid: text(field(metadata, 'uid')),
    ip: canonicalIp(text(field(status, 'podIP'))),
    phase: text(field(status, 'phase')),
    labels: readLabels(field(metadata, 'labels')),
    deleting: (field(metadata, 'deletionTimestamp') ?? null) !== null,
    started: field(own, 'started') === true,
    restarts: typeof restarts === 'number' && restarts > 0 ? restarts : 0,
    terminatedAt: readTime(field(field(field(own, 'state'), 'terminated'), 'finishedAt')),
    lastTerminatedAt: readTime(field(field(field(own, 'lastState'), 'terminated'), 'finishedAt')),
    createdAt: readTime(field(metadata, 'creationTimestamp')) ?? 0,
  };
}

/**
 * The eligibility rule, the same on every node: it runs, it is not being deleted, and its
 * container has started or was restarted a moment ago.
 *
 * @param now Unix ms
 */
export function standing(pod: PodFacts, selector: PodSelector, now: number): Standing {
  if (pod.phase === 'Failed' || pod.phase === 'Succeeded' || !isLabelled(pod, selector)) {
    return 'none';
  }
  if (pod.deleting) return pod.ip === '' || pod.terminatedAt !== null ? 'none' : 'leaving';
  if (pod.phase !== 'Running' || pod.ip === '') return 'starting';
  if (pod.started || isRestarting(pod, now)) return 'eligible';
  return pod.restarts === 0 ? 'starting' : 'none';
}

function isLabelled(pod: PodFacts, { labels }: PodSelector): boolean {
  for (const name in labels) if (pod.labels[name] !== labels[name]) return false;
  return true;
}

function isRestarting(pod: PodFacts, now: number): boolean {
  // Between exit and restart the API shows the end as the state, afterwards as the last state.
  const ended = pod.terminatedAt ?? pod.lastTerminatedAt;
  const restarted = pod.restarts > 0 || pod.terminatedAt !== null;
  return restarted && ended !== null && now - ended < RESTART_GRACE_MS;
}

/**
 * Eligible pods in canonical order of their IPs, one an IP (of two pods with one IP the younger:
 * the other's end has not been reported yet).
 */
export function eligiblePods(
  pods: readonly PodFacts[],
  selector: PodSelector,
  now: number,
): PodFacts[] {
  const byIp = new Map<string, PodFacts>();
  for (const pod of pods) {
    if (standing(pod, selector, now) !== 'eligible') continue;
    const other = byIp.get(pod.ip);
    if (other === undefined || isYounger(pod, other)) byIp.set(pod.ip, pod);
  }
  return [...byIp.values()].sort((a, b) => compareIps(a.ip, b.ip));
}

function isYounger(a: PodFacts, b: PodFacts): boolean {
  if (a.createdAt !== b.createdAt) return a.createdAt > b.createdAt;
  return a.uid > b.uid;
}

/**
 * Whether Kubernetes proves that a process has ended: its container ended after it had begun. Both
 * times are of the node's own clock, the API's in whole seconds; a doubt counts as alive. The count
 * of restarts alone is no proof: it may be reported late, and then belongs to the successor.
 *
 * @param process start in Unix ms of its node, and the restarts known when it was admitted
 */
export function isProvenDead(
  pod: PodFacts,
  process: { readonly startedAt: number; readonly restarts: number },
): boolean {
  if (pod.terminatedAt !== null && pod.terminatedAt > process.startedAt) return true;
  const last = pod.lastTerminatedAt;
  return pod.restarts > process.restarts && last !== null && last > process.startedAt;
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Record<string, unknown>)[name];
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function readTime(value: unknown): number | null {
  if (!(value instanceof Date) && typeof value !== 'string') return null;
  const time = new Date(value).getTime();
  return Number.isNaN(time) ? null : time;
}

function readLabels(value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null) return {};
  const entries = Object.entries(value).filter(
    (e): e is [string, string] => typeof e[1] === 'string',
  );
  return Object.fromEntries(entries);
}
