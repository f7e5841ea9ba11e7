/** What the writers write to: one domain with datasets, attributes and new objects. */
import { Client, OCTETS, type Reply } from '../kit/client.js';
import { Register, type Found, type Level } from './registers.js';

const DOMAIN = '/home/test_user1/durability.h5';
const ITEM_BYTES = 8;
const I64 = 'H5T_STD_I64LE';
const FILTERS = [{ class: 'H5Z_FILTER_SHUFFLE' }, { class: 'H5Z_FILTER_DEFLATE', level: 1 }];

/** A dataset whose chunks are cut into runs; each run is a register, its value in all elements. */
interface Runs {
  readonly id: string;
  readonly elements: number;
  readonly run: number;
  readonly registers: readonly Register[];
}

/** One register and how to write it. */
export interface Slot {
  readonly register: Register;
  write(id: number, level: Level): Promise<Reply>;
}

/** Chunks of these datasets are this large: the server's limits are set to it. */
export const CHUNK_ELEMENTS = 1024;
const CHUNKS = 12;

/** The domain under test, through whichever server process runs now. */
export class Scene {
  private client: Client;
  private root = '';
  private readonly runs: Runs[] = [];
  private readonly attributes: { readonly owner: string; readonly register: Register }[] = [];
  /** Groups whose creation was acknowledged; true when their link must be there, too. */
  readonly created = new Map<string, boolean>();

  constructor(endpoint: string) {
    this.client = new Client(endpoint);
  }

  /** Talks to a new process of the server. */
  reconnect(endpoint: string): void {
    this.client = new Client(endpoint);
  }

  /** Makes everything, stored before it returns. */
  async make(): Promise<void> {
    this.root = need(await this.send('PUT', '/', 'D3'), 201).textAt('root');
    await this.makeRuns('halves', CHUNK_ELEMENTS / 8, []);
    await this.makeRuns('packed', CHUNK_ELEMENTS / 4, FILTERS);
    await this.makeRuns('wholes', CHUNK_ELEMENTS, []);
    for (let at = 0; at < 40; at++) {
      const body = { link: { id: this.root, name: `g${at}` } };
      const id = need(await this.send('POST', '/groups', 'D3', { body }), 201).textAt('id');
      this.attributes.push({ owner: `/groups/${id}`, register: new Register(`attribute ${at}`) });
    }
    need(await this.flush(), 204);
  }

  /** Sizes of chunk files by the name of their folder, for datasets without filters. */
  get chunkSizes(): ReadonlyMap<string, number> {
    const plain = this.runs.filter((_runs, at) => at !== 1);
    return new Map(plain.map(({ id }) => [id.slice(20), CHUNK_ELEMENTS * ITEM_BYTES]));
  }

  get slots(): readonly Slot[] {
    const ofRuns = this.runs.flatMap((runs) =>
      runs.registers.map((register, at) => ({
        register,
        write: (id: number, level: Level) => this.writeRun(runs, at, id, level),
      })),
    );
    const ofAttributes = this.attributes.map(({ owner, register }) => ({
      register,
      write: (id: number, level: Level) => {
        const body = { type: I64, shape: [], value: id };
        const query = { replace: 1 };
        return this.send('PUT', `${owner}/attributes/a`, level, { body, query });
      },
    }));
    return [...ofRuns, ...ofAttributes];
  }

  /** Makes a linked group; notes it when that was acknowledged. */
  async createGroup(name: string, level: Level): Promise<Reply> {
    const body = { link: { id: this.root, name } };
    const reply = await this.send('POST', '/groups', level, { body });
    if (reply.status === 201) this.created.set(`${reply.textAt('id')} ${name}`, level === 'D3');
    return reply;
  }

  flush(): Promise<Reply> {
    return this.send('PUT', '/', 'D0', { query: { flush: 1 } });
  }

  /** What every register holds now. */
  async read(): Promise<Map<Register, Found>> {
    const found = new Map<Register, Found>();
    for (const runs of this.runs) {
      const call = { accept: OCTETS };
      const reply = need(await this.send('GET', `/datasets/${runs.id}/value`, 'D0', call), 200);
      const values = new BigInt64Array(Uint8Array.from(reply.bytes).buffer);
      runs.registers.forEach((register, at) => {
        found.set(register, sameValue(values.subarray(at * runs.run, (at + 1) * runs.run)));
      });
    }
    for (const { owner, register } of this.attributes) {
      const reply = await this.send('GET', `${owner}/attributes/a`, 'D0');
      found.set(register, reply.status === 404 ? 0 : Number(need(reply, 200).at('value')));
    }
    return found;
  }

  /** Acknowledged creations that are gone. */
  async lostGroups(): Promise<string[]> {
    const lost: string[] = [];
    for (const [key, linked] of this.created) {
      const [id = '', name = ''] = key.split(' ');
      const object = await this.send('GET', `/groups/${id}`, 'D0');
      if (object.status !== 200) lost.push(`group ${name}: ${object.status}`);
      const link = await this.send('GET', `/groups/${this.root}/links/${name}`, 'D0');
      if (linked && link.status !== 200) lost.push(`link ${name}: ${link.status}`);
    }
    this.created.clear();
    return lost;
  }

  private writeRun(runs: Runs, at: number, id: number, level: Level): Promise<Reply> {
    const body = new Uint8Array(new BigInt64Array(runs.run).fill(BigInt(id)).buffer);
    const query = { select: `[${at * runs.run}:${(at + 1) * runs.run}]` };
    return this.send('PUT', `/datasets/${runs.id}/value`, level, { body, query });
  }

  private async makeRuns(name: string, run: number, filters: readonly object[]): Promise<void> {
    const elements = CHUNKS * CHUNK_ELEMENTS;
    const layout = { class: 'H5D_CHUNKED', dims: [CHUNK_ELEMENTS] };
    const body = {
      type: I64,
      shape: [elements],
      creationProperties: { layout, filters },
      link: { id: this.root, name },
    };
    const reply = need(await this.send('POST', '/datasets', 'D3', { body }), 201);
    const count = elements / run;
    const registers = Array.from({ length: count }, (_none, at) => new Register(`${name} ${at}`));
    this.runs.push({ id: reply.textAt('id'), elements, run, registers });
  }

  private send(
    method: 'GET' | 'PUT' | 'POST',
    path: string,
    level: Level,
    call: object = {},
  ): Promise<Reply> {
    const headers = { 'X-Hsds-Durability': level };
    return this.client.request(method, path, { domain: DOMAIN, headers, ...call });
  }
}

function sameValue(values: BigInt64Array): Found {
  const [first = 0n] = values;
  return values.every((value) => value === first) ? Number(first) : 'mixed';
}

/** The reply, when it has that status. */
function need(reply: Reply, status: number): Reply {
  if (reply.status === status) return reply;
  throw new Error(`expected ${status}, got ${reply.status} ${reply.text.slice(0, 300)}`);
}
