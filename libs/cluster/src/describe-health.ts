import type { DnAgentParts } from './agent-parts.js';
import { eligiblePods } from './eligibility.js';
import { PARTITION_FUNCTION, mapFingerprint } from './fingerprint.js';
import type { HealthReport } from './health-report.js';
import { phaseOf, stoppedEtag, type DnState } from './membership.js';

/** What a data node's report is made of. */
export interface HealthSources {
  readonly parts: DnAgentParts;
  readonly state: DnState;
  readonly leaseMs: number;
  readonly dirty: { readonly objects: number; readonly bytes: number };
  readonly inflight: number;
}

/** The `cluster` part of a data node's `/health`. */
export function describeHealth(sources: HealthSources): HealthReport {
  const { parts, state, leaseMs, dirty, inflight } = sources;
  const { self, clusterId, discovery, clock, selector } = parts;
  const view = discovery.view();
  const ips = eligiblePods(view?.pods ?? [], selector, clock.now()).map((pod) => pod.ip);
  return {
    cluster: clusterId,
    partition: PARTITION_FUNCTION,
    boot: self.boot,
    uid: self.uid,
    startedAt: self.startedAt,
    epoch: state.epoch,
    fp: state.fingerprint,
    phase: phaseOf(state, leaseMs > 0),
    leaving: state.leaving,
    leaseMs: Math.round(leaseMs),
    k8sFp: view === null ? '' : mapFingerprint(clusterId, ips),
    k8sAgeMs: view === null ? -1 : Math.round(clock.monotonic() - view.at),
    dirtyObjects: dirty.objects,
    dirtyBytes: dirty.bytes,
    inflight,
    stoppedEtag: stoppedEtag(state),
  };
}
