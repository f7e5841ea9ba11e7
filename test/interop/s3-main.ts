/**
 * This server on S3, alone and with two data nodes: writes over HTTP, ends, starts again and reads;
 * the bucket holds the very keys and documents that HSDS stores on disk. Ends with
 * `N passed, N failed`.
 *
 *   scripts/s3-test-server.sh run node -C src --import ./scripts/typescript-hooks.mjs \
 *     test/interop/s3-main.ts [--main <built main.js>]
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import {
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { freePorts, ServerProcess, type ServerOptions } from '../durability/server-process.js';
import { Client, OCTETS } from '../kit/client.js';
import { goldenDocuments, runRecipe, told } from './golden.js';

const DOMAIN = '/home/test_user1/golden.h5';
const KEYS = { accessKeyId: 'test', secretAccessKey: 'test' };
const ELEMENTS = 300_000;

const { values: flags } = parseArgs({
  options: { main: { type: 'string', default: 'dist/apps/embedded/src/main.js' } },
});
const endpoint = process.env.HSDS_TEST_S3_ENDPOINT;
const tally = { passed: 0, failed: 0 };

function check(name: string, isRight: boolean, found: unknown = ''): void {
  tally[isRight ? 'passed' : 'failed'] += 1;
  if (!isRight) console.log(`FAILED ${name}: ${String(found).slice(0, 2000)}`);
}

/** A bucket as another client sees it. */
class Bucket {
  private readonly s3: S3Client;

  constructor(
    url: string,
    private readonly name: string,
  ) {
    const fixed = { region: 'us-east-1', forcePathStyle: true, credentials: KEYS };
    this.s3 = new S3Client({ endpoint: url, ...fixed });
  }

  async objects(prefix: string): Promise<Map<string, Uint8Array>> {
    const listed = await this.s3.send(
      new ListObjectsV2Command({ Bucket: this.name, Prefix: prefix }),
    );
    const found = new Map<string, Uint8Array>();
    for (const { Key = '' } of listed.Contents ?? []) {
      const got = await this.s3.send(new GetObjectCommand({ Bucket: this.name, Key }));
      found.set(Key, (await got.Body?.transformToByteArray()) ?? new Uint8Array());
    }
    return found;
  }

  async put(key: string, body: Uint8Array): Promise<void> {
    await this.s3.send(new PutObjectCommand({ Bucket: this.name, Key: key, Body: body }));
  }
}

/** The recipe's domain in the bucket against HSDS's, and the reads of both processes. */
async function exchange(options: ServerOptions, bucket: Bucket, name: string): Promise<void> {
  const first = await ServerProcess.start(options);
  const writer = new Client(first.endpoint);
  const names = await runRecipe(writer, DOMAIN);
  const large = await writeLarge(writer, names.get('root') ?? '');
  await bucket.put('files/plain.bin', new Uint8Array(new Int32Array([3, 1, 4, 1, 5]).buffer));
  const referring = await refer(writer, names.get('root') ?? '');
  const before = await readings(writer, [...names.values(), large, referring]);
  const flushed = await writer.request('PUT', '/?flush=1', { domain: DOMAIN });
  check(`${name}: flush`, flushed.status === 204, flushed.text);
  await compareKeys(bucket, names, [large, referring], name);
  await first.stop();

  const second = await ServerProcess.start(options);
  const reader = new Client(second.endpoint);
  const after = await readings(reader, [...names.values(), large, referring]);
  for (const [what, text] of before) {
    check(`${name}: ${what} after a restart`, after.get(what) === text, after.get(what));
  }
  const value = await reader.request('GET', `/datasets/${referring}/value`, { domain: DOMAIN });
  check(`${name}: a referred file`, value.text.includes('[3, 1, 4, 1, 5]'), value.text);
  const deleted = await reader.request('DELETE', '/', { domain: DOMAIN });
  check(`${name}: deletion`, deleted.status === 200, deleted.text);
  await second.stop();
  const left = await bucket.objects(DOMAIN.slice(1));
  check(`${name}: nothing of the deleted domain`, left.size === 0, [...left.keys()].join());
}

