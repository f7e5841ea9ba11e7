import type { CallTimer } from './call-timer.js';

/** A client's own names of its request, well-formed. */
export interface CallTrace {
  /** Its `X-Request-Id`: up to 64 letters, digits and `._:-`. */
  readonly clientId?: string;
  /** Its W3C `traceparent`. */
  readonly parent?: string;
}

/** When a write may be answered: applied in memory (D0), or stored (D3). */
export type Durability = 'D0' | 'D3';

/** What goes with a call beside its request. */
export interface CallContext {
  /** Names the client's request in logs and, on writes, makes a repeated call apply once. */
  readonly requestId: string;
  readonly durability?: Durability;
  /** An earlier try of the call may have been applied; set by the router. */
  readonly repeated?: boolean;
  readonly signal?: AbortSignal;
  /** Until when to wait for a node that is restarting or handing over, monotonic milliseconds. */
  readonly holdUntil?: number;
  /** What the client calls its request; goes along into the logs of the data nodes. */
  readonly trace?: CallTrace;
  /** Counts the time spent on data nodes. */
  readonly timer?: CallTimer;
  /** The node map that the caller routed by; set by the router. */
  readonly tag?: { readonly epoch: number; readonly fingerprint: string };
}
