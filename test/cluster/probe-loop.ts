/** Probes of pods at the times of their manifest, as a kubelet sends them. */
import { request } from 'undici';
import type { ProbeRule } from './manifest-settings.js';

/** Asks one path again and again, and keeps the longest row of failures. */
export class ProbeLoop {
  private row = 0;
  private timer: NodeJS.Timeout | undefined;
  /** Failures in a row, at most so far. */
  worst = 0;
  asked = 0;

  constructor(
    readonly what: string,
    private readonly origin: string,
    readonly rule: ProbeRule,
  ) {
    this.next();
  }

  /** Whether a kubelet would have acted. */
  get acted(): boolean {
    return this.worst >= this.rule.failuresMax;
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private next(): void {
    this.timer = setTimeout(() => void this.ask(), this.rule.periodMs);
  }

  private async ask(): Promise<void> {
    const { path, timeoutMs } = this.rule;
    let good: boolean;
    try {
      const answer = await request(this.origin + path, { signal: AbortSignal.timeout(timeoutMs) });
      await answer.body.dump();
      good = answer.statusCode === 200;
    } catch {
      good = false;
    }
    if (this.timer === undefined) return;
    this.asked += 1;
    this.row = good ? 0 : this.row + 1;
    this.worst = Math.max(this.worst, this.row);
    this.next();
  }
}
