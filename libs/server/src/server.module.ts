import {
  Module,
  type DynamicModule,
  type ModuleMetadata,
  type Provider,
  type Type,
} from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { TerminusModule } from '@nestjs/terminus';
import { AccessCheck } from './access.js';
import { AccessGuard } from './access.guard.js';
import { AboutController } from './about.controller.js';
import { CacheMetrics } from './cache-metrics.js';
import { ErrorFilter } from './error.filter.js';
import { HealthController } from './health.controller.js';
import { LogContext } from './log-context.js';
import { LogLevelSwitch } from './log-level.js';
import { Log } from './logger.js';
import { MetricsController } from './metrics.controller.js';
import { ServerRuntime } from './runtime.js';
import { TracingEnd } from './tracing/tracing-end.js';
import { SystemStatistics } from './system-statistics.js';

export interface ServerModuleOptions {
  readonly runtime: ServerRuntime;
  /** Modules that export the ports. */
  readonly imports?: ModuleMetadata['imports'];
  /** The ports themselves: `NodeStatus`, `HealthSource`; on service nodes also `Authenticator`
   * and `DomainAccess`. */
  readonly ports?: Provider[];
}

/** The shared edge: access guard, error filter, health, `/about`, `/info`, `/metrics`. */
@Module({})
export class ServerModule {
  static register(options: ServerModuleOptions): DynamicModule {
    const controllers: Type[] = [AboutController, HealthController, MetricsController];
    return {
      module: ServerModule,
      global: true,
      imports: [TerminusModule.forRoot({ logger: false }), ...(options.imports ?? [])],
      controllers,
      providers: [
        { provide: ServerRuntime, useValue: options.runtime },
        { provide: Log, useValue: options.runtime.log },
        { provide: APP_GUARD, useClass: AccessGuard },
        { provide: APP_FILTER, useClass: ErrorFilter },
        AccessCheck,
        SystemStatistics,
        CacheMetrics,
        LogContext,
        LogLevelSwitch,
        TracingEnd,
        ...(options.ports ?? []),
      ],
      exports: [ServerRuntime, Log],
    };
  }
}
