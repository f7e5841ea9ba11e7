import 'reflect-metadata';
import { HdfError } from '#hdf5';
import type { ClusterNode } from '#cluster';
import { createServer, makeRuntime, readConfig, storeSettings } from '#server';
import { openStore } from '#storage';
import { DnModule } from './dn.module.js';

/** `http://host:port` of the fixed list as nodes. */
function parseNodes(urls: readonly string[]): ClusterNode[] {
  return urls.map((text) => {
    const url = URL.canParse(text) ? new URL(text) : null;
    if (url === null || url.port === '') {
      throw new HdfError('invalid', `dn_urls: expected http://host:port, found '${text}'`);
    }
    return { ip: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port) };
  });
}

async function main(): Promise<void> {
  const runtime = makeRuntime(readConfig());
  const { config } = runtime;
  const nodes = parseNodes(config.dn_urls);
  const port = config.port === 0 ? config.dn_port : config.port;
  const self = { ip: config.pod_ip ?? config.host, port };
  const { store } = await openStore(storeSettings(config), runtime);
  const app = await createServer(
    DnModule.register({ runtime, store, cluster: { driver: 'static', nodes, self }, self }),
    runtime,
  );
  app.enableShutdownHooks(undefined, { useProcessExit: true });
  await app.listen({ port, host: config.host });
  process.send?.('ready');
}

await main();
