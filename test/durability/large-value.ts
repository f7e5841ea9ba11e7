/**
 * Writes and reads one value of 1 GiB as bytes, through the embedded server on a disk, and prints the
 * server's peak resident size while it does. Fails when it grows by more than caches and a few pages.
 *
 *   node -C src --import ./scripts/typescript-hooks.mjs test/durability/large-value.ts [flags]
 *
 * Flags: --mib 1024, --main <built main.js>.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { parseArgs } from 'node:util';
import { request } from 'undici';
import { resetPeak } from '../../bench/processes.js';
import { freePorts, ServerProcess } from './server-process.js';

const MIB = 2 ** 20;
/** Chunk cache 128 MiB, as much again of changes on their way to the disk, pages and buffers. */
const GROWTH_MAX = 384 * MIB;
const DOMAIN = '/home/test_user1/large.h5';

const { values: flags } = parseArgs({
  options: {
    mib: { type: 'string', default: '1024' },
    main: { type: 'string', default: 'dist/apps/embedded/src/main.js' },
  },
});
const mib = Number(flags.mib);

const headers = {
  authorization: `Basic ${Buffer.from('test_user1:test').toString('base64')}`,
  'x-hdf-domain': DOMAIN,
};

async function call(url: string, method: 'PUT' | 'POST', body: object): Promise<{ id?: string }> {
  const reply = await request(url, { method, headers, body: JSON.stringify(body) });
  if (reply.statusCode >= 300) throw new Error(`${url}: ${await reply.body.text()}`);
  return (await reply.body.json()) as { id?: string };
}

/** Byte `i` of MiB `n`: no two MiB are the same, none compresses to nothing. */
function block(n: number): Buffer {
  const words = new Uint32Array(MIB / 4);
  for (let i = 0; i < words.length; i += 1) words[i] = Math.imul(i + n * 7919, 2654435761);
  return Buffer.from(words.buffer);
}

function* blocks(): Generator<Buffer> {
  for (let n = 0; n < mib; n += 1) yield block(n);
}

async function write(url: string): Promise<void> {
  const reply = await request(url, {
    method: 'PUT',
    headers: {
      ...headers,
      'content-type': 'application/octet-stream',
      'content-length': String(mib * MIB),
    },
    body: Readable.from(blocks(), { objectMode: false, highWaterMark: MIB }),
    bodyTimeout: 0,
    headersTimeout: 0,
  });
  const text = await reply.body.text();
  if (reply.statusCode !== 200) throw new Error(`PUT: ${reply.statusCode} ${text}`);
}

async function read(url: string): Promise<void> {
  const reply = await request(url, {
    headers: { ...headers, accept: 'application/octet-stream' },
    bodyTimeout: 0,
    headersTimeout: 0,
  });
  if (reply.statusCode !== 200) throw new Error(`GET: ${reply.statusCode}`);
  let at = 0;
  let expected = block(0);
  for await (const part of reply.body as AsyncIterable<Buffer>) {
    for (let from = 0; from < part.length;) {
      const within = at % MIB;
      if (within === 0) expected = block(at / MIB);
      const length = Math.min(part.length - from, MIB - within);
      const differs = part.compare(expected, within, within + length, from, from + length) !== 0;
      if (differs) throw new Error(`GET: wrong bytes near ${at}`);
      from += length;
      at += length;
    }
  }
  if (at !== mib * MIB) throw new Error(`GET: ${at} bytes`);
}

function resident(pid: number, name: 'VmHWM' | 'VmRSS'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) * 1024;
}

const tally = { passed: 0, failed: 0 };

async function measure(name: string, server: ServerProcess, work: () => Promise<void>) {
  const { pid } = server;
  const idle = resident(pid, 'VmRSS');
  resetPeak([pid]);
  const begun = performance.now();
  await work();
  const seconds = (performance.now() - begun) / 1000;
  const peak = resident(pid, 'VmHWM');
  const ok = peak - base <= GROWTH_MAX;
  tally[ok ? 'passed' : 'failed'] += 1;
  const figures = [idle, peak].map((bytes) => `${Math.round(bytes / MIB)} MiB`);
  console.log(
    `${ok ? 'ok' : 'FAILED'} ${name} ${mib} MiB in ${seconds.toFixed(1)} s: ` +
      `resident ${figures.join(' before, peak ')}`,
  );
}

const folder = mkdtempSync(join(tmpdir(), 'large-value-'));
const port = await freePorts(1);
const server = await ServerProcess.start({
  main: resolve(flags.main),
  port,
  folder,
  dataNodes: 0,
  flags: [`--root_dir=${join(folder, 'data')}`, `--password_file=${resolve('config/passwd.txt')}`],
});
const base = resident(server.pid, 'VmRSS');
try {
  await call(`${server.endpoint}/`, 'PUT', {});
  const body = { type: 'H5T_STD_U32LE', shape: [(mib * MIB) / 4] };
  const { id = '' } = await call(`${server.endpoint}/datasets`, 'POST', body);
  const url = `${server.endpoint}/datasets/${id}/value`;
  await measure('PUT', server, () => write(url));
  await measure('GET', server, () => read(url));
  await measure('GET again', server, () => read(url));
} finally {
  await server.kill('all');
  rmSync(folder, { recursive: true, force: true });
}
console.log(`${tally.passed} passed, ${tally.failed} failed`);
process.exitCode = tally.failed === 0 ? 0 : 1;
