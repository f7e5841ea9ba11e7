// `npm run load`: installs, builds, and puts many clients on this server; see docs/benchmarks.md.
// Flags go through: `npm run load -- --clients 500 --seconds 60 --hsds`.
import { build, install, run } from './setup.mjs';

install();
build();
run(process.execPath, [
  '--no-warnings',
  '-C',
  'src',
  '--import',
  './scripts/typescript-hooks.mjs',
  'test/load/main.ts',
  ...process.argv.slice(2),
]);
