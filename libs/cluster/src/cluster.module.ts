import { Global, Module, type DynamicModule, type FactoryProvider } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import type { ClusterOptions } from './cluster-options.js';
import { MembershipService, OPEN_CLUSTER } from './membership.service.js';
import { openCluster, type OpenCluster } from './open-cluster.js';

/** Provider token of the {@link ServeGate} of this data node. */
export const SERVE_GATE = Symbol('ServeGate');
/** Provider token of the {@link MembershipView} of this process. */
export const MEMBERSHIP_VIEW = Symbol('MembershipView');

/**
 * Provides the membership view and the serve gate of the chosen driver to the whole app, and runs
 * the cluster's agent. A data node gives its hooks to {@link MembershipService.attach}.
 */
@Global()
@Module({})
export class ClusterModule {
  /** @param options an injectable factory, so that configuration and store can be injected */
  static register(
    options: Pick<FactoryProvider<ClusterOptions>, 'inject' | 'useFactory'>,
  ): DynamicModule {
    return {
      module: ClusterModule,
      imports: [ScheduleModule.forRoot()],
      providers: [
        {
          provide: OPEN_CLUSTER,
          inject: options.inject ?? [],
          useFactory: async (...args: unknown[]) => openCluster(await options.useFactory(...args)),
        },
        MembershipService,
        { provide: SERVE_GATE, inject: [OPEN_CLUSTER], useFactory: (it: OpenCluster) => it.gate },
        {
          provide: MEMBERSHIP_VIEW,
          inject: [OPEN_CLUSTER],
          useFactory: (it: OpenCluster) => it.view,
        },
      ],
      exports: [SERVE_GATE, MEMBERSHIP_VIEW, MembershipService, OPEN_CLUSTER],
    };
  }
}
