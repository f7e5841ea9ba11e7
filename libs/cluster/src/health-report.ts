import { PARTITION_FUNCTION } from './fingerprint.js';

/** The `cluster` part of a data node's `/health`. */
export interface HealthReport {
  readonly cluster: string;
  /** The partition function and its version: nodes that differ never share a map. */
  readonly partition: string;
  readonly boot: string;
  readonly uid: string;
  /** Unix ms of the node's own clock */
  readonly startedAt: number;
  readonly epoch: number;
  /** Fingerprint of the map that is served. */
  readonly fp: string;
  /** BOOTING, JOINING, SERVING, SUSPENDED, DRAINING, STOPPED, FENCED or GONE. */
  readonly phase: string;
  readonly leaving: boolean;
  readonly leaseMs: number;
  /** Fingerprint of the list that Kubernetes shows, and how old that is. */
  readonly k8sFp: string;
  readonly k8sAgeMs: number;
  readonly dirtyObjects: number;
  readonly dirtyBytes: number;
  /** Writes under way. */
  readonly inflight: number;
  /** Version of the transition record that the node has obeyed completely. */
  readonly stoppedEtag: string | null;
}

/** Reads the report out of an answer of `/health`; null when it is none. */
export function readHealth(value: unknown): HealthReport | null {
  const report = value as Partial<HealthReport> | null | undefined;
  if (typeof report !== 'object' || report === null) return null;
  const texts = [report.cluster, report.partition, report.boot, report.uid, report.phase];
  if (!texts.every((item) => typeof item === 'string')) return null;
  const numbers = [report.startedAt, report.epoch, report.dirtyObjects];
  return numbers.every((item) => typeof item === 'number') ? (report as HealthReport) : null;
}

/** Whether a node that answered may become a member of a cluster's map. */
export function mayJoin(report: HealthReport, clusterId: string): boolean {
  const unfit = report.leaving || ['BOOTING', 'FENCED', 'GONE'].includes(report.phase);
  return !unfit && report.cluster === clusterId && report.partition === PARTITION_FUNCTION;
}
