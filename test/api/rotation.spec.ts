/** Secrets change in their files while requests run: picked up without a restart or a failure. */
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig, storeSettings } from '#server';
import { startServer, type TestServer } from '../kit/embedded-server.js';
import { startKeyCheckingS3, type KeyCheckingS3 } from '../kit/key-checking-s3.js';

const USERS = 'admin:admin\ntest_user1:test\n';

describe('rotation of secrets', () => {
  let folder: string;
  let s3: KeyCheckingS3;
  let server: TestServer;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rotation-'));
    await replace('passwd.txt', USERS);
    await replace('credentials', keysFile('first'));
    s3 = await startKeyCheckingS3('first');
    const settings = {
      password_file: join(folder, 'passwd.txt'),
      s3_credentials_file: join(folder, 'credentials'),
      aws_s3_gateway: s3.endpoint,
      bucket_name: 'rotation',
    };
    const { config } = loadConfig({ argv: [], env: {}, defaults: settings });
    const { driver } = storeSettings(config);
    server = await startServer({ ...settings, durability: 'D3' }, { driver });
  });
  afterAll(async () => {
    await server.close();
    await s3.close();
    await rm(folder, { recursive: true });
  });

  function keysFile(id: string): string {
    return `[default]\naws_access_key_id = ${id}\naws_secret_access_key = secret-of-${id}\n`;
  }

  /** As Kubernetes does it: all at once. */
  async function replace(name: string, text: string): Promise<void> {
    await writeFile(join(folder, `${name}.new`), text);
    await rename(join(folder, `${name}.new`), join(folder, name));
  }

  /** Writes, each stored before its answer, until told to stop; gives their statuses. */
  async function writeUntil(ended: () => boolean): Promise<number[]> {
    const statuses: number[] = [];
    while (!ended()) {
      const { status } = await server.request('POST', '/groups');
      statuses.push(status);
    }
    return statuses;
  }

  function loginOf(user: string, password: string): Readonly<Record<string, string>> {
    return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
  }

  it('takes new users and new passwords, and forgets the old ones', async () => {
    const headers = loginOf('new_user', 'new-word');
    expect((await server.request('GET', '/about', { headers })).status).toBe(401);
    await replace(
      'passwd.txt',
      `${USERS.replace('admin:admin', 'admin:other')}new_user:new-word\n`,
    );
    const begun = performance.now();
    const statuses: number[] = [];
    let login = 401;
    while (login !== 200 && performance.now() - begun < 20_000) {
      let asked = false;
      const asking = server.request('GET', '/about', { headers }).then(({ status }) => {
        login = status;
        asked = true;
      });
      statuses.push(...(await writeUntil(() => asked)));
      await asking;
    }
    expect(login).toBe(200);
    expect(new Set(statuses)).toEqual(new Set([201]));
    const old = await server.request('GET', '/about', { headers: loginOf('admin', 'admin') });
    expect(old.status).toBe(401);
    const own = await server.request('GET', '/about', { headers: loginOf('admin', 'other') });
    expect(own.status).toBe(200);
  });

  it('takes new S3 keys while both are good, and works when the old ones are gone', async () => {
    await replace('credentials', keysFile('second'));
    s3.good.add('second');
    server.advance(61);
    const begun = performance.now();
    const late = () => performance.now() - begun > 20_000;
    const statuses = await writeUntil(() => s3.used.has('second') || late());
    expect(s3.used).toEqual(new Set(['first', 'second']));
    s3.good.delete('first');
    let more = 0;
    statuses.push(...(await writeUntil(() => (more += 1) > 5)));
    expect(new Set(statuses)).toEqual(new Set([201]));
    expect(s3.refused).toEqual(new Map());
  });
});
