import type { NodeMap } from './node-map.js';

/** State of a node as HSDS reports it in `/about` and `/info`. */
export type PublicState = 'INITIALIZING' | 'READY' | 'WAITING' | 'TERMINATING';

/** The data nodes as a router sees them. */
export interface MembershipView {
  /** The map to route with now; empty before the first one is known. */
  current(): NodeMap;
  /**
   * Looks for a newer map, because of a refusal or a failed connection. Calls that come together
   * share one look; never rejects.
   */
  refresh(reason: string): Promise<void>;
  /** Called after every change of `current()` or `state`; returns what ends it. */
  onChange(listener: () => void): () => void;
  /** There is a map with at least one node: requests may be routed. */
  readonly ready: boolean;
  /** READY: the map is active and every node of it answers. */
  readonly state: PublicState;
}
