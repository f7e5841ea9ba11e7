/**
 * A disk that becomes full: D3 is refused with 503 and acknowledged values stay readable; D0 waits in
 * memory and is stored when there is room again; after kill -9 every chunk is whole and holds what was
 * acknowledged. Ends with `N passed, N failed`.
 *
 *   node -C src --import ./scripts/typescript-hooks.mjs test/durability/disk-full.ts --disk <folder>
 *
 * Flags: --disk: a folder on a file system of 20 to 64 MiB with nothing on it; --main <built main.js>.
 */
import { rmSync, statfsSync, truncateSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Client, OCTETS, type Reply } from '../kit/client.js';
import { diskComplaints } from './disk-check.js';
import { freePorts, ServerProcess, type ServerOptions } from './server-process.js';

const DOMAIN = '/home/test_user1/full.h5';
const MIB = 1024 * 1024;
/** Elements of 8 bytes: 256 KiB. */
const CHUNK = 32_768;
const CHUNKS = 48;
const ROOM = 4 * MIB;
const DISK_MAX = 64 * MIB;

const { values: flags } = parseArgs({
  options: {
    disk: { type: 'string', default: '' },
    main: { type: 'string', default: 'dist/apps/embedded/src/main.js' },
  },
});
const tally = { passed: 0, failed: 0 };

function check(name: string, isRight: boolean, found: unknown = ''): void {
  tally[isRight ? 'passed' : 'failed'] += 1;
  if (!isRight) console.log(`FAILED ${name}: ${String(found).slice(0, 1000)}`);
}

/** One dataset, a value in all elements of each chunk. */
class Chunks {
  private constructor(
    private client: Client,
    readonly id: string,
  ) {}

  static async make(endpoint: string): Promise<Chunks> {
    const client = new Client(endpoint);
    const made = await client.request('PUT', '/', { domain: DOMAIN });
    const layout = { class: 'H5D_CHUNKED', dims: [CHUNK] };
    const body = {
      type: 'H5T_STD_I64LE',
      shape: [CHUNK * CHUNKS],
      creationProperties: { layout },
      link: { id: made.textAt('root'), name: 'x' },
    };
    const dataset = await client.request('POST', '/datasets', { domain: DOMAIN, body });
    return new Chunks(client, dataset.textAt('id'));
  }

  reconnect(endpoint: string): void {
    this.client = new Client(endpoint);
  }

  write(chunk: number, value: number, level: 'D0' | 'D3'): Promise<Reply> {
    const body = new Uint8Array(new BigInt64Array(CHUNK).fill(BigInt(value)).buffer);
    const query = { select: `[${chunk * CHUNK}:${(chunk + 1) * CHUNK}]` };
    const headers = { 'X-Hsds-Durability': level };
    const call = { domain: DOMAIN, body, query, headers };
    return this.client.request('PUT', `/datasets/${this.id}/value`, call);
  }

  flush(): Promise<Reply> {
    return this.client.request('PUT', '/', { domain: DOMAIN, query: { flush: 1 } });
  }

  /** The value of each of the first chunks; NaN for a chunk that holds several. */
  async read(count = CHUNKS): Promise<number[]> {
    const query = { select: `[0:${count * CHUNK}]` };
    const call = { domain: DOMAIN, accept: OCTETS, query };
    const reply = await this.client.request('GET', `/datasets/${this.id}/value`, call);
    if (reply.status !== 200) throw new Error(`reading: ${reply.status} ${reply.text}`);
    const elements = new BigInt64Array(Uint8Array.from(reply.bytes).buffer);
    return Array.from({ length: count }, (_none, at) => {
      const chunk = elements.subarray(at * CHUNK, (at + 1) * CHUNK);
      return chunk.every((element) => element === chunk[0]) ? Number(chunk[0]) : NaN;
    });
  }
}

/** What takes up the room on the disk. */
class Ballast {
  private readonly path: string;

  constructor(disk: string) {
    this.path = join(disk, 'ballast');
    const { bavail, bsize } = statfsSync(disk);
    writeFileSync(this.path, new Uint8Array(Math.max(0, bavail * bsize - ROOM)).fill(1));
  }

  release(): void {
    truncateSync(this.path, 0);
  }
}

/** Values by chunk that must be there. */
function missing(found: readonly number[], acked: ReadonlyMap<number, number>): string {
  const lost = [...acked].filter(([chunk, value]) => found[chunk] !== value);
  return lost.map(([chunk, value]) => `${chunk}: ${found[chunk]} not ${value}`).join(', ');
}

async function fill(chunks: Chunks): Promise<Map<number, number>> {
  const acked = new Map<number, number>();
  for (let chunk = 0; chunk < CHUNKS - 1; chunk++) {
    const reply = await chunks.write(chunk, chunk + 1, 'D3');
    if (reply.status !== 200) {
      check('a write at D3 is refused with 503', reply.status === 503, reply.text);
      check('and says why', /ENOSPC|space/.test(reply.text), reply.text);
      return acked;
    }
    acked.set(chunk, chunk + 1);
  }
  check('the disk becomes full', false, acked.size);
  return acked;
}

async function run(options: ServerOptions, disk: string): Promise<void> {
  let server = await ServerProcess.start(options);
  try {
    const chunks = await Chunks.make(server.endpoint);
    check('a first flush', (await chunks.flush()).status === 204);
    const ballast = new Ballast(disk);
    const acked = await fill(chunks);
    check('some were stored before', acked.size > 2, acked.size);
    // Whether the refused write will be stored is not known: its chunk cannot be read meanwhile.
    const stored = await chunks.read(acked.size);
    check('values while the disk is full', missing(stored, acked) === '', missing(stored, acked));
    const last = CHUNKS - 1;
    check('D0 while it is full', (await chunks.write(last, 77, 'D0')).status === 200);
    check('a flush is refused', (await chunks.flush()).status === 503);
    ballast.release();
    check('a flush when there is room', (await chunks.flush()).status === 204);
    acked.set(last, 77);
    check('D3 when there is room', (await chunks.write(0, 88, 'D3')).status === 200);
    acked.set(0, 88);
    await server.kill('all');
    const bucket = join(options.folder, 'data', 'hsdstest');
    const sizes = new Map([[chunks.id.slice(20), CHUNK * 8]]);
    const complaints = diskComplaints(bucket, sizes);
    check('what is on disk', complaints.length === 0, complaints.join('\n'));
    server = await ServerProcess.start(options);
    chunks.reconnect(server.endpoint);
    const found = await chunks.read();
    check('what was acknowledged', missing(found, acked) === '', missing(found, acked));
    check('no torn chunk', !found.some(Number.isNaN), found.join());
    await server.stop();
  } catch (error) {
    check('the test itself', false, error instanceof Error ? error.stack : error);
    await server.kill('all');
  }
}

async function main(disk: string): Promise<void> {
  const { blocks, bsize } = statfsSync(disk);
  if (blocks * bsize > DISK_MAX) throw new Error(`${disk} is on a large file system`);
  const options: ServerOptions = {
    main: resolve(flags.main),
    port: await freePorts(1),
    folder: join(disk, 'server'),
    dataNodes: 0,
    flags: [
      `--root_dir=${join(disk, 'server', 'data')}`,
      '--bucket_name=hsdstest',
      `--min_chunk_size=${CHUNK * 8}`,
      `--max_chunk_size=${CHUNK * 8}`,
    ],
  };
  await run(options, disk);
  rmSync(options.folder, { recursive: true, force: true });
}

await main(flags.disk);
console.log(`${tally.passed} passed, ${tally.failed} failed`);
process.exit(tally.failed === 0 ? 0 : 1);
