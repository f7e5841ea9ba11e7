/** Whole services in this process, on storage in memory, listening on free ports. */
import { createServer as createSocketServer, type AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { ClusterNode } from '#cluster';
import { DnModule } from '#dn';
import { DataNodes } from '#dn-client';
import { createServer, loadConfig, Log, ServerRuntime, startTracing, type Config } from '#server';
import { openStore, systemClock, systemRandom, type Clock, type OpenedStore } from '#storage';
import { EmbeddedModule } from '../../apps/embedded/src/embedded.module.js';
import { makeHomeFolders } from '../../apps/embedded/src/first-start.js';

/** One process with its data node inside, or two or three data nodes behind HTTP. */
export type Topology = 'embedded' | '2dn' | '3dn';

/** Users of the trial password file, each with a home folder. */
export const USERS = ['test_user1', 'test_user2'] as const;

export interface ServiceOptions {
  readonly topology?: Topology;
  readonly settings?: Partial<Config>;
}

export interface RunningService {
  /** `http://127.0.0.1:<port>` */
  readonly endpoint: string;
  readonly app: NestFastifyApplication;
  readonly opened: OpenedStore;
  /** Lets the wall clock of all nodes run ahead. */
  advance(seconds: number): void;
  close(): Promise<void>;
}

const LOCALHOST = '127.0.0.1';
const DATA_NODES: Readonly<Record<Topology, number>> = { embedded: 0, '2dn': 2, '3dn': 3 };

/** Starts a service with `/home` and a home folder for every user. */
export async function startService(options: ServiceOptions = {}): Promise<RunningService> {
  const time = new RunAheadClock();
  const runtime = testRuntime(options.settings ?? {}, time);
  await startTracing(runtime, 'sn');
  const opened = await openStore({ driver: { driver: 'memory' } }, runtime);
  await opened.store.createBucket(runtime.config.bucket_name);
  const dataNodes = await freeAddresses(DATA_NODES[options.topology ?? 'embedded']);
  const apps: NestFastifyApplication[] = [];
  for (const self of dataNodes) {
    apps.push(await startDataNode({ runtime, opened, dataNodes, self }));
  }
  const app = await createServer(EmbeddedModule.register({ runtime, opened, dataNodes }), runtime);
  await app.listen({ port: 0, host: LOCALHOST });
  await makeHomeFolders(app.get(DataNodes), runtime, USERS);
  const { port } = app.getHttpServer().address() as AddressInfo;
  return {
    endpoint: `http://${LOCALHOST}:${port}`,
    app,
    opened,
    advance: (seconds) => {
      time.aheadMs += seconds * 1000;
    },
    close: async () => {
      await app.close();
      for (const dataNode of apps) await dataNode.close();
      await opened.store.close();
    },
  };
}

/** The real clock, running ahead by what tests ask for. */
class RunAheadClock implements Clock {
  aheadMs = 0;

  now(): number {
    return systemClock.now() + this.aheadMs;
  }

  monotonic(): number {
    return systemClock.monotonic();
  }

  after(delayMs: number, call: () => void): () => void {
    return systemClock.after(delayMs, call);
  }
}

/** Configuration of a test service: the trial users, nothing from files or the environment. */
export function testRuntime(settings: Partial<Config>, clock: Clock): ServerRuntime {
  const defaults = { password_file: './config/passwd.txt', node_type: 'embedded' } as const;
  const { config } = loadConfig({ argv: [], env: {}, defaults: { ...defaults, ...settings } });
  const quiet = { level: 'ERROR', format: 'text', prefix: '', timestamps: false } as const;
  const log = new Log(quiet, clock, (line) => process.stderr.write(line));
  return new ServerRuntime(config, clock, systemRandom, log);
}

async function startDataNode(parts: {
  runtime: ServerRuntime;
  opened: OpenedStore;
  dataNodes: readonly ClusterNode[];
  self: ClusterNode;
}): Promise<NestFastifyApplication> {
  const { runtime, opened, dataNodes: nodes, self } = parts;
  // Load, metrics and log are a process's own.
  const own = new ServerRuntime(runtime.config, runtime.clock, runtime.random, runtime.log);
  await startTracing(own, 'dn');
  const cluster = { driver: 'static', nodes, self } as const;
  const root = DnModule.register({ runtime: own, opened, cluster, self, boot: 'test' });
  const app = await createServer(root, own);
  await app.listen({ port: self.port, host: self.ip });
  return app;
}

/** Ports that were free a moment ago. */
async function freeAddresses(count: number): Promise<ClusterNode[]> {
  const probes = await Promise.all(
    Array.from({ length: count }, async () => {
      const probe = createSocketServer();
      await new Promise<void>((resolve) => probe.listen(0, LOCALHOST, resolve));
      return probe;
    }),
  );
  const ports = probes.map((probe) => (probe.address() as AddressInfo).port);
  await Promise.all(probes.map((probe) => new Promise((resolve) => probe.close(resolve))));
  return ports.map((port) => ({ ip: LOCALHOST, port }));
}
