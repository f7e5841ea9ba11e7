/** From flags, environment and files to one typed, frozen configuration. Pure. */
import { load as parseYaml } from 'js-yaml';
import { HdfError } from '#hdf5';
import type { KeyValue } from './key-spec.js';
import { keySpec, KEYS, type Config, type KeyName } from './keys.js';
import { parseFlags } from './flags-line.js';
import { parseValue } from './parse-value.js';

/** A file as read: its name for messages, its text. */
export interface ConfigFile {
  readonly name: string;
  readonly text: string;
}

export interface ConfigSources {
  /** Command line without program and script. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly configFile?: ConfigFile;
  readonly overrideFile?: ConfigFile;
  /** Built-in values that an app sets instead of the table's; files and flags override them. */
  readonly defaults?: Partial<Config>;
}

export interface LoadedConfig {
  readonly config: Config;
  /** Names in flags and files that are no setting; they are ignored. */
  readonly warnings: readonly string[];
  /** Reads the same sources again, files as they are then. @throws HdfError `invalid` */
  readonly reread?: () => LoadedConfig;
}

/** One source of raw values, by setting name. */
interface Layer {
  readonly name: string;
  readonly values: ReadonlyMap<string, unknown>;
  /** Null and empty text in the override file mean: no override. */
  readonly emptyKeeps: boolean;
}

/**
 * Precedence: flags, environment (upper-case names), override file, config file, defaults. An
 * explicitly empty flag or variable empties a text or list setting.
 *
 * @throws HdfError `invalid` that lists every bad value with source, found and expected
 */
export function loadConfig(sources: ConfigSources): LoadedConfig {
  const problems: string[] = [];
  const flags = parseFlags(sources.argv);
  const files = [sources.overrideFile, sources.configFile].map((file) =>
    fileValues(file, problems),
  );
  const layers: Layer[] = [
    { name: 'flag', values: flags, emptyKeeps: false },
    { name: 'environment', values: environmentValues(sources.env), emptyKeeps: false },
    {
      name: sources.overrideFile?.name ?? 'override',
      values: files[0] ?? new Map(),
      emptyKeeps: true,
    },
    {
      name: sources.configFile?.name ?? 'config',
      values: files[1] ?? new Map(),
      emptyKeeps: false,
    },
  ];
  const names = Object.keys(KEYS) as KeyName[];
  const entries = names.map((name) => [name, resolve(name, layers, sources.defaults, problems)]);
  if (problems.length > 0) {
    throw new HdfError('invalid', `configuration: ${problems.join('; ')}`);
  }
  const config = Object.freeze(Object.fromEntries(entries)) as unknown as Config;
  return { config, warnings: layers.flatMap(unknownNames) };
}

/** The configuration for a log or a dump: secrets masked, dead keys left out. */
export function describeConfig(config: Config): Record<string, KeyValue> {
  const live = Object.entries(config).filter(([name]) => keySpec(name)?.dead !== true);
  return Object.fromEntries(
    live.map(([name, value]) => {
      const hidden = keySpec(name)?.secret === true && value !== null && value !== 'xxx';
      return [name, hidden ? '***' : value];
    }),
  );
}

function resolve(
  name: KeyName,
  layers: readonly Layer[],
  defaults: Partial<Config> | undefined,
  problems: string[],
): KeyValue {
  const spec = KEYS[name];
  for (const layer of layers) {
    if (!layer.values.has(name)) continue;
    const raw = layer.values.get(name);
    if (layer.emptyKeeps && (raw === null || raw === '')) continue;
    const parsed = parseValue(spec, raw);
    if (parsed === 'keep') continue;
    if ('value' in parsed) return freeze(parsed.value);
    const found = 'secret' in spec ? '(hidden)' : JSON.stringify(raw).slice(0, 100);
    problems.push(`${name} (${layer.name}): expected ${parsed.expected}, found ${found}`);
  }
  return freeze(defaults?.[name] ?? spec.default);
}

function freeze(value: KeyValue): KeyValue {
  return Array.isArray(value) ? Object.freeze([...(value as readonly string[])]) : value;
}

function environmentValues(env: ConfigSources['env']): Map<string, unknown> {
  const values = new Map<string, unknown>();
  for (const name of Object.keys(KEYS)) {
    const value = env[name.toUpperCase()];
    if (value !== undefined) values.set(name, value);
  }
  return values;
}

function fileValues(file: ConfigFile | undefined, problems: string[]): Map<string, unknown> {
  if (file === undefined) return new Map();
  try {
    const parsed: unknown = parseYaml(file.text);
    if (parsed === null || parsed === undefined) return new Map();
    if (typeof parsed === 'object' && !Array.isArray(parsed))
      return new Map(Object.entries(parsed));
    problems.push(`${file.name}: expected "name: value" lines, found ${typeof parsed}`);
  } catch (error) {
    problems.push(
      `${file.name}: ${error instanceof Error ? error.message.split('\n')[0] : 'YAML'}`,
    );
  }
  return new Map();
}

function unknownNames(layer: Layer): string[] {
  const unknown = [...layer.values.keys()].filter((name) => keySpec(name) === undefined);
  return unknown.map((name) => `${layer.name}: unknown setting ${name} is ignored`);
}
