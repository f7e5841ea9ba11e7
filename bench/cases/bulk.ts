import { decodeChunk, encodeChunk } from '#hdf5';
import type { Case, Plan } from '../case.js';
import type { WireRequest } from '../connection.js';
import { benchDomain, bytesOf, GZIP_SHUFFLE, makeDataset, windField, WTK } from '../data.js';
import type { Target } from '../target.js';
import { once } from '../once.js';

const GOAL = 4;
const CEILING_GOAL = 0.6;
/** About 4 MiB out of six chunks. */
const PART = '[0:24,0:118,0:372]';
const PART_SHAPE = [24, 118, 372] as const;
/** 320 MiB against 128 MiB of cache a data node: read in turn, each window was evicted. */
const COLD_WINDOWS = 5;
const CHUNK_BYTES = 24 * 89 * 186 * 4;

/** HSDS stores only what changed, so what is written again and again must be something else each time. */
type Bodies = readonly [Buffer, Buffer];

const field = once(() => bytesOf(windField(WTK.shape)));
const fields = once((): Bodies => [field(), risen(field())]);
const parts = once((): Bodies => {
  const part = bytesOf(windField(PART_SHAPE));
  return [part, risen(part)];
});
/** The first chunk of the field, plain. */
const chunk = once(() => field().subarray(0, CHUNK_BYTES));
const CHUNKS = 42;
const codec = {
  filters: [
    { class: 'H5Z_FILTER_SHUFFLE', id: 2, name: 'shuffle' },
    { class: 'H5Z_FILTER_DEFLATE', id: 1, name: 'deflate', level: 4 },
  ],
  itemSize: 4,
} as const;

type Filters = typeof GZIP_SHUFFLE | undefined;

/** A dataset of 64 MiB, filled. */
function wind(target: Target, filters: Filters, windows = 1): Promise<string> {
  const title = `wind${windows}${filters === undefined ? '' : '-gzip'}`;
  return target.once(title, async () => {
    const [times, rows, columns] = WTK.shape;
    const shape = [times * windows, rows, columns];
    const options = { ...WTK, shape, ...(filters === undefined ? {} : { filters }) };
    const id = await makeDataset(target, title, options);
    const { domain } = await benchDomain(target);
    for (let window = 0; window < windows; window += 1) {
      const query = { select: windowOf(window) };
      await target.call('PUT', `/datasets/${id}/value`, { domain, query, body: field() });
      await target.call('PUT', '/', { domain, query: { flush: 1 } });
    }
    return id;
  });
}

function windowOf(window: number): string {
  const [times, rows, columns] = WTK.shape;
  return `[${window * times}:${(window + 1) * times},0:${rows},0:${columns}]`;
}

const coldWindow = (serial: number): string => windowOf(serial % COLD_WINDOWS);

/** A part like `PART` in the first window, which was written first: another one for each of 7 reads. */
function coldPart(serial: number): string {
  const [times] = WTK.shape;
  const [extent, rows, columns] = PART_SHAPE;
  const start = (serial * extent) % times;
  return `[${start}:${start + extent},0:${rows},0:${columns}]`;
}

async function read(target: Target, filters: Filters, select: string): Promise<Plan> {
  const id = await wind(target, filters);
  const { domain } = await benchDomain(target);
  const query = { select };
  const request = target.encode('GET', `/datasets/${id}/value`, {
    domain,
    query,
    wantsBytes: true,
  });
  return { count: 1, request: () => request };
}

/** Reads something else each time, of what was evicted since it was written or read. */
async function readCold(
  target: Target,
  filters: Filters,
  select: (serial: number) => string,
): Promise<Plan> {
  const id = await wind(target, filters, COLD_WINDOWS);
  const { domain } = await benchDomain(target);
  return {
    count: 1,
    request: (serial) => {
      const query = { select: select(serial) };
      return target.encode('GET', `/datasets/${id}/value`, { domain, query, wantsBytes: true });
    },
  };
}

async function write(
  target: Target,
  filters: Filters,
  { bodies, select, stored }: { bodies: Bodies; select: string; stored: boolean },
): Promise<Plan> {
  const id = await target.once(`written${filters === undefined ? '' : '-gzip'}`, () =>
    makeDataset(target, `written${filters === undefined ? '' : '-gzip'}`, {
      ...WTK,
      ...(filters === undefined ? {} : { filters }),
    }),
  );
  const { domain } = await benchDomain(target);
  const query = { select };
  const [put, other] = bodies.map((body) =>
    target.encode('PUT', `/datasets/${id}/value`, { domain, query, body }),
  ) as [WireRequest, WireRequest];
  const flush = target.encode('PUT', '/', { domain, query: { flush: 1 } });
  const steps = stored ? [put, flush, other, flush] : [put, other];
  return {
    count: stored ? 2 : 1,
    request: (serial) => steps[serial % steps.length] ?? flush,
    before: async () => {
      await target.call('PUT', '/', { domain, query: { flush: 1 } });
    },
  };
}

