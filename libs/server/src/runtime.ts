/** What the whole edge shares and what exists before Nest: made once by `main.ts`. */
import { newRequestId, type Clock, type Random, type Tracer } from '#storage';
import type { Config } from './config/keys.js';
import type { LoadedConfig } from './config/load.js';
import { Log } from './logger.js';
import { ServerMetrics } from './metrics.js';
import { RequestLoad } from './request-load.js';
import { SocketTraffic } from './socket-traffic.js';
import { WorkQueue } from './work-queue.js';

/** Bodies of requests that run, in units of `max_request_size`. */
const BODIES_AT_ONCE = 4;
/** More connections than one process usually has: it is time that refuses, not the number. */
const WAITING_MAX = 50_000;
/** Shorter than clients wait for an answer (h5pyd: 180 s). */
const WAIT_MS = 60_000;

/** The version of HSDS whose behaviour clients may expect; they enable features by it. */
export const HSDS_VERSION = { both: '0.9.4', '0.9': '0.9.4', '1.0': '1.0.2' } as const;

/** Also the injection token of itself. */
export class ServerRuntime {
  readonly load: RequestLoad;
  /** The turns of all requests but probes and those of other nodes. */
  readonly work: WorkQueue;
  readonly metrics: ServerMetrics;
  readonly traffic = new SocketTraffic();
  /** Reads the configuration again, for the few settings that change while running. */
  reread: (() => LoadedConfig) | undefined;
  /** Where tracing is on. */
  tracer: Tracer | undefined;
  /** The process is about to end: every answer ends its connection. */
  draining = false;

  constructor(
    readonly config: Config,
    readonly clock: Clock,
    readonly random: Random,
    readonly log: Log,
  ) {
    this.load = new RequestLoad(config.max_task_count);
    this.work = this.newWorkQueue(this.load.activeMax, BODIES_AT_ONCE * config.max_request_size);
    this.metrics = new ServerMetrics();
  }

  /** `hsds_version` and the `version` of domains, by `api_dialect`. */
  get version(): string {
    return HSDS_VERSION[this.config.api_dialect];
  }

  /**
   * A queue whose waiting requests are refused late.
   *
   * @param running requests that run at once
   * @param bytes of memory that they may hold
   */
  newWorkQueue(running: number, bytes: number): WorkQueue {
    return new WorkQueue(this.clock, { running, bytes, waiting: WAITING_MAX, waitMs: WAIT_MS });
  }

  newRequestId(): string {
    return newRequestId(this.clock, this.random);
  }
}
