import { createServer } from 'node:net';
import { HdfError } from '#hdf5';
import { sleep, type Clock } from '#storage';

/** How long a former process on the same port may take to store what it has. */
const PORT_WAIT_MS = 20_000;
const PORT_LOOK_MS = 100;

/** The end of the pipe to the process that forked this one. */
export interface LauncherPipe {
  once(event: 'disconnect', listener: () => void): unknown;
}

/**
 * Ends a forked data node when its launcher is gone, however that ended: what it has is stored
 * while it still holds its port, so that a successor cannot read older versions in between.
 *
 * @param exit gets 0, or 1 when not everything could be stored
 */
export function endWithLauncher(
  pipe: LauncherPipe,
  store: () => Promise<void>,
  exit: (status: number) => void,
): void {
  pipe.once('disconnect', () => {
    store().then(
      () => {
        exit(0);
      },
      () => {
        exit(1);
      },
    );
  });
}

/**
 * Waits until nobody listens on an address any more.
 *
 * @throws HdfError `conflict` when somebody does after 20 s
 */
export async function untilFree(
  { host, port }: { host: string; port: number },
  clock: Clock,
): Promise<void> {
  const deadlineMs = clock.monotonic() + PORT_WAIT_MS;
  while (!(await isFree(host, port))) {
    if (clock.monotonic() >= deadlineMs) {
      throw new HdfError('conflict', `port ${port} is in use: is another server running?`);
    }
    await sleep(clock, PORT_LOOK_MS);
  }
}

/** @throws what the system says when it is not that the port is in use */
function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(false);
      else reject(error);
    });
    probe.listen(port, host, () => {
      probe.close(() => {
        resolve(true);
      });
    });
  });
}
