// `npm start`: installs, builds and runs the service on this machine, SN and DN in one process.
// Flags go through: `npm start -- --port 5102 --root_dir /data --dn-count 2`.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { build, install, root } from './setup.mjs';

install();
build();

const main = join(root, 'dist', 'apps', 'embedded', 'src', 'main.js');
const child = spawn(process.execPath, [main, ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: {
    // Large request bodies: keep freed memory instead of mapping it anew each time (docs/operations.md).
    MALLOC_TRIM_THRESHOLD_: '536870912',
    MALLOC_MMAP_THRESHOLD_: '268435456',
    MALLOC_TOP_PAD_: '67108864',
    UV_THREADPOOL_SIZE: '8',
    ...process.env,
  },
});
// A terminal's Ctrl-C reaches the service itself; this process only waits for its end.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  });
}
child.on('exit', (code, signal) => {
  process.exit(code ?? (signal === null ? 0 : 1));
});
