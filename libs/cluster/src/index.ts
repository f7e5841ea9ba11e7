/**
 * Which data nodes there are, who owns an object, and which epoch holds: discovery, the epoch
 * record, leases and hand-over. No HTTP server, no data.
 */
export * from './node-map.js';
export * from './serve-gate.js';
export * from './membership-view.js';
export * from './fixed-membership.js';
export * from './fingerprint.js';
export * from './ip-order.js';
export * from './eligibility.js';
export * from './discovery.js';
export * from './label-selector.js';
export { PodWatch, type PodWatchParts } from './pod-watch.js';
export { openKubernetesPods, type KubernetesPodsOptions } from './kubernetes.js';
export * from './epoch-record.js';
export * from './epoch-store.js';
export * from './store-probe.js';
export * from './health-report.js';
export * from './lease.js';
export { LeaseGate } from './lease-gate.js';
export * from './membership.js';
export * from './transition.js';
export * from './sn-membership.js';
export * from './agent-parts.js';
export { DnAgent } from './dn-agent.js';
export { SnAgent, type SnAgentParts } from './sn-agent.js';
export { DnView } from './dn-view.js';
export { HttpPeers, originOf } from './peer-http.js';
export { startWatchdog } from './watchdog.js';
export * from './cluster-options.js';
export * from './open-cluster.js';
export { MembershipService, OPEN_CLUSTER } from './membership.service.js';
export * from './cluster.module.js';
