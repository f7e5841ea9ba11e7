import type { Clock } from '#storage';
import { Prng } from './prng.js';
import type { World } from './world.js';

/** Beyond the protocol's assumption A2 nothing is promised. */
const RATE_SPREAD = 0.0004;
/** As in Node: no timer is shorter, so that waiting for a moment always gets there. */
const TIMER_MIN_MS = 1;

/** A simulated operating system process: it can die, be stopped, and has clocks of its own. */
export class SimProcess {
  alive = true;
  readonly clock: Clock;
  readonly random: Prng;
  /** Unix ms of the node's clock at the start. */
  readonly startedAt: number;
  private frozen: 'stopped' | 'machine' | null = null;
  private frozenAt = 0;
  /** Monotonic time that a frozen machine did not count. */
  private missed = 0;
  private backlog: (() => void)[] = [];
  private readonly rate: number;
  private readonly onDeath = new Set<() => void>();

  constructor(
    readonly world: World,
    readonly name: string,
    readonly machine: Machine,
  ) {
    this.random = world.random.fork();
    this.rate = 1 + world.random.between(-RATE_SPREAD, RATE_SPREAD);
    this.startedAt = machine.wall();
    this.clock = {
      now: () => machine.wall(),
      monotonic: () => this.monotonic(),
      after: (delayMs, call) => {
        let live = true;
        const cancel = world.after(Math.max(delayMs, TIMER_MIN_MS) / this.rate, () => {
          this.deliver(() => {
            if (live) call();
          });
        });
        return () => {
          live = false;
          cancel();
        };
      },
    };
  }

  get stopped(): boolean {
    return this.frozen !== null;
  }

  /** Lets something happen in the process: now, when it runs again, or never. */
  deliver(call: () => void): void {
    if (!this.alive) return;
    if (this.frozen === null) call();
    else this.backlog.push(call);
  }

  /** SIGSTOP, or a frozen virtual machine (whose monotonic clock stands still). */
  freeze(kind: 'stopped' | 'machine'): void {
    if (this.frozen !== null || !this.alive) return;
    this.frozen = kind;
    this.frozenAt = this.world.now;
  }

  resume(): void {
    if (this.frozen === 'machine') this.missed += (this.world.now - this.frozenAt) * this.rate;
    this.frozen = null;
    const late = this.backlog;
    this.backlog = [];
    // What comes first after a stop, timers or messages, is anybody's guess.
    for (let i = late.length - 1; i > 0; i--) {
      const j = this.random.below(i + 1);
      [late[i], late[j]] = [late[j]!, late[i]!];
    }
    for (const call of late)
      this.world.after(0, () => {
        this.deliver(call);
      });
  }

  kill(): void {
    if (!this.alive) return;
    this.alive = false;
    this.backlog = [];
    for (const call of this.onDeath) call();
  }

  /** @returns what forgets the call */
  whenDead(call: () => void): () => void {
    this.onDeath.add(call);
    return () => this.onDeath.delete(call);
  }

  private monotonic(): number {
    const frozen = this.frozen === 'machine' ? (this.world.now - this.frozenAt) * this.rate : 0;
    return this.world.now * this.rate - this.missed - frozen;
  }
}

/** A Kubernetes node: its wall clock is shared by its processes and its kubelet. */
export class Machine {
  private offset: number;

  constructor(private readonly world: World) {
    this.offset = 1_700_000_000_000 + world.random.between(-2000, 2000);
  }

  wall(): number {
    return this.world.now + this.offset;
  }

  /** Somebody sets the clock. */
  jump(ms: number): void {
    this.offset += ms;
  }
}
