/** The only reader of the process environment, and of the configuration files. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { configDirFlag } from './flags-line.js';
import { loadConfig, type ConfigFile, type LoadedConfig } from './load.js';
import type { Config } from './keys.js';

const CONFIG_NAMES = ['config.yml', 'config.yaml'] as const;
const CONFIG_DIRS = ['.', '/config', '/etc/hsds'] as const;

/** The process around the program, as arguments. */
export interface ProcessSurroundings {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The real process. */
export function processSurroundings(): ProcessSurroundings {
  return { argv: process.argv.slice(2), env: process.env };
}

/**
 * Finds and reads the files, then merges all sources.
 *
 * @param defaults values that an app sets instead of the built-in ones
 * @throws HdfError `invalid` with all problems at once
 */
export function readConfig(
  surroundings: ProcessSurroundings = processSurroundings(),
  defaults: Partial<Config> = {},
): LoadedConfig {
  const { argv, env } = surroundings;
  const dirs = configDirs(configDirFlag(argv) ?? env.CONFIG_DIR);
  const configFile = readFirst(dirs.flatMap((dir) => CONFIG_NAMES.map((name) => join(dir, name))));
  const overrideFile = findOverrideFile(env.CONFIG_OVERRIDE_PATH, configFile, dirs);
  const loaded = loadConfig({
    argv,
    env,
    defaults,
    ...(configFile === undefined ? {} : { configFile }),
    ...(overrideFile === undefined ? {} : { overrideFile }),
  });
  return { ...loaded, reread: () => readConfig(surroundings, defaults) };
}

function configDirs(dir: string | undefined): readonly string[] {
  return dir === undefined || dir === '' ? CONFIG_DIRS : [dir];
}

/** Beside the configuration file; without one, where that would be. */
function findOverrideFile(
  explicit: string | undefined,
  configFile: ConfigFile | undefined,
  dirs: readonly string[],
): ConfigFile | undefined {
  if (explicit !== undefined && explicit !== '') return readFirst([explicit]);
  const beside = configFile === undefined ? dirs : [dirname(configFile.name)];
  return readFirst([...beside, '/config'].map((dir) => join(dir, 'override.yml')));
}

function readFirst(paths: readonly string[]): ConfigFile | undefined {
  const name = paths.find((path) => existsSync(path));
  return name === undefined ? undefined : { name, text: readFileSync(name, 'utf8') };
}
