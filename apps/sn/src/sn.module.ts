import { Module, type DynamicModule } from '@nestjs/common';
import { MEMBERSHIP_VIEW, type MembershipView } from '#cluster';
import { DataNodes, HoldQueue, traced, type NodeConnector } from '#dn-client';
import {
  API_NOTES,
  DomainAccess,
  HealthSource,
  HintController,
  NodeStatus,
  OpenApiController,
  ServerModule,
  watchHold,
} from '#server';
import type { ServerRuntime } from '#server';
import { AUTH_PORTS } from './auth/index.js';
import { NodesDomainAccess } from './domain-access.js';
import { CONTROLLERS, PROVIDERS } from './metadata.js';
import { apiNotes } from './openapi/index.js';
import { SnHealth, SnStatus } from './sn-status.js';
import { VALUE_CONTROLLERS, VALUE_PROVIDERS } from './value/index.js';

export interface SnModuleParts {
  readonly runtime: ServerRuntime;
  /** Gives the connection to a data node: over HTTP, or the one in this process. */
  readonly connector: {
    readonly inject: readonly symbol[];
    readonly useFactory: (...args: never[]) => NodeConnector;
  };
}

const CONNECTOR = Symbol('NodeConnector');

/** The public side of the service. The process around it provides the `ClusterModule`. */
@Module({})
export class SnModule {
  static register({ runtime, connector }: SnModuleParts): DynamicModule {
    return {
      module: SnModule,
      global: true,
      imports: [
        ServerModule.register({
          runtime,
          ports: [
            ...AUTH_PORTS,
            { provide: DomainAccess, useClass: NodesDomainAccess },
            { provide: NodeStatus, useClass: SnStatus },
            { provide: HealthSource, useClass: SnHealth },
          ],
        }),
      ],
      controllers: [HintController, ...CONTROLLERS, ...VALUE_CONTROLLERS, OpenApiController],
      providers: [
        { provide: API_NOTES, useValue: apiNotes(runtime.version) },
        {
          provide: CONNECTOR,
          inject: [...connector.inject],
          useFactory: connector.useFactory as (...args: unknown[]) => NodeConnector,
        },
        {
          provide: DataNodes,
          inject: [MEMBERSHIP_VIEW, CONNECTOR],
          useFactory: (view: MembershipView, connect: NodeConnector) => {
            const hold = new HoldQueue(runtime.clock, runtime.random);
            watchHold(runtime.metrics.registry, hold);
            return new DataNodes(view, traced(connect, runtime.tracer), hold);
          },
        },
        ...PROVIDERS,
        ...VALUE_PROVIDERS,
      ],
      exports: [DataNodes],
    };
  }
}
