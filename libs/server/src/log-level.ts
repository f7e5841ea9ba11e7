import {
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { CancelTimer } from '#storage';
import { LOG_LEVELS, type Log, type LogLevel } from './logger.js';
import { ServerRuntime } from './runtime.js';
import type { Config } from './config/keys.js';

/** How soon a changed file is seen. */
const POLL_MS = 5000;

/** The level that a configuration asks for. */
export function logLevelOf(config: Pick<Config, 'log_level' | 'loglevel'>): LogLevel {
  const wanted = (config.loglevel ?? config.log_level).toUpperCase();
  const name = wanted === 'WARNING' ? 'WARN' : wanted;
  return LOG_LEVELS.find((level) => level === name) ?? 'INFO';
}

/**
 * Changes the level of the log while the process runs: when `log_level` changes in a configuration
 * file, and on SIGUSR2 to `DEBUG` and back. Only where the runtime was made from files.
 */
@Injectable()
export class LogLevelSwitch implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private configured: LogLevel;
  private wrong = false;
  private cancel: CancelTimer = () => undefined;
  private readonly onSignal = () => {
    this.toggle();
  };

  constructor(private readonly runtime: ServerRuntime) {
    this.configured = runtime.log.level;
  }

  onApplicationBootstrap(): void {
    if (this.runtime.reread === undefined) return;
    // Nest ends a process on this signal when it is asked to end it on all.
    process.removeAllListeners('SIGUSR2').on('SIGUSR2', this.onSignal);
    this.schedule();
  }

  beforeApplicationShutdown(): void {
    this.cancel();
    process.off('SIGUSR2', this.onSignal);
  }

  /** `DEBUG`, or back to what is configured. */
  toggle(): void {
    const { log } = this.runtime;
    change(log, log.level === 'DEBUG' ? this.configured : 'DEBUG');
  }

  /** Reads the files again; a wrong file changes nothing, and is reported once. */
  check(): void {
    const { log, reread } = this.runtime;
    try {
      const level = reread === undefined ? this.configured : logLevelOf(reread().config);
      this.wrong = false;
      if (level === this.configured) return;
      this.configured = level;
      change(log, level);
    } catch (error) {
      if (!this.wrong) log.warn(`configuration unchanged: ${String(error)}`);
      this.wrong = true;
    }
  }

  private schedule(): void {
    this.cancel = this.runtime.clock.after(POLL_MS, () => {
      this.check();
      this.schedule();
    });
  }
}

/** The change itself is a record, so that a log shows where its records begin and end. */
function change(log: Log, level: LogLevel): void {
  const from = log.level;
  if (from === level) return;
  log.warn('log level changed', { from, to: level });
  log.setLevel(level);
}
