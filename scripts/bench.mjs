// `npm run bench`: installs, builds, and measures this server against HSDS; see docs/benchmarks.md.
// Flags go through: `npm run bench -- --quick --only read-64m`.
import { build, install, run } from './setup.mjs';

const flags = process.argv.slice(2);
install();
// Another build is measured as it is.
if (!flags.some((flag) => flag.startsWith('--main'))) build();
run(process.execPath, [
  '--no-warnings',
  '-C',
  'src',
  '--import',
  './scripts/typescript-hooks.mjs',
  'bench/main.ts',
  ...flags,
]);
