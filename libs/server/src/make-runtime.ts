/** From configuration to what a process needs before Nest. */
import { createWriteStream } from 'node:fs';
import { systemClock, systemRandom } from '#storage';
import type { LoadedConfig } from './config/load.js';
import { logLevelOf } from './log-level.js';
import { Log } from './logger.js';
import { ServerRuntime } from './runtime.js';

/** The runtime of the real process: its clocks, its log on stdout or in `logfile`. */
export function makeRuntime({ config, warnings, reread }: LoadedConfig): ServerRuntime {
  const log = new Log(
    {
      level: logLevelOf(config),
      format: config.log_format,
      prefix: config.log_prefix ?? '',
      timestamps: config.log_timestamps,
    },
    systemClock,
    lineSink(config.logfile),
  );
  for (const warning of warnings) log.warn(warning);
  takeNodeWarnings(log);
  const runtime = new ServerRuntime(config, systemClock, systemRandom, log);
  runtime.reread = reread;
  return runtime;
}

/** What Node itself warns of becomes records, or a log that is JSON had lines that are not. */
function takeNodeWarnings(log: Log): void {
  process.removeAllListeners('warning').on('warning', ({ name, message }) => {
    log.warn(message, { warning: name });
  });
}

function lineSink(file: string | null): (line: string) => void {
  const stream = file === null ? process.stdout : createWriteStream(file, { flags: 'a' });
  return (line) => {
    stream.write(line);
  };
}
