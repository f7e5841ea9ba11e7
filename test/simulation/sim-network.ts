import type { SimProcess } from './process.js';
import type { World } from './world.js';

/** Why a call over the network failed. */
export class NetworkError extends Error {}

/** The network between nodes: request and answer each take time, may be lost, may be cut. */
export class SimNetwork {
  /** Probability that a message is lost. */
  loss = 0;
  /** Directed cuts `from>to`, by process names. */
  readonly cuts = new Set<string>();
  /** Who listens on an address. */
  readonly listeners = new Map<string, SimProcess>();

  constructor(private readonly world: World) {}

  cutOff(a: SimProcess, b: SimProcess, direction: 'there' | 'back' | 'both'): void {
    if (direction !== 'back') this.cuts.add(`${a.name}>${b.name}`);
    if (direction !== 'there') this.cuts.add(`${b.name}>${a.name}`);
  }

  /**
   * Sends a request to whoever listens on an address.
   * @throws NetworkError refused, or no answer within the time; it may have been done all the same
   */
  call<T>(
    from: SimProcess,
    ip: string,
    { timeoutMs, work }: { timeoutMs: number; work: (to: SimProcess) => Promise<T> },
  ): Promise<T> {
    return new Promise((settled, failed) => {
      let forget: () => unknown = () => undefined;
      let cancel: () => void = () => undefined;
      const resolve = (value: T) => {
        cancel();
        forget();
        settled(value);
      };
      const reject = (error: Error) => {
        cancel();
        forget();
        failed(error);
      };
      const fail = (message: string) => {
        reject(new NetworkError(message));
      };
      cancel = from.clock.after(timeoutMs, () => {
        fail(`${ip}: no answer`);
      });
      const to = this.listeners.get(ip);
      if (to === undefined || !to.alive) {
        this.after(from, () => {
          fail(`${ip}: connection refused`);
        });
        return;
      }
      if (this.isLost(from, to)) return;
      this.after(to, () => {
        const arrived = to.alive ? work(to) : new Promise<T>(() => undefined);
        const answer = (call: () => void) => {
          if (!this.isLost(to, from)) this.after(from, call);
        };
        arrived.then(
          (value) => {
            answer(() => {
              resolve(value);
            });
          },
          (error: unknown) => {
            answer(() => {
              reject(error instanceof Error ? error : new Error(String(error)));
            });
          },
        );
      });
      forget = to.whenDead(() => {
        this.after(from, () => {
          fail(`${ip}: connection reset`);
        });
      });
    });
  }

  private isLost(from: SimProcess, to: SimProcess): boolean {
    return this.cuts.has(`${from.name}>${to.name}`) || this.world.random.chance(this.loss);
  }

  private after(process: SimProcess, call: () => void): void {
    this.world.after(this.world.random.between(0.2, 3), () => {
      process.deliver(call);
    });
  }
}
