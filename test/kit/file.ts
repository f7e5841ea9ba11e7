/** One domain of a service under test, and builders for what is in it. */
import { OCTETS, type Call, type Client, type Method, type Reply } from './client.js';

/** Any number, in an expected value. */
export const A_NUMBER: unknown = expect.any(Number);
/** Any object, in an expected value. */
export const AN_OBJECT: unknown = expect.any(Object);
export const I32 = 'H5T_STD_I32LE';
export const I64 = 'H5T_STD_I64LE';
export const U64 = 'H5T_STD_U64LE';
export const F32 = 'H5T_IEEE_F32LE';
export const F64 = 'H5T_IEEE_F64LE';
export const VSTR = {
  class: 'H5T_STRING',
  charSet: 'H5T_CSET_UTF8',
  strPad: 'H5T_STR_NULLTERM',
  length: 'H5T_VARIABLE',
};

/** A string type of `length` bytes. */
export function fixedString(length: number, charSet = 'H5T_CSET_ASCII') {
  return { class: 'H5T_STRING', charSet, strPad: 'H5T_STR_NULLPAD', length };
}

/** A compound type. */
export function compound(...fields: [name: string, type: unknown][]) {
  return { class: 'H5T_COMPOUND', fields: fields.map(([name, type]) => ({ name, type })) };
}

/** What a builder may say of a new object. */
export interface Placement {
  readonly link?: { readonly id: string; readonly name: string };
  readonly h5path?: string;
  readonly [key: string]: unknown;
}

/** A domain that tests may fill and change; requests name it by header. */
export class TestFile {
  constructor(
    readonly client: Client,
    readonly path: string,
    readonly root: string,
  ) {}

  request(method: Method, path: string, call: Call = {}): Promise<Reply> {
    return this.client.request(method, path, { domain: this.path, ...call });
  }

  get(path: string, query: Call['query'] = {}, call: Call = {}): Promise<Reply> {
    return this.request('GET', path, { query, ...call });
  }

  put(path: string, body: unknown, call: Call = {}): Promise<Reply> {
    return this.request('PUT', path, { body, ...call });
  }

  post(path: string, body: unknown, call: Call = {}): Promise<Reply> {
    return this.request('POST', path, { body, ...call });
  }

  delete(path: string, query: Call['query'] = {}, call: Call = {}): Promise<Reply> {
    return this.request('DELETE', path, { query, ...call });
  }

  /** A new group's id; linked at a path from the root when one is given. */
  group(h5path?: string): Promise<string> {
    return this.create('groups', h5path === undefined ? {} : { h5path });
  }

  /** A new dataset's id. */
  dataset(type: unknown, shape: unknown, more: Placement = {}): Promise<string> {
    return this.create('datasets', { type, shape, ...more });
  }

  /** A new committed datatype's id. */
  datatype(type: unknown, more: Placement = {}): Promise<string> {
    return this.create('datatypes', { type, ...more });
  }

  /** A new dataset with values, in one go. */
  async filled(type: unknown, shape: unknown, value: unknown, more: Placement = {}) {
    const id = await this.dataset(type, shape, more);
    await this.write(id, value);
    return id;
  }

  async write(id: string, value: unknown, query: Call['query'] = {}): Promise<void> {
    expectStatus(await this.put(`/datasets/${id}/value`, { value }, { query }), 200);
  }

  /** The JSON value of a dataset or a part of it. */
  async value(id: string, query: Call['query'] = {}) {
    return expectStatus(await this.get(`/datasets/${id}/value`, query), 200).at('value');
  }

  /** Sets an attribute. @param owner such as `groups/<id>` */
  async attribute(owner: string, name: string, item: object): Promise<void> {
    const reply = await this.put(`/${owner}/attributes/${encodeURIComponent(name)}`, item);
    expectStatus(reply, 201);
  }

  async link(group: string, title: string, item: object): Promise<void> {
    const reply = await this.put(`/groups/${group}/links/${encodeURIComponent(title)}`, item);
    expectStatus(reply, 201);
  }

  /** All that is stored, as text: objects, attributes, links, and the bytes of every dataset. */
  async state(): Promise<string> {
    const query = { getobjs: 'T', include_attrs: 'T' };
    const objects = expectStatus(await this.get('/', query), 200).at('domain_objs') ?? {};
    const values = await Promise.all(
      Object.keys(objects as object)
        .filter((id) => id.startsWith('d-'))
        .map(async (id) => {
          const reply = await this.get(`/datasets/${id}/value`, {}, { accept: OCTETS });
          return [id, reply.status, reply.bytes.toString('base64')];
        }),
    );
    const acls = (await this.get('/acls', {})).at('acls');
    return print({ objects, values, acls });
  }

  private async create(collection: string, body: object): Promise<string> {
    return expectStatus(await this.post(`/${collection}`, body), 201).textAt('id');
  }
}

/** The reply, when it has that status. */
export function expectStatus(reply: Reply, status: number): Reply {
  if (reply.status === status) return reply;
  throw new Error(`expected ${status}, got ${reply.status} ${reply.text.slice(0, 500)}`);
}

/** JSON text with bigints as digits. */
function print(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    typeof member === 'bigint' ? `${member}n` : member,
  );
}
