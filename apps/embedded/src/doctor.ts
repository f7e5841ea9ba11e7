import { fileURLToPath } from 'node:url';
import { MessageChannel } from 'node:worker_threads';
import { processSurroundings } from '#server';
import { examine } from './doctor/examine.js';

/** What `npm start` uses unless told otherwise. */
const DEFAULTS = {
  node_type: 'embedded',
  root_dir: './data',
  password_file: fileURLToPath(new URL('../../../../config/passwd.txt', import.meta.url)),
} as const;

// An open port keeps the process alive: the clock's timers do not, and the pause before a retry may
// be all there is to wait for.
new MessageChannel().port1.ref();

/** Says whether the service can run here, with the flags and the configuration it would have. */
const good = await examine(processSurroundings(), DEFAULTS, (line) => {
  process.stdout.write(`${line}\n`);
});
process.exit(good ? 0 : 1);
