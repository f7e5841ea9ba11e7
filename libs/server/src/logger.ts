/** The process's log: one line a record, levels that can change while running, counted. */
import type { LoggerService } from '@nestjs/common';
import type { Clock } from '#storage';

export const LOG_LEVELS = ['DEBUG', 'INFO', 'WARN', 'ERROR'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Members of a record besides time, level and message; never secrets or contents. */
export type LogFields = Readonly<Record<string, unknown>>;

export interface LogSettings {
  readonly level: LogLevel;
  /** One JSON object a line, or HSDS's `LEVEL> message`. */
  readonly format: 'json' | 'text';
  /** Before every line of format `text`. */
  readonly prefix: string;
  /** Epoch seconds before every line of format `text`. */
  readonly timestamps: boolean;
}

const RANK: Readonly<Record<LogLevel, number>> = { DEBUG: 0, INFO: 1, WARN: 2, ERROR: 3 };

/** Writes records to a line sink; also serves as Nest's logger. */
export class Log implements LoggerService {
  private readonly counts: Record<LogLevel, number> = { DEBUG: 0, INFO: 0, WARN: 0, ERROR: 0 };
  private threshold: LogLevel;
  private context: () => LogFields = () => ({});

  /** @param write takes one line with its newline; must not throw */
  constructor(
    private readonly settings: LogSettings,
    private readonly clock: Clock,
    private readonly write: (line: string) => void,
  ) {
    this.threshold = settings.level;
  }

  /** Records written so far, by level. */
  get written(): Readonly<Record<LogLevel, number>> {
    return this.counts;
  }

  get level(): LogLevel {
    return this.threshold;
  }

  setLevel(level: LogLevel): void {
    this.threshold = level;
  }

  /** Fields of every later record: service, node_role, node_index, boot, epoch, map_fp. */
  setContext(context: () => LogFields): void {
    this.context = context;
  }

  isEnabled(level: LogLevel): boolean {
    return RANK[level] >= RANK[this.threshold];
  }

  record(level: LogLevel, message: string, fields: LogFields = {}): void {
    if (!this.isEnabled(level)) return;
    this.counts[level] += 1;
    this.write(
      this.settings.format === 'json'
        ? this.json(level, message, fields)
        : this.text(level, message, fields),
    );
  }

  info(message: string, fields?: LogFields): void {
    this.record('INFO', message, fields);
  }

  /** Nest's name for `info`; what follows the message is Nest's context name. */
  log(message: unknown, ...rest: unknown[]): void {
    this.record('INFO', String(message), nestFields(rest));
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.record('WARN', String(message), nestFields(rest));
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.record('ERROR', String(message), nestFields(rest));
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.record('DEBUG', String(message), nestFields(rest));
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.record('DEBUG', String(message), nestFields(rest));
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.record('ERROR', String(message), nestFields(rest));
  }

  private json(level: LogLevel, msg: string, fields: LogFields): string {
    const ts = new Date(this.clock.now()).toISOString();
    const record = { ts, level, msg, ...this.context(), ...fields };
    return `${JSON.stringify(record, (_key, value: unknown) => plain(value))}\n`;
  }

  private text(level: LogLevel, message: string, fields: LogFields): string {
    const { prefix, timestamps } = this.settings;
    const time = timestamps ? `${(this.clock.now() / 1000).toFixed(3)} ` : '';
    const rest = Object.entries(fields).map(([name, value]) => ` ${name}=${String(plain(value))}`);
    const line = `${prefix}${time}${level}> ${message}${rest.join('')}`;
    return `${line.replace(/[\r\n]+/g, ' | ')}\n`;
  }
}

/** Nest passes `(message, [stack], context)`; our callers pass one object of fields. */
function nestFields(rest: readonly unknown[]): LogFields {
  const fields = rest.find((item) => typeof item === 'object' && item !== null);
  const context = rest.findLast((item) => typeof item === 'string');
  return { ...(context === undefined ? {} : { context }), ...fields };
}

function plain(value: unknown): unknown {
  if (value instanceof Error) return value.stack ?? value.message;
  return typeof value === 'bigint' ? value.toString() : value;
}
