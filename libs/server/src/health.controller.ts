import { Controller, Get, Res, ServiceUnavailableException } from '@nestjs/common';
import {
  HealthCheckService,
  HealthIndicatorService,
  type HealthIndicatorResult,
} from '@nestjs/terminus';
import type { FastifyReply } from 'fastify';
import { formatJson, type JsonOut } from '#hdf5';
import { Access } from './access.js';
import { HealthSource } from './ports.js';
import type { AccessRule } from './request-context.js';

/** What a probe's answer says beside up or down. */
type Facts = Readonly<Record<string, string>>;

const PROBE: AccessRule = {
  action: null,
  credentials: 'ignored',
  domain: 'none',
  body: 'none',
  always: true,
};

/** Probes of Kubernetes and pings of other nodes: 200 when all is up, else 503, with details. */
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly source: HealthSource,
  ) {}

  /** Everything, with the `cluster` indicator that service nodes and proposers read. */
  @Get()
  @Access(PROBE)
  all(@Res() reply: FastifyReply): Promise<void> {
    return this.answer(reply, [() => this.live(), () => this.started(), () => this.cluster()]);
  }

  @Get('live')
  @Access(PROBE)
  liveness(@Res() reply: FastifyReply): Promise<void> {
    return this.answer(reply, [() => this.live()]);
  }

  @Get('startup')
  @Access(PROBE)
  startup(@Res() reply: FastifyReply): Promise<void> {
    return this.answer(reply, [() => this.started()]);
  }

  /** This process only: a node must not leave the service because another one is down. */
  @Get('ready')
  @Access(PROBE)
  readiness(@Res() reply: FastifyReply): Promise<void> {
    return this.answer(reply, [() => this.started(), () => this.ready()]);
  }

  private async answer(
    reply: FastifyReply,
    checks: (() => HealthIndicatorResult)[],
  ): Promise<void> {
    try {
      this.send(reply, 200, await this.health.check(checks));
    } catch (error) {
      if (!(error instanceof ServiceUnavailableException)) throw error;
      this.send(reply, 503, error.getResponse());
    }
  }

  private send(reply: FastifyReply, status: number, result: unknown): void {
    const text = formatJson(result as JsonOut);
    void reply.code(status).type('application/json; charset=utf-8').send(text);
  }

  private live(): HealthIndicatorResult {
    return this.state('live', this.source.live());
  }

  private started(): HealthIndicatorResult {
    return this.state('started', this.source.started());
  }

  private ready(): HealthIndicatorResult {
    const trouble = this.source.trouble();
    return this.state('ready', this.source.ready(), trouble === null ? {} : { trouble });
  }

  private cluster(): HealthIndicatorResult {
    return this.indicators.check('cluster').up(this.source.cluster());
  }

  private state(name: string, good: boolean, facts: Facts = {}): HealthIndicatorResult {
    const check = this.indicators.check(name);
    return good ? check.up(facts) : check.down(facts);
  }
}
