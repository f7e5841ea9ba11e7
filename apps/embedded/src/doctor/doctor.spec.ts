import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HdfError } from '#hdf5';
import {
  MemoryStore,
  systemClock,
  systemRandom,
  type ObjectStore,
  type PutOptions,
} from '#storage';
import { ManualClock } from '#storage/testing';
import { ok, runChecks, type Check } from './checks.js';
import { examine } from './examine.js';
import { storeChecks } from './store-checks.js';

const bucket = 'hsds';

/** As `store`, but for what is given. */
function altered(store: ObjectStore, change: Partial<ObjectStore>): ObjectStore {
  return new Proxy(store, {
    get: (target, name) => {
      const found: unknown = Reflect.get(change, name) ?? Reflect.get(target, name);
      return typeof found === 'function' ? (found as () => unknown).bind(target) : found;
    },
  });
}

async function memory(): Promise<MemoryStore> {
  const store = new MemoryStore(systemClock);
  await store.createBucket(bucket);
  return store;
}

/** The lines, and whether nothing is to be fixed. */
async function report(store: ObjectStore, clock = systemClock, readsOnly = false) {
  const lines: string[] = [];
  const under = { store, bucket, makesBucket: false, readsOnly, clock, random: systemRandom };
  const good = await runChecks(storeChecks(under), systemClock, (line) => lines.push(line));
  return { good, lines };
}

function words(lines: readonly string[]): string[][] {
  return lines.map((line) => line.split(/\s+/, 2));
}

describe('checks of the store', () => {
  it('finds a good store good, and leaves nothing behind', async () => {
    const store = await memory();
    const { good, lines } = await report(store);
    expect(good).toBe(true);
    expect(words(lines)).toEqual([
      ['ok', 'bucket'],
      ['ok', 'rights'],
      ['ok', 'conditional-writes'],
      ['ok', 'clock'],
    ]);
    expect((await store.list(bucket, { prefix: '' })).objects).toEqual([]);
  });

  it('asks no more for a service node than its role of least rights may do', async () => {
    const refuse = () => Promise.reject(new HdfError('forbidden', 'AccessDenied'));
    const readable = altered(await memory(), { put: refuse, delete: refuse });
    const { good, lines } = await report(readable, systemClock, true);
    expect(good).toBe(true);
    expect(words(lines)).toEqual([
      ['ok', 'bucket'],
      ['ok', 'rights'],
    ]);
    const closed = await report(altered(readable, { get: refuse }), systemClock, true);
    expect(closed.lines[1]).toContain('AccessDenied: grant s3:GetObject on _hsds/*');
  });

  it('finds a store that ignores conditions', async () => {
    const store = await memory();
    const put = (...[at, bytes, options]: Parameters<ObjectStore['put']>) => {
      const { metadata = {} }: PutOptions = options ?? {};
      return store.put(at, bytes, { metadata });
    };
    const { good, lines } = await report(altered(store, { put }));
    expect(good).toBe(false);
    expect(lines[2]).toMatch(/^fix +conditional-writes +16 of racing creations won, expected 1/);
    expect(lines[2]).toContain('hsds_allow_unfenced_store');
    expect(words(lines)[3]).toEqual(['ok', 'clock']);
  });

  it('asks for a bucket that is not there, and leaves out what needs it', async () => {
    const { good, lines } = await report(new MemoryStore(systemClock));
    expect(good).toBe(false);
    expect(lines[0]).toContain('hsds does not exist: create it');
    expect(words(lines).map(([state]) => state)).toEqual(['fix', 'skip', 'skip', 'skip']);
  });

  it.each([
    ['put', 's3:PutObject'],
    ['get', 's3:GetObject'],
    ['list', 's3:ListBucket'],
    ['delete', 's3:DeleteObject'],
  ] as const)('names the right for %s', async (verb, right) => {
    const refuse = () => Promise.reject(new HdfError('forbidden', 'AccessDenied'));
    const { good, lines } = await report(altered(await memory(), { [verb]: refuse }));
    expect(good).toBe(false);
    expect(lines[1]).toBe(`fix   rights             AccessDenied: grant ${right}`);
  });

  it.each([
    [120, '120 s ahead of'],
    [-120, '120 s behind'],
  ])('finds a clock that is %s s off', async (offS, text) => {
    const clock = { ...systemClock, now: () => systemClock.now() + offS * 1000 };
    const { lines } = await report(await memory(), clock);
    const found = Number(/(\d+) s/.exec(lines[3] ?? '')?.[1]);
    expect(Math.abs(found - 120)).toBeLessThanOrEqual(2);
    expect(lines[3]).toContain(text.replace('120 s ', ''));
  });
});

describe('runChecks', () => {
  it('does not wait for ever, and prints one line for each check', async () => {
    const clock = new ManualClock();
    const silent: Check = { name: 'silent', run: () => new Promise(() => undefined) };
    const wordy: Check = { name: 'wordy', run: () => Promise.resolve(ok('a\nb')) };
    const lines: string[] = [];
    const done = runChecks([silent, wordy], clock, (line) => lines.push(line));
    clock.advance(60_000);
    expect(await done).toBe(false);
    expect(lines).toEqual([
      'fix   silent             no answer within 60 s',
      'ok    wordy              a b',
    ]);
  });
});

describe('examine', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'doctor-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function examined(argv: string[]): Promise<{ good: boolean; lines: string[] }> {
    const lines: string[] = [];
    const surroundings = { argv, env: { CONFIG_DIR: folder } };
    const good = await examine(surroundings, {}, (line) => lines.push(line));
    return { good, lines };
  }

  it('finds a folder and a users file good', async () => {
    const users = join(folder, 'passwd.txt');
    await writeFile(users, 'alice:secret-word\n');
    const root = join(folder, 'data');
    const { good, lines } = await examined([
      `--root_dir=${root}`,
      `--password_file=${users}`,
      '--bucket_name=hsds',
    ]);
    expect(words(lines)).toEqual([
      ['ok', 'configuration'],
      ['ok', 'users'],
      ['skip', 'groups'],
      ['skip', 's3-keys'],
      ['skip', 'dns'],
      ['ok', 'bucket'],
      ['ok', 'rights'],
      ['ok', 'conditional-writes'],
      ['ok', 'clock'],
      ['skip', 'kubernetes'],
    ]);
    expect(good).toBe(true);
    expect(lines.join()).not.toContain('secret-word');
    expect(await readdir(root)).toContain('hsds');
  });

  it('names what is wrong with files and settings, each in its line', async () => {
    const users = join(folder, 'passwd.txt');
    await writeFile(users, 'alice\n');
    const keys = join(folder, 'credentials');
    await writeFile(keys, 'aws_secret_access_key = hidden-key\n');
    const { good, lines } = await examined([
      `--password_file=${users}`,
      `--s3_credentials_file=${keys}`,
      '--aws_s3_gateway=nonsense',
      '--bucket_name=hsds',
      '--no_such_setting=1',
    ]);
    expect(good).toBe(false);
    expect(lines[0]).toMatch(/^fix +configuration +.*no_such_setting/);
    expect(lines[1]).toMatch(/^fix +users .*line 1: expected user:password/);
    expect(lines[3]).toMatch(/^fix +s3-keys .*aws_access_key_id/);
    expect(lines[4]).toMatch(/^fix +dns +aws_s3_gateway: expected http/);
    expect(lines.join()).not.toMatch(/alice|hidden-key/);
  });

  it('stops at settings that cannot be read', async () => {
    const { good, lines } = await examined(['--s3_age_time=soon']);
    expect(good).toBe(false);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^fix +configuration .*s3_age_time/);
  });
});
