import { HdfError } from '#hdf5';

/** Which map a caller routed with; a data node serves only callers of its own epoch. */
export interface RouteTag {
  readonly epoch: number;
  readonly fingerprint: string;
}

/** Why a data node does not serve a request now; the router reads the record and asks again. */
export type RefusalCode = 'WRONG_EPOCH' | 'NOT_OWNER' | 'DRAINING' | 'SUSPENDED' | 'FENCED';

/** What a refusing node knows, so that the router need not guess. */
export interface RefusalFacts {
  readonly code: RefusalCode;
  readonly epoch: number;
  readonly fingerprint: string;
  /** Phase of the refusing node, for logs. */
  readonly phase: string;
  /** Addresses of the node's own map, in canonical order, when it has one. */
  readonly members?: readonly string[];
  /** Milliseconds after which asking again makes sense. */
  readonly retryMs: number;
  /** The operation ran before its answer was refused: a write may have been applied. */
  readonly ran: boolean;
}

/**
 * A data node's answer "not me, not now": never the client's business. Travels as HTTP 421 and is
 * resolved by the router; kind `unavailable`.
 */
export class Refusal extends HdfError {
  readonly code: RefusalCode;
  readonly epoch: number;
  readonly fingerprint: string;
  readonly phase: string;
  readonly members: readonly string[] | undefined;
  readonly retryMs: number;
  readonly ran: boolean;

  constructor(facts: RefusalFacts) {
    const { code, epoch, fingerprint, phase } = facts;
    super(
      'unavailable',
      `data node refuses: ${code} in ${phase} of epoch ${epoch} ${fingerprint}`,
      {
        retryAfterS: Math.max(1, Math.ceil(facts.retryMs / 1000)),
      },
    );
    this.name = 'Refusal';
    this.code = code;
    this.epoch = epoch;
    this.fingerprint = fingerprint;
    this.phase = phase;
    this.members = facts.members;
    this.retryMs = facts.retryMs;
    this.ran = facts.ran;
  }

  /** What goes over the wire. */
  get facts(): RefusalFacts {
    return {
      code: this.code,
      epoch: this.epoch,
      fingerprint: this.fingerprint,
      phase: this.phase,
      ...(this.members === undefined ? {} : { members: this.members }),
      retryMs: this.retryMs,
      ran: this.ran,
    };
  }
}

/** Reading may go on while a node hands over; new writes may not. */
export type ServeKind = 'read' | 'write';

/** One admitted operation. */
export interface Ticket {
  readonly kind: ServeKind;
  /** Epoch in which the operation was admitted. */
  readonly epoch: number;
}

/**
 * The test that makes a data node the only server of an object at any time. The dispatcher calls
 * `admit` before it touches anything, `confirm` when the result is at hand (a read: taken from the
 * cache; a write: as durable as it was asked for) and answers only if that passes; and `release`
 * in any case, at the end.
 */
export interface ServeGate {
  /**
   * @param tag the caller's map; null for a caller in this process
   * @param keys owned names that the operation touches; empty for operations of every node
   * @throws Refusal
   */
  admit(tag: RouteTag | null, keys: readonly string[], kind: ServeKind): Ticket;
  /** @throws Refusal when the result must not be given any more */
  confirm(ticket: Ticket): void;
  /** The operation is over, answered or not; harmless when repeated. */
  release(ticket: Ticket): void;
}
