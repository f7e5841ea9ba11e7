import 'reflect-metadata';
import {
  clusterSettings,
  createServer,
  forceOnSecondSignal,
  makeRuntime,
  markSmallHeapsAtOnce,
  ownAddress,
  readConfig,
  startTracing,
  storeSettings,
} from '#server';
import { CacheGroup, openStore } from '#storage';
import { DnModule } from './dn.module.js';
import { endWithLauncher, untilFree } from './launcher.js';

/** Runs a data node: in a pod, or as one of a fixed list. */
async function main(): Promise<void> {
  const runtime = makeRuntime(readConfig());
  const { config } = runtime;
  markSmallHeapsAtOnce(runtime.clock);
  const self = ownAddress(config);
  let store = () => Promise.resolve();
  if (process.send !== undefined) {
    const exit = (status: number) => process.exit(status);
    endWithLauncher(process, () => store(), exit);
    await untilFree({ host: config.host, port: self.port }, runtime.clock);
  }
  await startTracing(runtime, 'dn');
  const boot = Buffer.from(runtime.random.bytes(16)).toString('base64url');
  const opened = await openStore(storeSettings(config), runtime);
  const cluster = clusterSettings({ runtime, role: 'dn', store: opened.store, boot });
  const app = await createServer(
    DnModule.register({ runtime, opened, cluster, self, boot }),
    runtime,
  );
  const caches = app.get(CacheGroup);
  store = () => caches.flush();
  app.enableShutdownHooks(undefined, { useProcessExit: true });
  forceOnSecondSignal(process, runtime.clock, (status) => process.exit(status));
  await app.listen({ port: self.port, host: config.host });
  // The launcher that forked this process waits for this word.
  process.send?.('ready');
}

await main();
