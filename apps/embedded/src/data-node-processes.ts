import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { HdfError } from '#hdf5';
import type { ClusterNode } from '#cluster';
import type { Config, Log } from '#server';

const LOCALHOST = '127.0.0.1';

/** Data nodes as processes beside this one: a fixed list, found by everyone through `dn_urls`. */
export class DataNodeProcesses {
  private readonly children: ChildProcess[] = [];
  private ending = false;

  private constructor(
    readonly nodes: readonly ClusterNode[],
    private readonly log: Log,
  ) {}

  /**
   * Starts `count` data nodes on consecutive ports from `dn_port` and waits until all listen.
   *
   * @throws HdfError `unavailable` when one ends before that
   */
  static async start(count: number, config: Config, log: Log): Promise<DataNodeProcesses> {
    const nodes = Array.from({ length: count }, (_none, index) => ({
      ip: LOCALHOST,
      port: config.dn_port + index,
    }));
    const processes = new DataNodeProcesses(nodes, log);
    try {
      await Promise.all(nodes.map((_node, number) => processes.spawn(number, config)));
    } catch (error) {
      await processes.stop();
      throw error;
    }
    return processes;
  }

  /** Lets every data node store what it has and end. */
  async stop(): Promise<void> {
    this.ending = true;
    await Promise.all(
      this.children.map(async (child) => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        const ended = once(child, 'exit');
        child.kill('SIGTERM');
        await ended;
      }),
    );
  }

  private async spawn(number: number, config: Config): Promise<void> {
    const urls = this.nodes.map(({ ip, port }) => `http://${ip}:${port}`).join(',');
    const own = this.nodes[number];
    const flags = [
      '--node_type=dn',
      `--dn_urls=${urls}`,
      `--host=${LOCALHOST}`,
      `--port=${own?.port ?? 0}`,
      `--root_dir=${config.root_dir ?? ''}`,
      `--bucket_name=${config.bucket_name}`,
      `--log_level=${config.log_level}`,
      `--durability=${config.durability}`,
    ];
    const main = fileURLToPath(new URL('../../dn/src/main.js', import.meta.url));
    // Of equal flags the last counts: what this process was given, then what is the data node's own.
    const child = fork(main, [...process.argv.slice(2), ...flags], {
      // Its own group: a terminal's Ctrl-C reaches only this process, which ends them in order.
      detached: true,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.children.push(child);
    const ready = await Promise.race([
      once(child, 'message').then(() => true),
      once(child, 'exit').then(() => false),
    ]);
    if (!ready) throw new HdfError('unavailable', `data node ${number} did not start`);
    child.once('exit', (code) => {
      if (!this.ending) this.log.error(`data node ${number} ended with status ${code ?? 'none'}`);
    });
  }
}
