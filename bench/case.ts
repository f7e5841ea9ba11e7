import type { WireRequest } from './connection.js';
import type { Target } from './target.js';

/** What is measured: the same requests against every service. */
export interface Case {
  /** Name on the command line, e.g. `read-64m`. */
  readonly name: string;
  readonly title: string;
  /** Least ratio theirs : ours that is wanted; null when the case only informs. */
  readonly goal: number | null;
  /** Ours is wanted at this share of the bare HTTP speed at least. */
  readonly ceilingGoal?: number;
  readonly connections: number;
  /** Reported as requests a second, else as milliseconds a run. */
  readonly rate?: boolean;
  /** Replies of all services must be the same bytes. */
  readonly sameReply?: boolean;
  /** Reads what must not have been read before: only few runs are possible. */
  readonly cold?: boolean;
  /** Left out with `--quick`. */
  readonly slow?: boolean;
  /** Makes what the case needs in a service. */
  prepare(target: Target): Promise<Plan>;
  /** The bare codec on the same chunks: milliseconds. */
  readonly codec?: () => Promise<number>;
}

/** The requests of a case in one service. */
export interface Plan {
  /** Requests of one run; 'timed' runs as long as the options say. */
  readonly count: number | 'timed';
  /** The request of a number that is never used twice. */
  readonly request: (serial: number) => WireRequest;
  /** Before each run, not timed. */
  readonly before?: () => Promise<void>;
}

/** One run of a case in one service. */
export interface Sample {
  /** Wall time of all requests, ms. */
  readonly wallMs: number;
  /** CPU time of all processes of the service, ms. */
  readonly serverCpuMs: number;
  /** CPU time of this process, ms: near the wall time means the client was the limit. */
  readonly clientCpuMs: number;
  readonly requests: number;
  readonly errors: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Body bytes of one reply, the mean. */
  readonly replyBytes: number;
}
