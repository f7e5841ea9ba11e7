// What `npm start` and `npm test` need before they can run: packages and a build, each made only
// when its inputs changed. Plain Node, since nothing is installed yet when this runs.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const stamps = join(root, 'node_modules', '.hsds-stamps');
const MIN_NODE = [20, 19];

/** Runs a command in the project's folder; a failure ends this program with its status. */
export function run(command, args, env = {}) {
  const result = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
    shell: process.platform === 'win32',
  });
  if (result.status !== 0) process.exit(result.status ?? 1);
}

function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > MIN_NODE[0] || (major === MIN_NODE[0] && minor >= MIN_NODE[1])) return;
  console.error(`Node ${MIN_NODE.join('.')} or newer is needed, this is ${process.versions.node}.`);
  process.exit(1);
}

/** Runs `make` unless it already ran for these inputs. */
function once(name, fingerprint, make) {
  const stamp = join(stamps, name);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint) return;
  make();
  mkdirSync(stamps, { recursive: true });
  writeFileSync(stamp, fingerprint);
}

function fingerprintOf(files) {
  const hash = createHash('sha256').update(process.version);
  for (const file of files) hash.update(file).update('\0').update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

function sources(folder) {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => join(root, folder, name))
    .filter((file) => /\.(ts|json)$/.test(file) && statSync(file).isFile())
    .sort();
}

/** Installs the packages of the lock file. */
export function install() {
  requireNode();
  const inputs = [join(root, 'package.json'), join(root, 'package-lock.json')];
  once('install', fingerprintOf(inputs), () => {
    run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error']);
  });
}

/** Compiles the apps into `dist`. */
export function build() {
  const configs = ['package.json', 'tsconfig.json', 'nest-cli.json'].map((name) =>
    join(root, name),
  );
  const inputs = [...configs, ...sources('apps'), ...sources('libs')];
  const built = existsSync(join(root, 'dist', 'apps', 'embedded', 'src', 'main.js'));
  const fingerprint = fingerprintOf(inputs);
  once('build', built ? fingerprint : '', () => {
    rmSync(join(root, 'dist'), { recursive: true, force: true });
    for (const app of ['sn', 'dn', 'embedded']) run('npx', ['nest', 'build', app]);
  });
  writeFileSync(join(stamps, 'build'), fingerprint);
}
