import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore, type DriverSettings } from './open-store.js';
import { systemClock } from './runtime/clock.js';
import { systemRandom } from './runtime/random.js';

const sources = { clock: systemClock, random: systemRandom };

describe('openStore', () => {
  it('opens each driver in its layers', async () => {
    const root = await mkdtemp(join(tmpdir(), 'hsds-open-'));
    const drivers: DriverSettings[] = [{ driver: 'memory' }, { driver: 'file', root }];
    for (const driver of drivers) {
      const { store, meter } = await openStore({ driver }, sources);
      await store.createBucket('b');
      const { etag } = await store.put({ bucket: 'b', key: 'k' }, Uint8Array.of(1));
      expect(await store.head({ bucket: 'b', key: 'k' })).toMatchObject({ etag });
      const counted = meter.snapshot().map(({ operation, count }) => [operation, count]);
      expect(counted).toEqual([
        ['createBucket', 1],
        ['put', 1],
        ['head', 1],
      ]);
      await store.close();
    }
    await rm(root, { recursive: true });
  });

  it('refuses a second server on an exclusive folder', async () => {
    const root = await mkdtemp(join(tmpdir(), 'hsds-open-'));
    const driver = { driver: 'file', root, exclusive: true } as const;
    const { store } = await openStore({ driver }, sources);
    await expect(openStore({ driver }, sources)).rejects.toMatchObject({ kind: 'conflict' });
    await store.close();
    await (await openStore({ driver }, sources)).store.close();
    await rm(root, { recursive: true });
  });
});
