/** All checks of one configuration. */
import {
  makeRuntime,
  readConfig,
  storeSettings,
  type Config,
  type LoadedConfig,
  type ProcessSurroundings,
} from '#server';
import { openStore, systemClock } from '#storage';
import { fix, ok, runChecks, type Check } from './checks.js';
import { fileChecks, kubernetesCheck, nameCheck } from './place-checks.js';
import { storeChecks } from './store-checks.js';

/**
 * Prints a line for each check.
 *
 * @param defaults of a server on one machine; a cluster's node has none
 * @returns whether nothing is to be fixed
 */
export async function examine(
  surroundings: ProcessSurroundings,
  defaults: Partial<Config>,
  print: (line: string) => void,
): Promise<boolean> {
  let loaded: LoadedConfig | undefined;
  const configuration: Check = {
    name: 'configuration',
    run: () => {
      loaded = read(surroundings, defaults);
      const { warnings } = loaded;
      return Promise.resolve(warnings.length === 0 ? ok('read') : fix(warnings.join('; ')));
    },
  };
  const readable = await runChecks([configuration], systemClock, print);
  if (loaded === undefined) return false;
  return (await examineConfig(loaded, print)) && readable;
}

function read(surroundings: ProcessSurroundings, defaults: Partial<Config>): LoadedConfig {
  const { config } = readConfig(surroundings);
  const clustered = config.kubernetes_service_host !== null || config.dn_urls.length > 0;
  return readConfig(surroundings, clustered ? {} : defaults);
}

/** Data nodes are pods, not a fixed list. */
function inCluster({ kubernetes_service_host: host, dn_urls: urls }: Config): boolean {
  return host !== null && urls.length === 0;
}

async function examineConfig(
  loaded: LoadedConfig,
  print: (line: string) => void,
): Promise<boolean> {
  const runtime = makeRuntime({ config: { ...loaded.config, log_level: 'ERROR' }, warnings: [] });
  const { config, clock, random } = runtime;
  const before = [...fileChecks(config), nameCheck(config)];
  const placeIsGood = await runChecks(before, clock, print);
  let settings;
  try {
    settings = storeSettings(config);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    const failed: Check = { name: 'store', run: () => Promise.resolve(fix(text)) };
    return runChecks([failed], clock, print);
  }
  const { store } = await openStore(settings, runtime);
  try {
    const makesBucket = settings.driver.driver === 'file';
    const readsOnly = config.node_type === 'sn' && inCluster(config);
    const bucket = config.bucket_name;
    const under = { store, bucket, makesBucket, readsOnly, clock, random };
    const checks = [...storeChecks(under), kubernetesCheck(runtime, store)];
    return (await runChecks(checks, clock, print)) && placeIsGood;
  } finally {
    await store.close();
  }
}
