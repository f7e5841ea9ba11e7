/** From configuration to what a process needs before Nest. */
import { createWriteStream } from 'node:fs';
import { systemClock, systemRandom } from '#storage';
import type { LoadedConfig } from './config/load.js';
import type { Config } from './config/keys.js';
import { Log, LOG_LEVELS, type LogLevel } from './logger.js';
import { ServerRuntime } from './runtime.js';

/** The runtime of the real process: its clocks, its log on stdout or in `logfile`. */
export function makeRuntime({ config, warnings }: LoadedConfig): ServerRuntime {
  const log = new Log(
    {
      level: logLevel(config),
      format: config.log_format,
      prefix: config.log_prefix ?? '',
      timestamps: config.log_timestamps,
    },
    systemClock,
    lineSink(config.logfile),
  );
  for (const warning of warnings) log.warn(warning);
  return new ServerRuntime(config, systemClock, systemRandom, log);
}

function logLevel(config: Config): LogLevel {
  const wanted = (config.loglevel ?? config.log_level).toUpperCase();
  const name = wanted === 'WARNING' ? 'WARN' : wanted;
  return LOG_LEVELS.find((level) => level === name) ?? 'INFO';
}

function lineSink(file: string | null): (line: string) => void {
  const stream = file === null ? process.stdout : createWriteStream(file, { flags: 'a' });
  return (line) => {
    stream.write(line);
  };
}
