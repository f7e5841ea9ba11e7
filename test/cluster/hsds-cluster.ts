/**
 * HSDS from PyPI in its own mode for several nodes: a head node, where the others register every ten
 * seconds, data nodes and a service node, each a process of its own, on the local disk.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { request } from 'undici';
import { pause } from './local-cluster.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Made by `scripts/python-env.sh hsds09`. */
const PYTHON = join(ROOT, '.venv-hsds09/bin/python');
const BUCKET = 'hsds';
const READY_MS = 90_000;
const POLL_MS = 200;

export interface HsdsOptions {
  /** For storage and logs. */
  readonly folder: string;
  /** Of the head node; the service node and the data nodes have the next ones. */
  readonly port: number;
}

/** A running HSDS whose data nodes come and go. */
export class HsdsCluster {
  private readonly others: ChildProcess[] = [];
  private readonly dns: ChildProcess[] = [];
  private nextPort: number;

  constructor(private readonly options: HsdsOptions) {
    this.nextPort = options.port + 2;
  }

  /** Whether `scripts/python-env.sh hsds09` has been run. */
  static get installed(): boolean {
    return existsSync(PYTHON);
  }

  get endpoint(): string {
    return `http://localhost:${this.options.port + 1}`;
  }

  get count(): number {
    return this.dns.length;
  }

  async start(dns: number): Promise<void> {
    const { folder, port } = this.options;
    mkdirSync(join(folder, 'data', BUCKET), { recursive: true });
    writeFileSync(join(folder, 'passwd.txt'), 'admin:admin\n');
    this.others.push(this.run('headnode', port), this.run('servicenode', port + 1));
    await this.scale(dns);
    await this.settled();
  }

  /** Starts data nodes, or ends the youngest in order with SIGTERM. */
  async scale(count: number): Promise<void> {
    while (this.dns.length < count) {
      this.dns.push(this.run('datanode', this.nextPort));
      this.nextPort += 1;
    }
    const ended = this.dns.splice(count).map((child) => end(child, 'SIGTERM'));
    await Promise.all(ended);
  }

  /** SIGKILL; a new process on the same port, as a container is restarted. */
  async crash(restartMs: number): Promise<void> {
    const [victim] = this.dns;
    if (victim === undefined) return;
    const port = Number(victim.spawnargs.at(-1)?.split('=')[1]);
    await end(victim, 'SIGKILL');
    await pause(restartMs);
    this.dns[0] = this.run('datanode', port);
  }

  /**
   * Waits until every data node and the service node are READY and the service node knows as many
   * data nodes as there are.
   */
  async settled(): Promise<void> {
    const deadline = Date.now() + READY_MS;
    while (!(await this.isSettled())) {
      if (Date.now() > deadline) throw new Error(`HSDS is not READY within ${READY_MS} ms`);
      await pause(POLL_MS);
    }
  }

  async close(): Promise<void> {
    const all = [...this.dns.splice(0), ...this.others.splice(0)];
    await Promise.all(all.map((child) => end(child, 'SIGKILL')));
  }

  private async isSettled(): Promise<boolean> {
    try {
      const answer = await request(`${this.endpoint}/about`, { signal: AbortSignal.timeout(2000) });
      const about = (await answer.body.json()) as { state: string; dn_urls: string[] };
      if (about.state !== 'READY' || about.dn_urls.length !== this.dns.length) return false;
      const infos = about.dn_urls.map(async (url, number) => {
        const info = await request(`${url}/info`, { signal: AbortSignal.timeout(2000) });
        const { node } = (await info.body.json()) as { node: Record<string, unknown> };
        const { state, node_number: at, node_count: of } = node;
        return state === 'READY' && at === number && of === this.dns.length;
      });
      return (await Promise.all(infos)).every(Boolean);
    } catch {
      return false;
    }
  }

  private run(kind: 'headnode' | 'servicenode' | 'datanode', port: number): ChildProcess {
    const { folder, port: headPort } = this.options;
    const portKey = { headnode: 'head_port', servicenode: 'sn_port', datanode: 'dn_port' }[kind];
    const settings = {
      root_dir: join(folder, 'data'),
      bucket_name: BUCKET,
      password_file: join(folder, 'passwd.txt'),
      hsds_endpoint: this.endpoint,
      head_port: headPort,
      target_sn_count: 1,
      target_dn_count: 1,
      log_level: 'WARN',
      [portKey]: port,
    };
    const flags = Object.entries(settings).filter(([key]) => key !== portKey);
    const log = openSync(join(folder, `${kind}-${port}.log`), 'a');
    const words = [...flags, [portKey, port]].map(([key, value]) => `--${key}=${value}`);
    // Nodes that register take the head node to be on this machine when told of Kubernetes.
    const env = { PATH: process.env.PATH, IS_DOCKER: '1', KUBERNETES_SERVICE_HOST: '127.0.0.1' };
    const child = spawn(PYTHON, ['-m', `hsds.${kind}`, ...words], {
      cwd: folder,
      env,
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    return child;
  }
}

/** Resolves when the process has ended; one that takes more than 30 s is killed. */
function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) {
      resolve();
      return;
    }
    const late = setTimeout(() => child.kill('SIGKILL'), 30_000);
    child.once('exit', () => {
      clearTimeout(late);
      resolve();
    });
    child.kill(signal);
  });
}
