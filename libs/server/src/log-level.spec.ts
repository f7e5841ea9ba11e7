import { ManualClock, seededRandom } from '#storage/testing';
import { loadConfig, type LoadedConfig } from './config/load.js';
import { LogLevelSwitch } from './log-level.js';
import { Log } from './logger.js';
import { ServerRuntime } from './runtime.js';

const POLL_MS = 5000;

describe('LogLevelSwitch', () => {
  let override: string;
  let lines: string[];
  let clock: ManualClock;
  let runtime: ServerRuntime;
  let levels: LogLevelSwitch;

  function read(): LoadedConfig {
    return loadConfig({
      argv: [],
      env: {},
      overrideFile: { name: 'override.yml', text: override },
    });
  }

  beforeEach(() => {
    override = '';
    lines = [];
    clock = new ManualClock();
    const settings = { level: 'INFO', format: 'json', prefix: '', timestamps: false } as const;
    const log = new Log(settings, clock, (line) => lines.push(line));
    runtime = new ServerRuntime(read().config, clock, seededRandom(1), log);
    runtime.reread = read;
    levels = new LogLevelSwitch(runtime);
    levels.onApplicationBootstrap();
  });
  afterEach(() => {
    levels.beforeApplicationShutdown();
  });

  it('follows the files', () => {
    override = 'log_level: DEBUG';
    clock.advance(POLL_MS);
    expect(runtime.log.level).toBe('DEBUG');
    override = 'log_level: WARNING';
    clock.advance(POLL_MS);
    expect(runtime.log.level).toBe('WARN');
    expect(lines.map((line) => (JSON.parse(line) as { to: string }).to)).toEqual(['DEBUG', 'WARN']);
  });

  it('keeps the level over a wrong file, and says so once', () => {
    override = 'log_level: LOUD';
    clock.advance(3 * POLL_MS);
    expect(runtime.log.level).toBe('INFO');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('LOUD');
    override = 'log_level: ERROR';
    clock.advance(POLL_MS);
    expect(runtime.log.level).toBe('ERROR');
  });

  it('goes to DEBUG and back on a signal, and the only one who listens is the switch', () => {
    expect(process.listenerCount('SIGUSR2')).toBe(1);
    process.emit('SIGUSR2');
    expect(runtime.log.level).toBe('DEBUG');
    clock.advance(POLL_MS);
    expect(runtime.log.level).toBe('DEBUG');
    process.emit('SIGUSR2');
    expect(runtime.log.level).toBe('INFO');
    levels.beforeApplicationShutdown();
    expect(process.listenerCount('SIGUSR2')).toBe(0);
    expect(clock.nextMs).toBeUndefined();
  });
});
