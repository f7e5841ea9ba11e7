import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ManualClock } from '../testing/index.js';
import { s3ClientConfig, type S3StoreOptions } from './s3-client.js';
import { S3Store } from './s3.js';

interface Sent {
  readonly hostname: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

const KEYS = { accessKeyId: 'key', secretAccessKey: 'secret' };
const OBJECT = { Bucket: 'bkt', Key: 'db/x/.group.json' };
const SILENT = new Error('nothing is sent');

/** What the SDK, told so, would send for a put and a get. */
async function sentBy(options: Partial<S3StoreOptions>): Promise<{ put: Sent; get: Sent }> {
  const sent: Sent[] = [];
  const client = new S3Client({
    ...s3ClientConfig({ credentials: KEYS, ...options }, new ManualClock()),
    requestHandler: {
      handle: (request: Sent) => {
        sent.push(request);
        return Promise.reject(SILENT);
      },
    },
  });
  await expect(client.send(new PutObjectCommand({ ...OBJECT, Body: 'x' }))).rejects.toBe(SILENT);
  await expect(client.send(new GetObjectCommand(OBJECT))).rejects.toBe(SILENT);
  client.destroy();
  const [put, get] = sent;
  if (put === undefined || get === undefined) throw new Error('nothing was sent');
  return { put, get };
}

describe('where S3 requests go', () => {
  it.each<[string, Partial<S3StoreOptions>, string, string]>([
    ['AWS, the default region', {}, 'bkt.s3.us-east-1.amazonaws.com', '/db/x/.group.json'],
    [
      'AWS, a region',
      { region: 'eu-west-1' },
      'bkt.s3.eu-west-1.amazonaws.com',
      '/db/x/.group.json',
    ],
    ['another store', { endpoint: 'http://minio:9000' }, 'minio', '/bkt/db/x/.group.json'],
    [
      'another store with buckets as host names',
      { endpoint: 'https://cos.example.com', pathStyle: false },
      'bkt.cos.example.com',
      '/db/x/.group.json',
    ],
    ['AWS by path', { pathStyle: true }, 's3.us-east-1.amazonaws.com', '/bkt/db/x/.group.json'],
  ])('%s', async (_where, options, hostname, path) => {
    const { put, get } = await sentBy(options);
    expect(put).toMatchObject({ hostname, path });
    expect(get).toMatchObject({ hostname, path });
    const region = options.region ?? 'us-east-1';
    expect(put.headers.authorization).toContain(`/${region}/s3/aws4_request`);
  });

  it.each([{}, { endpoint: 'http://minio:9000' }])(
    'with no checksum that a store other than AWS does not know: %j',
    async (options) => {
      const { put, get } = await sentBy(options);
      for (const { headers } of [put, get]) {
        expect(Object.keys(headers).join(' ')).not.toMatch(/checksum|trailer/);
        expect(headers['content-encoding']).toBeUndefined();
      }
      // The signature covers the body.
      expect(put.headers['x-amz-content-sha256']).toMatch(/^([0-9a-f]{64}|UNSIGNED-PAYLOAD)$/);
    },
  );
});

describe('S3 keys of the AWS chain', () => {
  const before = { ...process.env };
  let folder: string;
  /** The store, and the service that gives keys for an identity. */
  let server: Server;
  let puts: IncomingMessage[];
  let identities: string[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hsds-keys-'));
    server = createServer((request, response) => {
      void bodyOf(request).then((body) => {
        if (request.method === 'PUT') puts.push(request);
        else identities.push(body);
        response.writeHead(200, { 'content-type': 'text/xml', etag: '"e"' });
        response.end(request.method === 'PUT' ? '' : ASSUMED);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  beforeEach(() => {
    [puts, identities] = [[], []];
    for (const name of Object.keys(process.env)) {
      if (name.startsWith('AWS_')) Reflect.deleteProperty(process.env, name);
    }
    process.env.AWS_EC2_METADATA_DISABLED = 'true';
    process.env.AWS_CONFIG_FILE = join(folder, 'none');
    process.env.AWS_SHARED_CREDENTIALS_FILE = join(folder, 'none');
  });
  afterAll(async () => {
    process.env = before;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await rm(folder, { recursive: true });
  });

  const address = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const keyIdSent = async () => {
    const options = { endpoint: address(), credentials: 'default' } as const;
    const store = new S3Store(options, new ManualClock());
    await store.put({ bucket: OBJECT.Bucket, key: OBJECT.Key }, Uint8Array.of(1));
    await store.close();
    const [put] = puts;
    const [, id] = /Credential=([^/]+)\//.exec(put?.headers.authorization ?? '') ?? [];
    return [id, put?.headers['x-amz-security-token']];
  };

  it('come from a web identity, as pods on EKS have it', async () => {
    await writeFile(join(folder, 'token'), 'the-pods-token');
    Object.assign(process.env, {
      AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/hsds',
      AWS_WEB_IDENTITY_TOKEN_FILE: join(folder, 'token'),
      AWS_ENDPOINT_URL_STS: address(),
      AWS_REGION: 'us-east-1',
    });
    expect(await keyIdSent()).toEqual(['ASIAWEB', 'session']);
    const [form = ''] = identities;
    expect(Object.fromEntries(new URLSearchParams(form))).toMatchObject({
      Action: 'AssumeRoleWithWebIdentity',
      RoleArn: 'arn:aws:iam::123456789012:role/hsds',
      WebIdentityToken: 'the-pods-token',
    });
  });

  it('come from a shared credentials file', async () => {
    const file = join(folder, 'credentials');
    await writeFile(file, '[default]\naws_access_key_id = AKIAFILE\naws_secret_access_key = s\n');
    process.env.AWS_SHARED_CREDENTIALS_FILE = file;
    expect(await keyIdSent()).toEqual(['AKIAFILE', undefined]);
  });

  it('come from the environment', async () => {
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'AKIAENV', AWS_SECRET_ACCESS_KEY: 's' });
    expect(await keyIdSent()).toEqual(['AKIAENV', undefined]);
  });
});

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}

const ASSUMED = `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
<AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>ASIAWEB</AccessKeyId>
<SecretAccessKey>secret</SecretAccessKey><SessionToken>session</SessionToken>
<Expiration>2999-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleWithWebIdentityResult>
<ResponseMetadata><RequestId>1</RequestId></ResponseMetadata>
</AssumeRoleWithWebIdentityResponse>`;
