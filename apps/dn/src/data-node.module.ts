import {
  Global,
  Inject,
  Injectable,
  Module,
  type BeforeApplicationShutdown,
  type DynamicModule,
} from '@nestjs/common';
import {
  MEMBERSHIP_VIEW,
  SERVE_GATE,
  type MembershipView,
  type NodeMap,
  type ServeGate,
} from '#cluster';
import type { ServerRuntime } from '#server';
import type { ObjectStore } from '#storage';
import { openDataNode, type OpenDataNode } from './open-data-node.js';

/** Injection token of this process's data node as its callers see it. */
export const DATA_NODE = Symbol('DataNode');
/** Injection token of the data node with its caches and figures. */
export const OPEN_DATA_NODE = Symbol('OpenDataNode');

export interface DataNodeModuleParts {
  readonly runtime: ServerRuntime;
  readonly store: ObjectStore;
  /** Random id of this process start, in a cluster. */
  readonly boot?: string;
  /** This node's number in a map; in one process there is only number 0. */
  readonly numberIn: (map: NodeMap) => number;
}

/** Stores what is dirty before the process ends; new requests have stopped by then. */
@Injectable()
export class DataNodeShutdown implements BeforeApplicationShutdown {
  constructor(@Inject(OPEN_DATA_NODE) private readonly node: OpenDataNode) {}

  async beforeApplicationShutdown(): Promise<void> {
    await this.node.service.flushAll();
    await Promise.all([this.node.documents.stop(), this.node.chunks.stop()]);
  }
}

/** A data node in this process: behind the HTTP door of `DnModule`, or called directly. */
@Global()
@Module({})
export class DataNodeModule {
  static register(parts: DataNodeModuleParts): DynamicModule {
    const { runtime, store, boot, numberIn } = parts;
    const { config, clock, random, log } = runtime;
    return {
      module: DataNodeModule,
      providers: [
        {
          provide: OPEN_DATA_NODE,
          inject: [SERVE_GATE, MEMBERSHIP_VIEW],
          useFactory: (gate: ServeGate, view: MembershipView) =>
            openDataNode({
              config,
              clock,
              random,
              log,
              store,
              gate,
              owns: (name) => view.current().ownerOf(name) === numberIn(view.current()),
              ...(boot === undefined ? {} : { boot }),
            }),
        },
        {
          provide: DATA_NODE,
          inject: [OPEN_DATA_NODE],
          useFactory: (node: OpenDataNode) => node.service,
        },
        DataNodeShutdown,
      ],
      exports: [OPEN_DATA_NODE, DATA_NODE],
    };
  }
}
