import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Made by `scripts/python-env.sh h5pyd1`. */
const PYTHON = join(ROOT, '.venv-h5pyd1/bin/python');
const INSTALLED = join(ROOT, '.venv-h5pyd1/.installed');
const TROUBLES_MAX = 5;

/** What a program with h5pyd has seen. */
export interface LoopTally {
  rounds: number;
  failed: number;
  wrong: number;
  troubles: string[];
}

/** The real client at work beside the others, in a process of its own. */
export class H5pydLoop {
  private tally: LoopTally = newTally();

  private constructor(private readonly child: ChildProcess) {
    if (child.stdout === null) return;
    createInterface(child.stdout).on('line', (line) => {
      this.tally.rounds += 1;
      if (line === 'ok') return;
      if (line.startsWith('wrong')) this.tally.wrong += 1;
      else this.tally.failed += 1;
      if (this.tally.troubles.length < TROUBLES_MAX) this.tally.troubles.push(line);
    });
  }

  /** @returns null when the client is not installed */
  static start(endpoint: string): H5pydLoop | null {
    if (!existsSync(INSTALLED)) return null;
    const program = join(ROOT, 'test/cluster/h5pyd_loop.py');
    const child = spawn(PYTHON, ['-u', program, endpoint], { stdio: ['pipe', 'pipe', 'inherit'] });
    return new H5pydLoop(child);
  }

  /** It has given up, which it never should. */
  get ended(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** Rounds since the last turn. */
  get rounds(): number {
    return this.tally.rounds;
  }

  /** Counts since the last call. */
  turn(): LoopTally {
    const ended = this.tally;
    this.tally = newTally();
    return ended;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.stdin?.end();
    await ended;
  }
}

function newTally(): LoopTally {
  return { rounds: 0, failed: 0, wrong: 0, troubles: [] };
}
