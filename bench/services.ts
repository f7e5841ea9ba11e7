import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { withDescendants } from './processes.js';
import { Target } from './target.js';

/** A service that was started, and how to end it. */
export interface Service {
  readonly target: Target;
  stop(): Promise<void>;
}

export interface ServiceOptions {
  readonly root: string;
  readonly port: number;
  /** Data nodes; 1 of ours runs within the service node. */
  readonly dataNodes: number;
}

const READY_MS = 60_000;
/** HSDS's 100 would refuse every request of 100 connections. */
const TASKS_MAX = 1000;
/** As scripts/start.mjs sets them. */
const ENVIRONMENT = {
  MALLOC_TRIM_THRESHOLD_: '536870912',
  MALLOC_MMAP_THRESHOLD_: '268435456',
  MALLOC_TOP_PAD_: '67108864',
  UV_THREADPOOL_SIZE: '8',
};

/** HSDS from PyPI. */
export function startHsds(
  options: ServiceOptions & { readonly version: string; readonly tasksMax?: number },
): Service {
  const { root, port, dataNodes, version, tasksMax = TASKS_MAX } = options;
  const script = join(root, 'scripts', 'hsds_oracle.py');
  const flags = ['--version', version, '--port', String(port)];
  const oracle = (action: string, more: readonly string[] = []) => {
    execFileSync('python3', [script, action, ...flags, ...more], { stdio: 'inherit' });
  };
  oracle('start', ['--nodes', String(dataNodes), '--set', `max_task_count=${tasksMax}`]);
  const record = join(root, 'tmp', 'hsds-oracle', String(port), 'pids.json');
  const pids = JSON.parse(readFileSync(record, 'utf8')) as number[];
  const target = new Target(`HSDS ${version}`, port, () => pids);
  return {
    target,
    stop: () => {
      oracle('stop');
      return Promise.resolve();
    },
  };
}

/**
 * This server, with storage in tmp/bench.
 *
 * @param options `main`: the built embedded main.js; `nodeFlags`: of Node, e.g. `--cpu-prof`
 */
export async function startOurs(
  options: ServiceOptions & { readonly main: string; readonly nodeFlags: readonly string[] },
): Promise<Service> {
  const { root, port, dataNodes, main, nodeFlags } = options;
  const folder = join(root, 'tmp', 'bench', String(port));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const flags = [`--port=${port}`, `--root_dir=${join(folder, 'data')}`, '--bucket_name=hsdstest'];
  if (dataNodes > 1) flags.push(`--dn-count=${dataNodes}`, `--dn_port=${port + 1000}`);
  const log = openSync(join(folder, 'server.log'), 'w');
  const child = spawn(process.execPath, [...nodeFlags, main, ...flags], {
    stdio: ['ignore', log, log],
    cwd: folder,
    env: { ...ENVIRONMENT, ...process.env },
  });
  const service = serviceOf(child, new Target('hsds-ts', port, pidsOf(child)));
  await untilAnswers(port, '/about', child);
  return {
    ...service,
    stop: async () => {
      await service.stop();
      if (nodeFlags.length === 0) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The bare HTTP server. */
export async function startBare(root: string, port: number): Promise<Service> {
  const script = join(root, 'bench', 'bare-server.ts');
  // Compiled as this process is.
  const child = spawn(process.execPath, [...process.execArgv, script, String(port)], {
    cwd: root,
    stdio: 'inherit',
    env: { ...ENVIRONMENT, ...process.env },
  });
  await untilAnswers(port, '/1', child);
  return serviceOf(child, new Target('bare HTTP', port, pidsOf(child)));
}

function pidsOf(child: ChildProcess): () => readonly number[] {
  return () => (child.pid === undefined ? [] : withDescendants(child.pid));
}

function serviceOf(child: ChildProcess, target: Target): Service {
  return {
    target,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function untilAnswers(port: number, path: string, child: ChildProcess): Promise<void> {
  const deadline = performance.now() + READY_MS;
  while (!(await answers(port, path))) {
    if (child.exitCode !== null) throw new Error(`the server of port ${port} ended: see its log`);
    if (performance.now() > deadline) throw new Error(`nothing answers on port ${port}`);
    await sleep(100);
  }
}

function answers(port: number, path: string): Promise<boolean> {
  return new Promise((resolve) => {
    request({ port, path, host: 'localhost' }, (reply) => {
      reply.resume();
      resolve(reply.statusCode === 200);
    })
      .on('error', () => {
        resolve(false);
      })
      .end();
  });
}
