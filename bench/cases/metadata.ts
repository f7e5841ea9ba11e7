import type { Case, Plan } from '../case.js';
import { benchDomain, makeDataset, type BenchDomain } from '../data.js';
import type { Target } from '../target.js';

const CONNECTIONS = [1, 16, 100] as const;
const GOAL = 10;
/** Attribute names that are written again and again. */
const NAMES = 64;

/** One kind of metadata request. */
interface Operation {
  readonly name: string;
  readonly title: string;
  readonly prepare: (target: Target, domain: BenchDomain) => Promise<Plan>;
}

const operations: readonly Operation[] = [
  { name: 'get-group', title: 'GET /groups/id', prepare: getGroup },
  { name: 'get-dataset', title: 'GET /datasets/id', prepare: getDataset },
  { name: 'put-attribute', title: 'PUT attribute', prepare: putAttribute },
  { name: 'post-group', title: 'POST /groups', prepare: postGroup },
];

/** Small requests, one object each. */
export const metadataCases: readonly Case[] = operations.flatMap((operation) =>
  CONNECTIONS.map((connections) => ({
    name: `${operation.name}-${connections}`,
    title: `${operation.title}, ${connections} conn.`,
    goal: GOAL,
    connections,
    rate: true,
    prepare: async (target: Target) => operation.prepare(target, await benchDomain(target)),
  })),
);

function getGroup(target: Target, { domain, root }: BenchDomain): Promise<Plan> {
  const request = target.encode('GET', `/groups/${root}`, { domain });
  return Promise.resolve({ count: 'timed', request: () => request });
}

async function getDataset(target: Target, { domain }: BenchDomain): Promise<Plan> {
  const id = await target.once('metadata dataset', () =>
    makeDataset(target, 'metadata', { type: 'H5T_IEEE_F64LE', shape: [1000, 1000] }),
  );
  const request = target.encode('GET', `/datasets/${id}`, { domain });
  return { count: 'timed', request: () => request };
}

async function putAttribute(target: Target, { domain }: BenchDomain): Promise<Plan> {
  const group = await target.once('metadata group', async () => {
    const { id } = await target.json('POST', '/groups', { domain, body: {} });
    return String(id);
  });
  const requests = Array.from({ length: NAMES }, (_none, at) =>
    target.encode('PUT', `/groups/${group}/attributes/a${at}`, {
      domain,
      query: { replace: 1 },
      body: { type: 'H5T_STD_I32LE', value: at },
    }),
  );
  return {
    count: 'timed',
    request: (serial) => requests[serial % NAMES] ?? target.encode('GET', '/about'),
  };
}

function postGroup(target: Target, { domain }: BenchDomain): Promise<Plan> {
  const request = target.encode('POST', '/groups', { domain, body: {} });
  return Promise.resolve({ count: 'timed', request: () => request });
}
