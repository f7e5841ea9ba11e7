/** The command line as setting names and raw values. */
import { keySpec } from './keys.js';

const BOOLEAN = /^(?:true|t|yes|y|on|1|false|f|no|n|off|0)$/i;
const SHORT: Readonly<Record<string, string>> = { '-p': 'port' };
/** Read by whoever looks for the files; not a setting. */
const DIRECTORY_FLAGS: ReadonlySet<string> = new Set(['config_dir']);

/**
 * `--name=value`, `--name value`, `--name` (true), `-p port`; dashes in names count as underscores.
 * A switch takes the next word only when that is a truth value. Other words are passed over. The
 * last of several equal names counts.
 */
export function parseFlags(argv: readonly string[]): Map<string, string> {
  const flags = allFlags(argv);
  for (const name of DIRECTORY_FLAGS) flags.delete(name);
  return flags;
}

/** `--config_dir` or `--config-dir`. */
export function configDirFlag(argv: readonly string[]): string | undefined {
  return allFlags(argv).get('config_dir');
}

function allFlags(argv: readonly string[]): Map<string, string> {
  const flags = new Map<string, string>();
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] ?? '';
    const equals = word.indexOf('=');
    const name = flagName(equals < 0 ? word : word.slice(0, equals));
    if (name === undefined) continue;
    if (equals >= 0) {
      flags.set(name, word.slice(equals + 1));
    } else if (takesNext(name, argv[i + 1])) {
      flags.set(name, argv[++i] ?? '');
    } else {
      flags.set(name, 'true');
    }
  }
  return flags;
}

function flagName(word: string): string | undefined {
  if (Object.hasOwn(SHORT, word)) return SHORT[word];
  return word.startsWith('--') && word.length > 2 ? word.slice(2).replaceAll('-', '_') : undefined;
}

function takesNext(name: string, next: string | undefined): boolean {
  if (next === undefined || flagName(next) !== undefined) return false;
  return keySpec(name)?.type !== 'bool' || BOOLEAN.test(next);
}
