// `npm test`: installs, builds, checks the style, and runs all Jest suites.
// Arguments go to Jest: `npm test -- --selectProjects unit`.
import { build, install, run } from './setup.mjs';

install();
build();
run('npx', ['prettier', '--check', '.', '--log-level', 'warn']);
run('npx', ['eslint', '.', '--max-warnings', '0']);
run('npx', ['jest', ...process.argv.slice(2)], {
  NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --experimental-vm-modules --no-warnings`,
});
