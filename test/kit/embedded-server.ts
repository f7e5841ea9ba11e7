/** A whole server in this process, on storage in memory: for tests that talk HTTP to it. */
import { DataNodes, type NodeConnector } from '#dn-client';
import { createServer, loadConfig, Log, ServerRuntime, type Config } from '#server';
import { openStore, systemClock, systemRandom, type Clock, type DriverSettings } from '#storage';
import { EmbeddedModule } from '../../apps/embedded/src/embedded.module.js';
import { WireLoopback } from './wire-loopback.js';

/** What a request carries beside method and path. */
export interface Call {
  /** Sent as `X-Hdf-domain`; that of the server unless given. */
  readonly domain?: string;
  readonly query?: Readonly<Record<string, string | number>>;
  /** Sent as JSON without a Content-Type, as h5pyd does; bytes as octet-stream. */
  readonly body?: unknown;
  /** Name of a user of the trial password file, `test_user1` unless given; null for nobody. */
  readonly user?: string | null;
  readonly accept?: string;
  /** Over those that the rest of the call makes. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Reply {
  readonly status: number;
  readonly text: string;
  readonly bytes: Buffer;
  readonly contentType: string;
  readonly headers: Readonly<Record<string, unknown>>;
  /** The body, when it is JSON. */
  readonly json: unknown;
}

type Method = 'GET' | 'PUT' | 'POST' | 'DELETE';

export interface TestServer {
  /** What the service node asks its data node through, for tests that disturb it. */
  readonly nodes: DataNodes;
  /** @param path percent-encoded, without a query */
  request(method: Method, path: string, call?: Call): Promise<Reply>;
  /** Lets the wall clock run ahead, and all time of the store. */
  advance(seconds: number): void;
  close(): Promise<void>;
}

const PASSWORDS: Readonly<Record<string, string>> = { admin: 'admin' };
const TRIAL_PASSWORD = 'test';

export interface ServerOptions {
  readonly wire?: boolean;
  readonly onLine?: (line: string) => void;
  readonly driver?: DriverSettings;
}

/**
 * A server with the folders `/home` and `/home/test_user1` and, in it, the empty domain
 * `/home/test_user1/t.h5`, which requests go to unless they name another.
 *
 * @param options.wire the data node is behind the codecs, as if it were another process
 * @param options.onLine takes the log, as JSON at level DEBUG; without it errors go to stderr
 * @param options.driver where objects are, in memory unless given
 */
export async function startServer(
  settings: Partial<Config> = {},
  options: ServerOptions = {},
): Promise<TestServer> {
  let aheadMs = 0;
  const clock: Clock = { ...systemClock, now: () => systemClock.now() + aheadMs };
  // The store's own time: how old the keys are that it was given.
  const ahead = { ...clock, monotonic: () => systemClock.monotonic() + aheadMs };
  const runtime = testRuntime(settings, clock, options.onLine);
  const opened = await openStore(
    { driver: options.driver ?? { driver: 'memory' } },
    { clock: ahead, random: runtime.random },
  );
  await opened.store.createBucket(runtime.config.bucket_name);
  const app = await createServer(
    EmbeddedModule.register({ runtime, opened, dataNodes: [] }),
    runtime,
  );
  await app.init();
  const fastify = app.getHttpAdapter().getInstance();
  await fastify.ready();
  const nodes = app.get(DataNodes, { strict: false });
  if (options.wire === true) putBehindWire(nodes);
  const server: TestServer = {
    nodes,
    request: async (method, path, call = {}) => {
      const answer = await fastify.inject({ method, url: path + queryText(call), ...sent(call) });
      const contentType = String(answer.headers['content-type'] ?? '');
      const isJson = contentType.startsWith('application/json') && answer.body !== '';
      return {
        status: answer.statusCode,
        text: answer.body,
        bytes: answer.rawPayload,
        contentType,
        headers: answer.headers,
        json: isJson ? (JSON.parse(answer.body) as unknown) : undefined,
      };
    },
    advance: (seconds) => {
      aheadMs += seconds * 1000;
    },
    close: () => app.close(),
  };
  await makeFolders(server);
  return server;
}

function testRuntime(
  settings: Partial<Config>,
  clock: Clock,
  onLine: ServerOptions['onLine'],
): ServerRuntime {
  const defaults = { password_file: './config/passwd.txt', node_type: 'embedded' } as const;
  const { config } = loadConfig({ argv: [], env: {}, defaults: { ...defaults, ...settings } });
  const quiet = { level: 'ERROR', format: 'text', prefix: '', timestamps: false } as const;
  const log =
    onLine === undefined
      ? new Log(quiet, clock, (line) => process.stderr.write(line))
      : new Log({ ...quiet, level: 'DEBUG', format: 'json' }, clock, onLine);
  return new ServerRuntime(config, clock, systemRandom, log);
}

function putBehindWire(nodes: DataNodes): void {
  const connect = Reflect.get(nodes, 'connect') as NodeConnector;
  const behind: NodeConnector = (node) => new WireLoopback(connect(node));
  Reflect.set(nodes, 'connect', behind);
}

async function makeFolders(server: TestServer): Promise<void> {
  const admin = { user: 'admin' };
  const folder = { folder: true };
  await server.request('PUT', '/', { ...admin, domain: '/home', body: folder });
  const body = { ...folder, owner: 'test_user1' };
  await server.request('PUT', '/', { ...admin, domain: '/home/test_user1', body });
  const made = await server.request('PUT', '/', {});
  if (made.status !== 201) throw new Error(`test domain: ${made.text}`);
}

function queryText({ query }: Call): string {
  if (query === undefined) return '';
  const pairs = Object.entries(query).map(
    ([name, value]) => `${name}=${encodeURIComponent(String(value))}`,
  );
  return `?${pairs.join('&')}`;
}

function sent(call: Call) {
  const { domain = '/home/test_user1/t.h5', body, user = 'test_user1', accept } = call;
  const headers: Record<string, string> = {};
  if (domain !== '') headers['x-hdf-domain'] = domain;
  if (accept !== undefined) headers.accept = accept;
  if (user !== null) {
    const credentials = `${user}:${PASSWORDS[user] ?? TRIAL_PASSWORD}`;
    headers.authorization = `Basic ${Buffer.from(credentials).toString('base64')}`;
  }
  Object.assign(headers, call.headers);
  if (body === undefined) return { headers };
  if (body instanceof Uint8Array) {
    headers['content-type'] = 'application/octet-stream';
    return { headers, payload: Buffer.from(body) };
  }
  return { headers, payload: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)) };
}

/** A member of a reply, by its path of names and indices. */
export function at(reply: Reply, ...path: (string | number)[]): unknown {
  let value = reply.json;
  for (const step of path) value = (value as Record<string | number, unknown> | undefined)?.[step];
  return value;
}

/** A text member of a reply. */
export function textAt(reply: Reply, ...path: (string | number)[]): string {
  const value = at(reply, ...path);
  if (typeof value === 'string') return value;
  throw new Error(`no text at ${path.join('.')} of ${String(reply.status)} ${reply.text}`);
}