/** The same field, a little higher. */
function risen(bytes: Buffer): Buffer {
  const values = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  return bytesOf(values.map((value) => value + 1));
}

async function encodeAll(): Promise<number> {
  const start = performance.now();
  await Promise.all(Array.from({ length: CHUNKS }, () => encodeChunk(chunk(), codec)));
  return performance.now() - start;
}

const encoded = once(() => encodeChunk(chunk(), codec));

async function decodeAll(): Promise<number> {
  const bytes = await encoded();
  const plain = { ...codec, plainSize: CHUNK_BYTES };
  const start = performance.now();
  await Promise.all(Array.from({ length: CHUNKS }, () => decodeChunk(bytes, plain)));
  return performance.now() - start;
}

const bulk = { goal: GOAL, connections: 1 };
const plain = { ...bulk, ceilingGoal: CEILING_GOAL };
const all = windowOf(0);

/** Large bodies each way. */
export const bulkCases: readonly Case[] = [
  {
    ...plain,
    name: 'write-4m',
    title: 'write 4 MiB, raw, answered',
    prepare: (target) => write(target, undefined, { bodies: parts(), select: PART, stored: false }),
  },
  {
    ...plain,
    name: 'write-64m',
    title: 'write 64 MiB, raw, answered',
    prepare: (target) => write(target, undefined, { bodies: fields(), select: all, stored: false }),
  },
  {
    ...bulk,
    name: 'store-4m',
    title: 'write 4 MiB, raw, and flush',
    prepare: (target) => write(target, undefined, { bodies: parts(), select: PART, stored: true }),
  },
  {
    ...bulk,
    name: 'store-64m',
    title: 'write 64 MiB, raw, and flush',
    prepare: (target) => write(target, undefined, { bodies: fields(), select: all, stored: true }),
  },
  {
    ...bulk,
    name: 'store-4m-gzip',
    title: 'write 4 MiB, gzip+shuffle, and flush',
    prepare: (target) =>
      write(target, GZIP_SHUFFLE, { bodies: parts(), select: PART, stored: true }),
  },
  {
    ...bulk,
    name: 'store-64m-gzip',
    title: 'write 64 MiB, gzip+shuffle, and flush',
    slow: true,
    prepare: (target) =>
      write(target, GZIP_SHUFFLE, { bodies: fields(), select: all, stored: true }),
    codec: encodeAll,
  },
  {
    ...plain,
    name: 'read-4m',
    title: 'read 4 MiB, raw, cached',
    sameReply: true,
    prepare: (target) => read(target, undefined, PART),
  },
  {
    ...plain,
    name: 'read-64m',
    title: 'read 64 MiB, raw, cached',
    sameReply: true,
    prepare: (target) => read(target, undefined, all),
  },
  {
    ...bulk,
    name: 'read-4m-gzip',
    title: 'read 4 MiB, gzip+shuffle, cached',
    sameReply: true,
    slow: true,
    prepare: (target) => read(target, GZIP_SHUFFLE, PART),
  },
  {
    ...bulk,
    name: 'read-64m-gzip',
    title: 'read 64 MiB, gzip+shuffle, cached',
    sameReply: true,
    slow: true,
    prepare: (target) => read(target, GZIP_SHUFFLE, all),
  },
  {
    ...bulk,
    name: 'read-4m-cold',
    title: 'read 4 MiB, raw, not cached',
    cold: true,
    sameReply: true,
    slow: true,
    prepare: (target) => readCold(target, undefined, coldPart),
  },
  {
    ...bulk,
    name: 'read-4m-gzip-cold',
    title: 'read 4 MiB, gzip+shuffle, not cached',
    cold: true,
    sameReply: true,
    slow: true,
    prepare: (target) => readCold(target, GZIP_SHUFFLE, coldPart),
  },
  {
    ...bulk,
    name: 'read-64m-cold',
    title: 'read 64 MiB, raw, not cached',
    cold: true,
    sameReply: true,
    prepare: (target) => readCold(target, undefined, coldWindow),
  },
  {
    ...bulk,
    name: 'read-64m-gzip-cold',
    title: 'read 64 MiB, gzip+shuffle, not cached',
    cold: true,
    sameReply: true,
    slow: true,
    prepare: (target) => readCold(target, GZIP_SHUFFLE, coldWindow),
    codec: decodeAll,
  },
];

/** The dataset of 64 MiB that other cases select from. */
export function windDataset(target: Target): Promise<string> {
  return wind(target, undefined);
}
