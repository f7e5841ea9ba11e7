/** What the whole edge shares and what exists before Nest: made once by `main.ts`. */
import type { Clock, Random, Tracer } from '#storage';
import type { Config } from './config/keys.js';
import type { LoadedConfig } from './config/load.js';
import { Log } from './logger.js';
import { ServerMetrics } from './metrics.js';
import { RequestLoad } from './request-load.js';
import { SocketTraffic } from './socket-traffic.js';

/** Bytes of chance in a request id: 11 characters of base64url. */
const REQUEST_ID_BYTES = 8;

/** The version of HSDS whose behaviour clients may expect; they enable features by it. */
export const HSDS_VERSION = { both: '0.9.4', '0.9': '0.9.4', '1.0': '1.0.2' } as const;

/** Also the injection token of itself. */
export class ServerRuntime {
  readonly load: RequestLoad;
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
    this.metrics = new ServerMetrics();
  }

  /** `hsds_version` and the `version` of domains, by `api_dialect`. */
  get version(): string {
    return HSDS_VERSION[this.config.api_dialect];
  }

  newRequestId(): string {
    return Buffer.from(this.random.bytes(REQUEST_ID_BYTES)).toString('base64url');
  }
}
