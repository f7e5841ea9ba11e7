/** A process that plays the seeds it is sent. */
import type { RunOptions } from './run.js';
import { playSeed } from './series.js';

process.on('message', (options: RunOptions) => {
  void playSeed(options).then((outcome) => process.send?.(outcome));
});
