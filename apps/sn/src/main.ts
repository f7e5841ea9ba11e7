import 'reflect-metadata';
import { ClusterModule } from '#cluster';
import {
  clusterSettings,
  ConnectionDrain,
  createServer,
  forceOnSecondSignal,
  makeRuntime,
  markSmallHeapsAtOnce,
  readConfig,
  startTracing,
  storeSettings,
} from '#server';
import { openStore } from '#storage';
import { remoteConnector } from './remote-connector.js';
import { SnModule } from './sn.module.js';

/** Runs a service node: in a pod, or over a fixed list of data nodes. */
async function main(): Promise<void> {
  const runtime = makeRuntime(readConfig());
  const { config } = runtime;
  markSmallHeapsAtOnce(runtime.clock);
  await startTracing(runtime, 'sn');
  const boot = Buffer.from(runtime.random.bytes(16)).toString('base64url');
  // For the epoch record only: objects are the data nodes' business.
  const { store, meter } = await openStore(storeSettings(config), runtime);
  runtime.metrics.watchStoreRequests(meter);
  const cluster = clusterSettings({ runtime, role: 'sn', store, boot });
  const root = {
    module: SnMain,
    providers: [ConnectionDrain],
    imports: [
      ClusterModule.register({ useFactory: () => cluster }),
      SnModule.register({
        runtime,
        connector: { inject: [], useFactory: () => remoteConnector(runtime) },
      }),
    ],
  };
  const app = await createServer(root, runtime);
  app.enableShutdownHooks(undefined, { useProcessExit: true });
  forceOnSecondSignal(process, runtime.clock, (status) => process.exit(status));
  const port = config.port === 0 ? config.sn_port : config.port;
  await app.listen({ port, host: config.host });
}

/** The root module of a service node process. */
class SnMain {}

await main();
