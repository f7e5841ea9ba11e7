import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, openSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { withDescendants } from '../../bench/processes.js';

export interface ServerOptions {
  /** The built main.js of the embedded server. */
  readonly main: string;
  /** Of the front; data nodes have the ports above. */
  readonly port: number;
  /** Holds the storage (`data`) and the log. */
  readonly folder: string;
  /** Data node processes; 0: inside the server. */
  readonly dataNodes: number;
  readonly flags?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** Who is killed: all processes of the server, or only the one that clients talk to. */
export type Victims = 'all' | 'front';

const READY_MS = 60_000;

/** The server as processes, which may end at any moment. */
export class ServerProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly endpoint: string,
    /** How long the start took, ms. */
    readonly startMs: number,
  ) {}

  /** @throws Error when its port is taken, it ends, or it is not ready after a minute */
  static async start(options: ServerOptions): Promise<ServerProcess> {
    const { main, port, folder, dataNodes, flags = [], environment = {} } = options;
    if (!(await isFree(port))) throw new Error(`another server listens on port ${port}`);
    mkdirSync(folder, { recursive: true });
    const log = openSync(join(folder, 'server.log'), 'a');
    const nodes = dataNodes === 0 ? [] : [`--dn-count=${dataNodes}`, `--dn_port=${port + 1}`];
    const child = spawn(process.execPath, [main, `--port=${port}`, ...nodes, ...flags], {
      stdio: ['ignore', log, log],
      cwd: folder,
      env: { ...process.env, ...environment },
    });
    const begun = performance.now();
    const endpoint = `http://localhost:${port}`;
    while (!(await answers(endpoint))) {
      const late = performance.now() - begun > READY_MS;
      if (!late && child.exitCode === null && child.signalCode === null) {
        await sleep(50);
        continue;
      }
      child.kill('SIGKILL');
      throw new Error(`the server did not start: see ${join(folder, 'server.log')}`);
    }
    return new ServerProcess(child, endpoint, performance.now() - begun);
  }

  /** Of the front. */
  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Ends it without a chance to store anything. */
  async kill(victims: Victims): Promise<void> {
    const { pid } = this.child;
    if (pid === undefined || this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    const doomed = victims === 'all' ? withDescendants(pid) : [pid];
    for (const one of doomed) process.kill(one, 'SIGKILL');
    await ended;
  }

  /** Ends it in order. @throws Error when something could not be stored */
  async stop(): Promise<void> {
    const ended = once(this.child, 'exit') as Promise<[number | null]>;
    this.child.kill('SIGTERM');
    const [status] = await ended;
    if (status !== 0) throw new Error(`the server ended with status ${status ?? 'none'}`);
  }
}

/** Ready, that is: the homes that it makes last can be read. */
async function answers(endpoint: string): Promise<boolean> {
  try {
    const authorization = `Basic ${Buffer.from('admin:admin').toString('base64')}`;
    const reply = await fetch(`${endpoint}/?domain=/home/test_user2`, {
      headers: { authorization },
      signal: AbortSignal.timeout(5000),
    });
    await reply.arrayBuffer();
    return reply.status === 200;
  } catch {
    return false;
  }
}

/** A port, and as many after it, that were free a moment ago. */
export async function freePorts(count: number): Promise<number> {
  for (let first = 21_000 + (process.pid % 500) * 16; first < 60_000; first += 16) {
    const wanted = Array.from({ length: count }, (_none, at) => first + at);
    const free = await Promise.all(wanted.map(isFree));
    if (free.every(Boolean)) return first;
  }
  throw new Error('no free ports');
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => {
      resolve(false);
    });
    probe.listen(port, () => {
      probe.close(() => {
        resolve(true);
      });
    });
  });
}
