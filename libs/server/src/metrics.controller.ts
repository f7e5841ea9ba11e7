import { Controller, Get, Header } from '@nestjs/common';
import { Access } from './access.js';
import { HealthSource, NodeStatus } from './ports.js';
import { ServerRuntime } from './runtime.js';

/** Prometheus text, without credentials, in every node state. */
@Controller('metrics')
export class MetricsController {
  constructor(
    private readonly runtime: ServerRuntime,
    node: NodeStatus,
    health: HealthSource,
  ) {
    const { load, log, version } = runtime;
    runtime.metrics.watch({ node, health, load, log, version });
  }

  @Get()
  @Access({ action: null, credentials: 'ignored', domain: 'none', body: 'none', always: true })
  @Header('Content-Type', 'text/plain; version=0.0.4; charset=utf-8')
  metrics(): Promise<string> {
    return this.runtime.metrics.text();
  }
}
