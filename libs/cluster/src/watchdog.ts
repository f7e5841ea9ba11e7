import { Worker } from 'node:worker_threads';
import type { CancelTimer, Clock } from '#storage';

const BEAT_MS = 500;
/** Beats that may be missed in a row: 3 s. */
const MISSED_MAX = 6;

/**
 * Counts its own turns without a beat of the main thread, not time: after the whole process was
 * stopped and continued, the main thread gets its full term again.
 */
const WATCHER = `
  const { workerData } = require('node:worker_threads');
  const beats = new Int32Array(workerData.shared);
  let last = -1;
  let missed = 0;
  setInterval(() => {
    const now = Atomics.load(beats, 0);
    missed = now === last ? missed + 1 : 0;
    last = now;
    if (missed >= workerData.missedMax) process.kill(process.pid, 'SIGKILL');
  }, workerData.beatMs);
`;

/**
 * Kills this process when its main loop has not turned for three seconds, so that Kubernetes
 * restarts it: a hung node would keep its place in the map for much longer.
 *
 * @returns what ends the watch
 */
export function startWatchdog(clock: Clock): () => Promise<void> {
  const shared = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  const beats = new Int32Array(shared);
  const workerData = { shared, missedMax: MISSED_MAX, beatMs: BEAT_MS };
  const worker = new Worker(WATCHER, { eval: true, workerData });
  worker.unref();
  let cancel: CancelTimer = () => undefined;
  const beat = () => {
    Atomics.add(beats, 0, 1);
    cancel = clock.after(BEAT_MS, beat);
  };
  beat();
  return async () => {
    cancel();
    await worker.terminate();
  };
}
