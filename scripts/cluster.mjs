// `npm run cluster -- --sn 2 --dn 3`: installs, builds, and runs a whole cluster on this machine:
// service nodes and data nodes as processes, with stand-ins for Kubernetes and S3. Commands on
// standard input scale it and break it. `npm run cluster -- --trials [--quick]` plays the scenarios
// of the cluster protocol on it instead, with clients that check every answer; with `--hsds`, a few of
// them beside HSDS from PyPI. `--page` writes what was measured to docs/status/cluster-trials.md.
import { build, install, run } from './setup.mjs';

const flags = process.argv.slice(2);
install();
// Another build is run as it is.
if (!flags.some((flag) => flag.startsWith('--dist'))) build();
const trials = flags.includes('--trials');
const beside = trials && flags.includes('--hsds');
if (beside) run('bash', ['scripts/python-env.sh', 'hsds09']);
const program = beside ? 'hsds-trials' : trials ? 'run' : 'console';
run(process.execPath, [
  '--no-warnings',
  '-C',
  'src',
  '--import',
  './scripts/typescript-hooks.mjs',
  `test/cluster/${program}.ts`,
  ...flags.filter((flag) => flag !== '--trials'),
]);
