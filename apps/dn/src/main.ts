import 'reflect-metadata';
import {
  clusterSettings,
  createServer,
  makeRuntime,
  ownAddress,
  readConfig,
  storeSettings,
} from '#server';
import { openStore } from '#storage';
import { DnModule } from './dn.module.js';

/** Runs a data node: in a pod, or as one of a fixed list. */
async function main(): Promise<void> {
  const runtime = makeRuntime(readConfig());
  const { config } = runtime;
  const boot = Buffer.from(runtime.random.bytes(16)).toString('base64url');
  const opened = await openStore(storeSettings(config), runtime);
  const cluster = clusterSettings({ runtime, role: 'dn', store: opened.store, boot });
  const self = ownAddress(config);
  const app = await createServer(
    DnModule.register({ runtime, opened, cluster, self, boot }),
    runtime,
  );
  app.enableShutdownHooks(undefined, { useProcessExit: true });
  await app.listen({ port: self.port, host: config.host });
  // The launcher that forked this process waits for this word.
  process.send?.('ready');
}

await main();
