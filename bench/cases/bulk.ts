import { decodeChunk, encodeChunk } from '#hdf5';
import type { Case, Plan } from '../case.js';
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

const field = once(() => bytesOf(windField(WTK.shape)));
const part = once(() => bytesOf(windField(PART_SHAPE)));
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

async function readCold(
  target: Target,
  filters: Filters,
  select: (window: number) => string,
): Promise<Plan> {
  const id = await wind(target, filters, COLD_WINDOWS);
  const { domain } = await benchDomain(target);
  return {
    count: 1,
    request: (serial) => {
      const query = { select: select(serial % COLD_WINDOWS) };
      return target.encode('GET', `/datasets/${id}/value`, { domain, query, wantsBytes: true });
    },
    // What the small read needs to be cold: all other windows pass through the cache.
    before: async () => {
      if (select(0) === windowOf(0)) return;
      for (let window = 0; window < COLD_WINDOWS; window += 1) {
        const query = { select: windowOf(window) };
        await target.call('GET', `/datasets/${id}/value`, { domain, query, wantsBytes: true });
      }
    },
  };
}

async function write(
  target: Target,
  filters: Filters,
  { body, select, stored }: { body: Buffer; select: string; stored: boolean },
): Promise<Plan> {
  const id = await target.once(`written${filters === undefined ? '' : '-gzip'}`, () =>
    makeDataset(target, `written${filters === undefined ? '' : '-gzip'}`, {
      ...WTK,
      ...(filters === undefined ? {} : { filters }),
    }),
  );
  const { domain } = await benchDomain(target);
  const put = target.encode('PUT', `/datasets/${id}/value`, { domain, query: { select }, body });
  const flush = target.encode('PUT', '/', { domain, query: { flush: 1 } });
  return {
    count: stored ? 2 : 1,
    request: (serial) => (stored && serial % 2 === 1 ? flush : put),
    before: async () => {
      await target.call('PUT', '/', { domain, query: { flush: 1 } });
    },
  };
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
    prepare: (target) => write(target, undefined, { body: part(), select: PART, stored: false }),
  },
  {
    ...plain,
    name: 'write-64m',
    title: 'write 64 MiB, raw, answered',
    prepare: (target) => write(target, undefined, { body: field(), select: all, stored: false }),
  },
  {
    ...bulk,
    name: 'store-64m',
    title: 'write 64 MiB, raw, and flush',
    prepare: (target) => write(target, undefined, { body: field(), select: all, stored: true }),
  },
  {
    ...bulk,
    name: 'store-4m-gzip',
    title: 'write 4 MiB, gzip+shuffle, and flush',
    prepare: (target) => write(target, GZIP_SHUFFLE, { body: part(), select: PART, stored: true }),
  },
  {
    ...bulk,
    name: 'store-64m-gzip',
    title: 'write 64 MiB, gzip+shuffle, and flush',
    slow: true,
    prepare: (target) => write(target, GZIP_SHUFFLE, { body: field(), select: all, stored: true }),
    codec: encodeAll,
  },
  {
    ...plain,
    name: 'read-4m',
    title: 'read 4 MiB, cached',
    sameReply: true,
    prepare: (target) => read(target, undefined, PART),
  },
  {
    ...plain,
    name: 'read-64m',
    title: 'read 64 MiB, cached',
    sameReply: true,
    prepare: (target) => read(target, undefined, all),
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
    sameReply: true,
    slow: true,
    prepare: (target) => readCold(target, undefined, () => PART),
  },
  {
    ...bulk,
    name: 'read-64m-cold',
    title: 'read 64 MiB, raw, not cached',
    sameReply: true,
    prepare: (target) => readCold(target, undefined, windowOf),
  },
  {
    ...bulk,
    name: 'read-64m-gzip-cold',
    title: 'read 64 MiB, gzip+shuffle, not cached',
    sameReply: true,
    slow: true,
    prepare: (target) => readCold(target, GZIP_SHUFFLE, windowOf),
    codec: decodeAll,
  },
];

/** The dataset of 64 MiB that other cases select from. */
export function windDataset(target: Target): Promise<string> {
  return wind(target, undefined);
}
