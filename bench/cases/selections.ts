import type { Case, Plan } from '../case.js';
import { benchDomain, bytesOf, makeDataset, NSRDB, randomInts, sunField, WTK } from '../data.js';
import type { WireRequest } from '../connection.js';
import type { Target } from '../target.js';
import { windDataset } from './bulk.js';

const COLUMNS = 20;
const SLABS = 1000;
const SLAB_EXTENT = 10;
const POINTS = 10_000;
const COORDINATE_BYTES = 8;

async function sun(target: Target): Promise<string> {
  return target.once('sun', async () => {
    const id = await makeDataset(target, 'sun', NSRDB);
    const { domain } = await benchDomain(target);
    const body = bytesOf(sunField(NSRDB.shape));
    await target.call('PUT', `/datasets/${id}/value`, { domain, body });
    return id;
  });
}

/** A plan that goes through some requests again and again. */
function cycle(requests: readonly WireRequest[]): Plan {
  const [first] = requests;
  if (first === undefined) throw new Error('a plan needs a request');
  return {
    count: requests.length,
    request: (serial) => requests[serial % requests.length] ?? first,
  };
}

async function selects(
  target: Target,
  dataset: Promise<string>,
  selections: readonly string[],
): Promise<Plan> {
  const id = await dataset;
  const { domain } = await benchDomain(target);
  return cycle(
    selections.map((select) => {
      const query = { select };
      return target.encode('GET', `/datasets/${id}/value`, { domain, query, wantsBytes: true });
    }),
  );
}

/** The time series of sites: what NSRDB is mostly asked for. */
function columns(target: Target): Promise<Plan> {
  const random = randomInts(3);
  const [times, sites] = NSRDB.shape;
  const selections = Array.from({ length: COLUMNS }, () => {
    const site = random(sites);
    return `[0:${times},${site}:${site + 1}]`;
  });
  return selects(target, sun(target), selections);
}

function slabs(target: Target): Promise<Plan> {
  const random = randomInts(4);
  const selections = Array.from({ length: SLABS }, () => {
    const ranges = WTK.shape.map((extent) => {
      const start = random(extent - SLAB_EXTENT);
      return `${start}:${start + SLAB_EXTENT}`;
    });
    return `[${ranges.join()}]`;
  });
  return selects(target, windDataset(target), selections);
}

async function points(target: Target): Promise<Plan> {
  const id = await windDataset(target);
  const { domain } = await benchDomain(target);
  const random = randomInts(5);
  const body = Buffer.alloc(POINTS * WTK.shape.length * COORDINATE_BYTES);
  for (let at = 0; at < body.length; at += COORDINATE_BYTES) {
    const extent = WTK.shape[(at / COORDINATE_BYTES) % WTK.shape.length] ?? 1;
    body.writeBigUInt64LE(BigInt(random(extent)), at);
  }
  return cycle([
    target.encode('POST', `/datasets/${id}/value`, { domain, body, wantsBytes: true }),
  ]);
}

/** Parts of datasets. */
export const selectionCases: readonly Case[] = [
  {
    name: 'columns',
    title: `${COLUMNS} columns of 17 568`,
    goal: 4,
    connections: 1,
    sameReply: true,
    prepare: columns,
  },
  {
    name: 'strides',
    title: 'strides 4, 2, 3: 2.7 MiB',
    goal: 4,
    connections: 1,
    sameReply: true,
    prepare: (target) => selects(target, windDataset(target), ['[0:168:4,0:267:2,0:372:3]']),
  },
  {
    name: 'slabs-1',
    title: '1 000 random slabs of 10³, 1 conn.',
    goal: 10,
    connections: 1,
    sameReply: true,
    prepare: slabs,
  },
  {
    name: 'slabs-16',
    title: '1 000 random slabs of 10³, 16 conn.',
    goal: 10,
    connections: 16,
    prepare: slabs,
  },
  {
    name: 'points',
    title: '10 000 random points',
    goal: 5,
    connections: 1,
    sameReply: true,
    prepare: points,
  },
];
