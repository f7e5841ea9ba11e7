import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from './config/load.js';
import { parseCredentialsFile } from './s3-keys.js';
import { storeSettings } from './store-settings.js';

/** The driver that flags choose. */
function driverOf(flags: Readonly<Record<string, string>>) {
  const argv = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
  return storeSettings(loadConfig({ argv, env: {} }).config).driver;
}

const KEYS = { aws_access_key_id: 'AKIA', aws_secret_access_key: 'secret' };
const gateway = { aws_s3_gateway: 'http://minio:9000' };

describe('the store that settings choose', () => {
  it('is the disk when there is a folder, else S3, else none', () => {
    expect(driverOf({ ...gateway, root_dir: '/srv/hdf5' })).toEqual({
      driver: 'file',
      root: '/srv/hdf5',
    });
    expect(driverOf(gateway).driver).toBe('s3');
    expect(() => driverOf({})).toThrow(/root_dir .* aws_s3_gateway/);
    expect(() => driverOf({ azure_connection_string: 'x' })).toThrow(/not supported/);
  });

  it.each([
    [gateway, { endpoint: 'http://minio:9000', pathStyle: true, region: 'us-east-1' }],
    [{ ...gateway, s3_force_path_style: 'false' }, { pathStyle: false }],
    [{ ...gateway, aws_region: 'eu-west-1' }, { region: 'eu-west-1' }],
    [{ ...gateway, aio_max_pool_connections: '7' }, { connections: 7 }],
    [gateway, { credentials: 'default' }],
    [{ ...gateway, ...KEYS, aws_secret_access_key: 'xxx' }, { credentials: 'default' }],
    [{ ...gateway, ...KEYS }, { credentials: { accessKeyId: 'AKIA', secretAccessKey: 'secret' } }],
    [
      { ...gateway, ...KEYS, aws_session_token: 't' },
      { credentials: { accessKeyId: 'AKIA', secretAccessKey: 'secret', sessionToken: 't' } },
    ],
    [{ ...gateway, ...KEYS, aws_s3_no_sign_request: 'true' }, { credentials: 'anonymous' }],
  ])('%j says %j', (flags, expected) => {
    expect(driverOf(flags)).toMatchObject(expected);
  });

  it.each(['https://s3.amazonaws.com', 'http://s3.eu-west-1.amazonaws.com/'])(
    'leaves the host of AWS to the SDK: %s',
    (aws_s3_gateway) => {
      const driver = driverOf({ aws_s3_gateway });
      expect(driver).not.toHaveProperty('endpoint');
      expect(driver).not.toHaveProperty('pathStyle');
    },
  );

  it('reads keys from a file each time it is asked, and prefers them', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'hsds-keys-'));
    const file = join(folder, 'keys');
    const driver = driverOf({ ...gateway, ...KEYS, s3_credentials_file: file });
    const { credentials } = driver as { credentials: () => Promise<object> };
    for (const id of ['AKIA1', 'AKIA2']) {
      await writeFile(
        file,
        `[default]\naws_access_key_id = ${id}\naws_secret_access_key = a=b\naws_session_token = t\n`,
      );
      expect(await credentials()).toEqual({
        accessKeyId: id,
        secretAccessKey: 'a=b',
        sessionToken: 't',
      });
    }
    await rm(folder, { recursive: true });
  });

  it('names what a file of keys lacks, and no secret', () => {
    const parse = () => parseCredentialsFile('aws_secret_access_key = hidden', 'keys');
    expect(parse).toThrow('keys: expected lines aws_access_key_id and aws_secret_access_key');
  });
});
