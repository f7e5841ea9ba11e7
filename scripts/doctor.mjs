// `npm run doctor -- <flags of the service>`: checks configuration, files, bucket, clock and rights,
// and says what to fix. Exit status 1 when there is something.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { build, install, root } from './setup.mjs';

install();
build();

const main = join(root, 'dist', 'apps', 'embedded', 'src', 'doctor.js');
const child = spawn(process.execPath, [main, ...process.argv.slice(2)], { stdio: 'inherit' });
child.on('exit', (code) => process.exit(code ?? 1));
