import { EventEmitter } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { ManualClock, settled } from '#storage/testing';
import { endWithLauncher, untilFree } from './launcher.js';

const host = '127.0.0.1';

describe('a data node whose launcher is gone', () => {
  it.each([
    ['stored', 0, () => Promise.resolve()],
    ['not stored', 1, () => Promise.reject(new Error('full'))],
  ])('ends when everything is %s', async (_name, expected, store) => {
    const pipe = new EventEmitter();
    const ended = new Promise<number>((resolve) => {
      endWithLauncher(pipe, store, resolve);
    });
    pipe.emit('disconnect');
    expect(await ended).toBe(expected);
  });

  it('keeps its port until then: its successor waits, and not for ever', async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, host, resolve));
    const { port } = holder.address() as AddressInfo;
    const clock = new ManualClock();
    const impatient = untilFree({ host, port }, clock);
    const ended = { now: false };
    const watched = expect(impatient).rejects.toMatchObject({ kind: 'conflict' });
    void watched.then(() => (ended.now = true));
    await passTime(clock, ended);
    await watched;
    const patient = untilFree({ host, port }, clock);
    await settled();
    await new Promise((resolve) => holder.close(resolve));
    const free = { now: false };
    void patient.then(() => (free.now = true));
    await passTime(clock, free);
    await patient;
  });
});

/** Moves the clock, and lets sockets answer, until it ends. */
async function passTime(clock: ManualClock, ended: { readonly now: boolean }): Promise<void> {
  while (!ended.now) {
    clock.advance(100);
    await settled();
  }
}
