import type { Case, Plan } from '../case.js';
import { benchDomain, bytesOf, makeDataset, makeDomain, randomInts } from '../data.js';
import type { Target } from '../target.js';

const ROWS = 1_000_000;
const ROW_BYTES = 12;
const STRINGS = 100_000;
const DOUBLES = 100_000;
const APPENDS = 1000;
const ROWS_AN_APPEND = 10;
const OBJECTS = 1000;
const ATTRIBUTES_AT_ONCE = 16;

const readings = {
  class: 'H5T_COMPOUND',
  fields: [
    { name: 'id', type: 'H5T_STD_I32LE' },
    { name: 'temp', type: 'H5T_IEEE_F32LE' },
    { name: 'flag', type: { class: 'H5T_STRING', length: 4, charSet: 'H5T_CSET_ASCII' } },
  ],
};
const text = { class: 'H5T_STRING', length: 'H5T_VARIABLE', charSet: 'H5T_CSET_UTF8' };

/** A million rows; about one in a thousand is above 99.9. */
async function query(target: Target, wantsBytes: boolean): Promise<Plan> {
  const { domain } = await benchDomain(target);
  const id = await target.once('readings', async () => {
    const options = { type: readings, shape: [ROWS], chunk: [100_000] };
    const made = await makeDataset(target, 'readings', options);
    await target.call('PUT', `/datasets/${made}/value`, { domain, body: readingRows() });
    return made;
  });
  const request = target.encode('GET', `/datasets/${id}/value`, {
    domain,
    query: { query: 'temp > 99.9' },
    wantsBytes,
  });
  return { count: 1, request: () => request };
}

function readingRows(): Buffer {
  const rows = Buffer.alloc(ROWS * ROW_BYTES, 'good');
  const random = randomInts(6);
  for (let row = 0; row < ROWS; row += 1) {
    rows.writeInt32LE(row, row * ROW_BYTES);
    rows.writeFloatLE(random(100_000) / 1000, row * ROW_BYTES + 4);
  }
  return rows;
}

/** Each element: its length as u32, then its bytes. */
function stringBytes(): Buffer {
  const random = randomInts(7);
  const parts: Buffer[] = [];
  for (let at = 0; at < STRINGS; at += 1) {
    const word = Buffer.from(`station ${at} ${'x'.repeat(random(24))}`);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(word.length);
    parts.push(length, word);
  }
  return Buffer.concat(parts);
}

function strings(target: Target): Promise<string> {
  return target.once('strings', () =>
    makeDataset(target, 'strings', { type: text, shape: [STRINGS] }),
  );
}

async function writeStrings(target: Target): Promise<Plan> {
  const { domain } = await benchDomain(target);
  const id = await strings(target);
  const request = target.encode('PUT', `/datasets/${id}/value`, { domain, body: stringBytes() });
  return { count: 1, request: () => request };
}

async function readStrings(target: Target, wantsBytes: boolean): Promise<Plan> {
  const { domain } = await benchDomain(target);
  const id = await strings(target);
  await target.call('PUT', `/datasets/${id}/value`, { domain, body: stringBytes() });
  const request = target.encode('GET', `/datasets/${id}/value`, { domain, wantsBytes });
  return { count: 1, request: () => request };
}

function doubleValues(): Float64Array {
  const random = randomInts(8);
  return Float64Array.from({ length: DOUBLES }, () => random(2 ** 30) / 2 ** 20 + 1 / 3);
}

function doubles(target: Target): Promise<string> {
  return target.once('doubles', () =>
    makeDataset(target, 'doubles', { type: 'H5T_IEEE_F64LE', shape: [DOUBLES] }),
  );
}

async function readJson(target: Target): Promise<Plan> {
  const { domain } = await benchDomain(target);
  const id = await doubles(target);
  const body = bytesOf(doubleValues());
  await target.call('PUT', `/datasets/${id}/value`, { domain, body });
  const request = target.encode('GET', `/datasets/${id}/value`, { domain });
  return { count: 1, request: () => request };
}

async function writeJson(target: Target): Promise<Plan> {
  const { domain } = await benchDomain(target);
  const id = await doubles(target);
  const body = { value: [...doubleValues()] };
  const request = target.encode('PUT', `/datasets/${id}/value`, { domain, body });
  return { count: 1, request: () => request };
}

async function appends(target: Target): Promise<Plan> {
  const { domain } = await benchDomain(target);
  const options = { type: 'H5T_IEEE_F64LE', shape: [0], maxdims: [0], chunk: [100_000] };
  const id = await target.once('appended', () => makeDataset(target, 'appended', options));
  const value = Array.from({ length: ROWS_AN_APPEND }, (_none, at) => at / 4);
  const body = { append: ROWS_AN_APPEND, value };
  const request = target.encode('PUT', `/datasets/${id}/value`, { domain, body });
  return { count: APPENDS, request: () => request };
}

/** A thousand groups in the root group, each with an attribute, opened as h5pyd does. */
async function openDomain(target: Target): Promise<Plan> {
  const { domain } = await target.once('objects', async () => {
    const made = await makeDomain(target, '/home/test_user1/objects.h5');
    for (let at = 0; at < OBJECTS; at += ATTRIBUTES_AT_ONCE) {
      const count = Math.min(ATTRIBUTES_AT_ONCE, OBJECTS - at);
      await Promise.all(
        Array.from({ length: count }, (_none, step) => makeObject(target, made, at + step)),
      );
    }
    return made;
  });
  const request = target.encode('GET', '/', {
    domain,
    query: { getobjs: 'T', include_attrs: 'T' },
  });
  return { count: 1, request: () => request };
}

async function makeObject(
  target: Target,
  { domain, root }: { domain: string; root: string },
  number: number,
): Promise<void> {
  const link = { id: root, name: `g${number}` };
  const { id } = await target.json('POST', '/groups', { domain, body: { link } });
  const body = { type: 'H5T_STD_I32LE', value: number };
  await target.call('PUT', `/groups/${String(id)}/attributes/number`, { domain, body });
}

const one = { connections: 1 };

/** Rows, texts, JSON and whole domains. */
export const tableCases: readonly Case[] = [
  {
    ...one,
    name: 'query',
    title: 'query on 1 000 000 rows, JSON',
    goal: 5,
    prepare: (target) => query(target, false),
  },
  {
    ...one,
    name: 'query-bytes',
    title: 'query on 1 000 000 rows, binary',
    goal: 5,
    prepare: (target) => query(target, true),
  },
  {
    ...one,
    name: 'write-strings',
    title: 'write 100 000 vlen strings, binary',
    goal: 4,
    prepare: writeStrings,
  },
  {
    ...one,
    name: 'read-strings',
    title: 'read 100 000 vlen strings, binary',
    goal: 4,
    sameReply: true,
    prepare: (target) => readStrings(target, true),
  },
  {
    ...one,
    name: 'read-strings-json',
    title: 'read 100 000 vlen strings, JSON',
    goal: 4,
    prepare: (target) => readStrings(target, false),
  },
  {
    ...one,
    name: 'read-json',
    title: 'read 100 000 doubles, JSON',
    goal: 4,
    prepare: readJson,
  },
  {
    ...one,
    name: 'write-json',
    title: 'write 100 000 doubles, JSON',
    goal: 4,
    prepare: writeJson,
  },
  {
    ...one,
    name: 'appends',
    title: '1 000 appends of 10 rows',
    goal: 10,
    prepare: appends,
  },
  {
    ...one,
    name: 'open-domain',
    title: 'open a domain of 1 000 groups',
    goal: 10,
    prepare: openDomain,
  },
];
