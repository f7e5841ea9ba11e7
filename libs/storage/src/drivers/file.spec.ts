import { link, mkdir, mkdtemp, readdir, rm, unlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../runtime/clock.js';
import { systemRandom } from '../runtime/random.js';
import { kindOf } from '../testing/contract.js';
import { describeObjectStore } from '../testing/index.js';
import { DiskPaths } from './file/disk-paths.js';
import { formatOwner, thisOwner } from './file/owner.js';
import { lockRoot } from './file/root-lock.js';
import { FileStore } from './file.js';

const sources = { clock: systemClock, random: systemRandom };
const address = { bucket: 'bkt', key: 'db/1/d/2/0_0' };
const bytes = Uint8Array.of(1, 2, 3);

async function open(options: { exclusive?: boolean; metadata?: boolean }) {
  const root = await mkdtemp(join(tmpdir(), 'hsds-file-'));
  const store = await FileStore.open({ root, ...sources, ...options });
  return { store, root, cleanUp: () => rm(root, { recursive: true, force: true }) };
}

describeObjectStore('file, shared folder', () => open({}));
describeObjectStore(
  'file, exclusive folder without metadata',
  () => open({ exclusive: true, metadata: false }),
  { metadata: false },
);

describe('file store', () => {
  let opened: Awaited<ReturnType<typeof open>>;
  let paths: DiskPaths;

  beforeEach(async () => {
    opened = await open({});
    paths = new DiskPaths(opened.root);
    await opened.store.createBucket('bkt');
  });
  afterEach(async () => {
    await opened.store.close();
    await opened.cleanUp();
  });

  it('keeps objects where HSDS looks for them, and nothing else beside them', async () => {
    await opened.store.put(address, bytes, { metadata: { a: 'b' }, sync: true });
    await opened.store.put(address, bytes, { metadata: { a: 'c' } });
    expect(await readdir(join(opened.root, 'bkt', 'db', '1', 'd', '2'))).toEqual(['0_0']);
    expect(await readdir(join(opened.root, 'bkt'))).toEqual(['db']);
    expect(await readdir(paths.temp)).toEqual([]);
    expect(await readdir(paths.metadata(address))).toHaveLength(1);
    const locks = await readdir(paths.locks);
    expect(locks.filter((name) => !name.endsWith('.owner'))).toEqual([]);
  });

  it('removes emptied folders but not the bucket, nor those of other objects', async () => {
    await opened.store.put(address, bytes, { metadata: { a: 'b' } });
    await opened.store.put({ bucket: 'bkt', key: 'db/1/other' }, bytes);
    await opened.store.delete(address);
    expect(await readdir(join(opened.root, 'bkt', 'db', '1'))).toEqual(['other']);
    await opened.store.delete({ bucket: 'bkt', key: 'db/1/other' });
    expect(await readdir(join(opened.root, 'bkt'))).toEqual([]);
    expect(await readdir(paths.metadataBucket('bkt'))).toEqual([]);
  });

  it('survives deletions that prune the folders of its writes', async () => {
    const keys = Array.from({ length: 8 }, (_, at) => ({ bucket: 'bkt', key: `x/y/z/${at}` }));
    for (let round = 0; round < 10; round++) {
      const writes = keys.map((key) => opened.store.put(key, bytes, { metadata: { a: 'b' } }));
      const deletions = keys.map((key) => opened.store.delete(key));
      await Promise.all([...writes, ...deletions]);
    }
    for (const key of keys) await opened.store.put(key, bytes);
    expect((await opened.store.list('bkt', { prefix: 'x/' })).objects).toHaveLength(8);
  });

  it('refuses a key that is the folder of others, and the reverse', async () => {
    await opened.store.put({ bucket: 'bkt', key: 'a/b' }, bytes);
    for (const options of [{}, { ifAbsent: true }]) {
      const folder = opened.store.put({ bucket: 'bkt', key: 'a' }, bytes, options);
      expect(await kindOf(folder)).toBe('invalid');
      const below = opened.store.put({ bucket: 'bkt', key: 'a/b/c' }, bytes, options);
      expect(await kindOf(below)).toBe('invalid');
    }
    expect(await opened.store.get({ bucket: 'bkt', key: 'a' })).toBeNull();
    expect(await opened.store.get({ bucket: 'bkt', key: 'a/b/c' })).toBeNull();
  });

  it('does not give the metadata of a version that another program replaced', async () => {
    await opened.store.put(address, bytes, { metadata: { 'hsds-rq': 'r1' } });
    await writeFile(paths.object(address), 'other');
    expect(await opened.store.head(address)).toMatchObject({ metadata: {}, size: 5 });
  });

  it('counts right when several processes increment by compare and swap', async () => {
    const others = await Promise.all(
      [1, 2, 3].map(() => FileStore.open({ root: opened.root, ...sources })),
    );
    const stores = [opened.store, ...others];
    await opened.store.put(address, Uint8Array.of(0));
    const increment = async (store: FileStore) => {
      for (let kind = ''; kind !== 'none';) {
        const found = await store.get(address);
        if (found === null || found === 'not-modified') throw new Error('vanished');
        const next = Uint8Array.of(found.bytes[0]! + 1);
        const metadata = { n: String(next[0]) };
        kind = await kindOf(store.put(address, next, { ifMatch: found.etag, metadata }));
        expect(['none', 'conflict']).toContain(kind);
        expect(found.bytes[0] === 0 ? '0' : found.metadata['n']).toBe(String(found.bytes[0]));
      }
    };
    await Promise.all(stores.flatMap((store) => Array.from({ length: 5 }, () => increment(store))));
    expect(await opened.store.get(address)).toMatchObject({ bytes: Uint8Array.of(20) });
    await Promise.all(others.map((store) => store.close()));
  });

  it('breaks the lock of a dead process, and of another host only when it is old', async () => {
    const dead = { ...(await thisOwner('t')), pid: 2 ** 22 + 1 };
    const reborn = { ...(await thisOwner('t')), start: '1' };
    const away = { ...(await thisOwner('t')), host: 'elsewhere' };
    for (const owner of [dead, reborn, away]) {
      await writeFile(paths.lock(address), formatOwner(owner));
      await utimes(paths.lock(address), 1e9, 1e9);
      await opened.store.put(address, bytes);
    }
    expect(await opened.store.get(address)).toMatchObject({ bytes });
  });

  it('finds itself again when its owner file was cleaned away', async () => {
    await opened.store.put(address, bytes);
    for (const name of await readdir(paths.locks)) await unlink(join(paths.locks, name));
    await opened.store.put(address, Uint8Array.of(9));
    expect(await opened.store.get(address)).toMatchObject({ bytes: Uint8Array.of(9) });
  });

  it('waits for the lock of a living process', async () => {
    await writeFile(join(paths.locks, 'other'), formatOwner(await thisOwner('other')));
    await link(join(paths.locks, 'other'), paths.lock(address));
    let done = false;
    const put = opened.store.put(address, bytes).then(() => (done = true));
    // Enough reading of the disk for a writer that does not wait.
    for (let turn = 0; turn < 50; turn++) await readdir(paths.locks);
    expect(done).toBe(false);
    await unlink(paths.lock(address));
    await put;
    expect(await opened.store.head(address)).not.toBeNull();
  });

  it('removes what crashed writers left, once it is old', async () => {
    await writeFile(join(paths.temp, 'old'), 'x');
    await utimes(join(paths.temp, 'old'), 1e9, 1e9);
    await writeFile(join(paths.temp, 'new'), 'x');
    await (await FileStore.open({ root: opened.root, ...sources })).close();
    expect(await readdir(paths.temp)).toEqual(['new']);
  });

  it('sees changes in a large folder between pages', async () => {
    const folder = join(opened.root, 'bkt', 'big');
    await mkdir(folder);
    const names = Array.from({ length: 2100 }, (_, at) => String(at).padStart(4, '0'));
    await Promise.all(names.map((name) => writeFile(join(folder, name), '')));
    await utimes(folder, 1e9, 1e9);
    const first = await opened.store.list('bkt', { prefix: 'big/', limit: 2 });
    expect(first.objects.map(({ key }) => key)).toEqual(['big/0000', 'big/0001']);
    await opened.store.delete({ bucket: 'bkt', key: 'big/0002' });
    const next = { prefix: 'big/', limit: 1, after: 'big/0001' };
    expect((await opened.store.list('bkt', next)).objects[0]?.key).toBe('big/0003');
  });
});

describe('root lock', () => {
  it('admits one server, and the next when the first has closed or died', async () => {
    const { store, root, cleanUp } = await open({ exclusive: true });
    const again = FileStore.open({ root, ...sources, exclusive: true });
    await expect(again).rejects.toMatchObject({
      kind: 'conflict',
      message: expect.stringContaining(`process ${process.pid} on`) as string,
    });
    await store.close();
    const dead = { ...(await thisOwner('t')), pid: 2 ** 22 + 1 };
    await writeFile(new DiskPaths(root).rootLock, formatOwner(dead));
    const lock = await lockRoot(root, sources);
    expect(await kindOf(lockRoot(root, sources))).toBe('conflict');
    await lock.release();
    await (await lockRoot(root, sources)).release();
    await cleanUp();
  });

  it('is won by one of many that find a dead lock', async () => {
    const { store, root, cleanUp } = await open({});
    const dead = { ...(await thisOwner('t')), pid: 2 ** 22 + 1 };
    for (let round = 0; round < 10; round++) {
      await writeFile(new DiskPaths(root).rootLock, formatOwner(dead));
      const tries = Array.from({ length: 8 }, () => lockRoot(root, sources));
      const results = await Promise.allSettled(tries);
      const won = results.filter((result) => result.status === 'fulfilled');
      expect(won).toHaveLength(1);
      await won[0]!.value.release();
    }
    await store.close();
    await cleanUp();
  });
});
