import 'reflect-metadata';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HdfError } from '#hdf5';
import { DataNodes } from '#dn-client';
import {
  createServer,
  END_SIGNALS,
  forceOnSecondSignal,
  makeRuntime,
  markSmallHeapsAtOnce,
  readConfig,
  startTracing,
  processSurroundings,
  storeSettings,
  type Config,
  type ServerRuntime,
} from '#server';
import { lockRoot, openStore, systemClock, type OpenedStore, type RootLock } from '#storage';
import { DataNodeProcesses } from './data-node-processes.js';
import { EmbeddedModule } from './embedded.module.js';
import { makeHomeFolders, userNames } from './first-start.js';
import { greeting } from './greeting.js';

/** Users of a trial server, in the repository. */
const TRIAL_USERS = fileURLToPath(new URL('../../../../config/passwd.txt', import.meta.url));

/** What a server on one machine uses unless told otherwise: HSDS's keys, local values. */
const DEFAULTS: Partial<Config> = {
  node_type: 'embedded',
  root_dir: './data',
  host: 'localhost',
  password_file: TRIAL_USERS,
  log_level: 'WARN',
};

/** What must be undone at the end, in reverse order. */
class Opened {
  private readonly closers: (() => Promise<unknown>)[] = [];

  add(close: () => Promise<unknown>): void {
    this.closers.unshift(close);
  }

  async close(): Promise<void> {
    for (const close of this.closers.splice(0)) await close();
  }
}

async function main(opened: Opened): Promise<void> {
  const surroundings = processSurroundings();
  const loaded = readConfig(surroundings, DEFAULTS);
  const runtime = makeRuntime(loaded);
  const { config } = runtime;
  markSmallHeapsAtOnce(runtime.clock);
  await startTracing(runtime, 'embedded');
  const store = await openLocalStore(runtime, opened);
  const processes = await startDataNodes(runtime, opened);
  const dataNodes = processes?.nodes ?? [];
  const app = await createServer(
    EmbeddedModule.register({ runtime, opened: store, dataNodes }),
    runtime,
  );
  opened.add(() => app.close());
  const port = config.port === 0 ? config.sn_port : config.port;
  await app.listen({ port, host: config.host }).catch((error: unknown) => {
    throw listenError(error, port);
  });
  const users = existsSync(config.password_file)
    ? userNames(readFileSync(config.password_file, 'utf8'))
    : [];
  await makeHomeFolders(app.get(DataNodes), runtime, users);
  process.stdout.write(greeting(endpointOf(app, config), trialUser(config)));
}

/** Storage on this machine's disk, for this process and its data nodes alone; or S3. */
async function openLocalStore(runtime: ServerRuntime, opened: Opened): Promise<OpenedStore> {
  const settings = storeSettings(runtime.config);
  const { driver } = settings;
  // Alone on the folder, writes need no lock files, and nobody reads what is kept for others.
  const alone = driver.driver === 'file' && runtime.config.dn_count === 0;
  if (driver.driver === 'file' && !alone) {
    const lock: RootLock = await lockRoot(driver.root, runtime);
    opened.add(() => lock.release());
  }
  const result = await openStore(
    alone ? { ...settings, driver: { ...driver, exclusive: true, metadata: false } } : settings,
    runtime,
  );
  opened.add(() => result.store.close());
  await result.store.createBucket(runtime.config.bucket_name);
  return result;
}

async function startDataNodes(
  { config, log }: ServerRuntime,
  opened: Opened,
): Promise<DataNodeProcesses | undefined> {
  if (config.dn_count === 0) return undefined;
  const rootDir = config.root_dir === null ? null : resolve(config.root_dir);
  const processes = await DataNodeProcesses.start(
    config.dn_count,
    { ...config, root_dir: rootDir },
    log,
  );
  opened.add(() => processes.stop());
  return processes;
}

function listenError(error: unknown, port: number): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code !== 'EADDRINUSE') return error;
  return new HdfError('conflict', `port ${port} is in use: is another server running? (--port)`);
}

function endpointOf(app: NestFastifyApplication, config: Config): string {
  const address = app.getHttpServer().address();
  const port = typeof address === 'object' && address !== null ? address.port : config.sn_port;
  const wild = config.host === '0.0.0.0' || config.host === '::';
  return `http://${wild ? 'localhost' : config.host}:${port}`;
}

/** Only the published trial login is printed, never a user's own. */
function trialUser(config: Config): { name: string; password: string } | null {
  return config.password_file === TRIAL_USERS ? { name: 'test_user1', password: 'test' } : null;
}

/** Ends in order on the first signal; a second one ends at once. */
function endOnSignal(opened: Opened): void {
  let ending = false;
  const end = () => {
    if (ending) return;
    ending = true;
    opened.close().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`not everything could be stored: ${messageOf(error)}\n`);
        process.exit(1);
      },
    );
  };
  for (const signal of END_SIGNALS) process.on(signal, end);
  forceOnSecondSignal(process, systemClock, (status) => process.exit(status));
}

function messageOf(error: unknown): string {
  if (error instanceof HdfError && error.kind !== 'internal') return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

const opened = new Opened();
endOnSignal(opened);
try {
  await main(opened);
} catch (error) {
  process.stderr.write(`hsds-ts cannot start: ${messageOf(error)}\n`);
  await opened.close().catch(() => undefined);
  process.exit(1);
}