/** Some MiB in several compressed chunks. */
async function writeLarge(client: Client, root: string): Promise<string> {
  const filters = [{ class: 'H5Z_FILTER_SHUFFLE' }, { class: 'H5Z_FILTER_DEFLATE', level: 1 }];
  const layout = { class: 'H5D_CHUNKED', dims: [140_000] };
  const made = await client.request('POST', '/datasets', {
    domain: DOMAIN,
    body: {
      type: 'H5T_STD_I64LE',
      shape: [ELEMENTS],
      creationProperties: { layout, filters },
      link: { id: root, name: 'large' },
    },
  });
  const id = made.textAt('id');
  const values = BigInt64Array.from({ length: ELEMENTS }, (_none, at) => BigInt(at * at));
  const body = new Uint8Array(values.buffer);
  const put = await client.request('PUT', `/datasets/${id}/value`, { domain: DOMAIN, body });
  check('a large write', put.status === 200, put.text);
  return id;
}

/** A dataset whose bytes lie in another object of the bucket. */
async function refer(client: Client, root: string): Promise<string> {
  const layout = {
    class: 'H5D_CONTIGUOUS_REF',
    file_uri: 'hsdstest/files/plain.bin',
    offset: 0,
    size: 20,
  };
  const body = {
    type: 'H5T_STD_I32LE',
    shape: [5],
    creationProperties: { layout },
    link: { id: root, name: 'referring' },
  };
  const made = await client.request('POST', '/datasets', { domain: DOMAIN, body });
  return made.textAt('id');
}

/** What clients are told of every object: document, attributes, links, bytes. */
async function readings(client: Client, ids: readonly string[]): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const read = async (path: string, accept?: string) => {
    const call = { domain: DOMAIN, ...(accept === undefined ? {} : { accept }) };
    const reply = await client.request('GET', path, call);
    const text = accept === undefined ? reply.text : reply.bytes.toString('base64');
    found.set(path, `${reply.status} ${text.replaceAll(client.endpoint, '')}`);
  };
  await read('/acls');
  for (const id of ids) {
    const collection = { g: 'groups', d: 'datasets', t: 'datatypes' }[id[0] ?? ''] ?? '';
    const path = `/${collection}/${id}`;
    await read(`${path}?include_attrs=1`);
    if (collection === 'groups') await read(`${path}/links`);
    if (collection === 'datasets') await read(`${path}/value`, OCTETS);
  }
  return found;
}

async function compareKeys(
  bucket: Bucket,
  names: ReadonlyMap<string, string>,
  others: readonly string[],
  name: string,
): Promise<void> {
  const domainPart = names.get('root')?.slice(2, 19) ?? '';
  const files = new Map([
    ...(await bucket.objects(DOMAIN.slice(1))),
    ...(await bucket.objects(`db/${domainPart}/`)),
  ]);
  const isOther = (key: string) => others.some((id) => key.includes(id.slice(20)));
  for (const key of files.keys()) {
    if (isOther(key) || key.endsWith('.info.json')) files.delete(key);
  }
  const found = told(files, names);
  const expected = goldenDocuments();
  for (const key of new Set([...found.keys(), ...Object.keys(expected)])) {
    // The root group has two more links here, and so other times.
    const same = key.endsWith('<domain>/.group.json')
      ? found.has(key)
      : found.get(key) === expected[key];
    check(`${name}: ${key}`, same, `${found.get(key) ?? 'absent'}\n  not ${expected[key] ?? ''}`);
  }
}

async function main(url: string): Promise<void> {
  for (const dataNodes of [0, 2]) {
    const name = `${dataNodes} data nodes`;
    const folder = mkdtempSync(join(tmpdir(), 'hsds-s3-'));
    const s3Flags = [
      '--root_dir=',
      `--aws_s3_gateway=${url}`,
      `--aws_access_key_id=${KEYS.accessKeyId}`,
      `--aws_secret_access_key=${KEYS.secretAccessKey}`,
      '--bucket_name=hsdstest',
      '--min_chunk_size=256',
      '--max_chunk_size=4m',
      '--max_chunks_per_folder=16',
    ];
    const options: ServerOptions = {
      main: resolve(flags.main),
      port: await freePorts(1 + dataNodes),
      folder,
      dataNodes,
      flags: s3Flags,
    };
    try {
      await exchange(options, new Bucket(url, 'hsdstest'), name);
    } catch (error) {
      check(name, false, error instanceof Error ? error.stack : error);
      console.log(readFileSync(join(folder, 'server.log'), 'utf8').slice(-2000));
    }
    rmSync(folder, { recursive: true, force: true });
  }
}

if (endpoint === undefined) check('HSDS_TEST_S3_ENDPOINT', false, 'not set: see s3-test-server.sh');
else await main(endpoint);
console.log(`${tally.passed} passed, ${tally.failed} failed`);
process.exit(tally.failed === 0 ? 0 : 1);
