/** Clients of a cluster under test: registers in chunks and attributes, and created groups. */
import { Agent } from 'undici';
import { History, RequestFailed, type Register } from './history.js';
import { pause } from './local-cluster.js';

const DOMAIN = '/trial.h5';
const AUTHORIZATION = `Basic ${Buffer.from('admin:admin').toString('base64')}`;
/** A service node holds a request for 25 s; a client that waits less would see failures. */
const REPLY_MS_MAX = 60_000;
const CHUNK_ELEMENTS = 512;
const CHUNKS = 12;
/** Two registers a chunk: writers to both ends of one object must not lose each other's writes. */
const PLACES = [3, 400];
const ATTRIBUTES = ['left', 'right'];
const GROUPS = 4;
const INT64 = 'H5T_STD_I64LE';

/** How hard the clients work. */
export interface WorkloadOptions {
  readonly writers: number;
  readonly readers: number;
  /** Pause of a client between two requests, ms. */
  readonly thinkMs: number;
}

/** Requests without retries, each answered or a {@link RequestFailed}. */
export class PlainClient {
  private agent = new Agent({ headersTimeout: REPLY_MS_MAX, bodyTimeout: REPLY_MS_MAX });

  constructor(private readonly endpoint: string) {}

  async call(
    method: 'GET' | 'PUT' | 'POST',
    path: string,
    { body, durability }: { body?: object; durability?: string } = {},
  ): Promise<Record<string, unknown>> {
    const answer = await this.agent.request({
      origin: this.endpoint,
      path,
      method,
      headers: {
        authorization: AUTHORIZATION,
        'x-hdf-domain': DOMAIN,
        ...(durability === undefined ? {} : { 'x-hsds-durability': durability }),
      },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await answer.body.text();
    if (answer.statusCode >= 400) throw new RequestFailed(answer.statusCode, text.slice(0, 300));
    return JSON.parse(text) as Record<string, unknown>;
  }

  /** New connections from now on, over whatever the balancer offers. */
  async reconnect(): Promise<void> {
    const old = this.agent;
    this.agent = new Agent({ headersTimeout: REPLY_MS_MAX, bodyTimeout: REPLY_MS_MAX });
    await old.close();
  }
}

/** A domain full of registers, and clients at work on it. */
export class Workload {
  readonly history: History;
  private working = false;
  private running: Promise<void>[] = [];
  private readonly created: string[] = [];

  private constructor(
    private readonly client: PlainClient,
    private readonly root: string,
    registers: readonly Register[],
  ) {
    this.history = new History(registers);
  }

  /** Makes the domain; every register holds 0. */
  static async prepare(client: PlainClient): Promise<Workload> {
    const { root } = await client.call('PUT', '/', { body: {} });
    const registers: Register[] = [];
    for (const durability of ['D0', 'D3'] as const) {
      registers.push(...(await chunkRegisters(client, durability)));
      registers.push(...(await attributeRegisters(client, durability)));
    }
    return new Workload(client, String(root), registers);
  }

  start({ writers, readers, thinkMs }: WorkloadOptions): void {
    this.working = true;
    const { history } = this;
    const anywhere = () => Math.floor(Math.random() * history.size);
    this.running = [
      ...Array.from({ length: writers }, () =>
        this.repeat(() => history.write(anywhere()), thinkMs),
      ),
      ...Array.from({ length: readers }, () =>
        this.repeat(() => history.read(anywhere()), thinkMs),
      ),
      this.repeat(() => this.create(), 10 * thinkMs),
    ];
  }

  /** Lets running requests end. */
  async stop(): Promise<void> {
    this.working = false;
    await Promise.all(this.running);
  }

  /** Nothing runs: reads everything that was written or created. */
  async readBack(): Promise<void> {
    await this.history.readBack();
    for (const id of this.created.splice(0)) {
      const found = await this.client.call('GET', `/groups/${id}`).catch(() => null);
      if (found === null) this.history.tally.lostObjects += 1;
    }
  }

  private async create(): Promise<void> {
    await this.history.timed(async () => {
      const link = { id: this.root, name: `g${Math.random().toString(36).slice(2)}` };
      const { id } = await this.client.call('POST', '/groups', { body: { link } });
      this.created.push(String(id));
    }, 'create group');
  }

  private async repeat(act: () => Promise<unknown>, thinkMs: number): Promise<void> {
    while (this.working) {
      await act();
      await pause(thinkMs * (0.5 + Math.random()));
    }
  }
}

async function chunkRegisters(client: PlainClient, durability: 'D0' | 'D3'): Promise<Register[]> {
  const { id } = await client.call('POST', '/datasets', {
    body: {
      type: INT64,
      shape: [CHUNKS * CHUNK_ELEMENTS],
      creationProperties: { layout: { class: 'H5D_CHUNKED', dims: [CHUNK_ELEMENTS] } },
    },
  });
  const indices = Array.from({ length: CHUNKS }, (_, chunk) =>
    PLACES.map((place) => chunk * CHUNK_ELEMENTS + place),
  ).flat();
  return indices.map((index) => {
    const path = `/datasets/${String(id)}/value?select=[${index}:${index + 1}]`;
    return {
      name: `element ${index}`,
      durability,
      write: async (value) => {
        await client.call('PUT', path, { body: { value: [value] }, durability });
      },
      read: async () => {
        const { value } = await client.call('GET', path);
        return Number((value as number[])[0]);
      },
    };
  });
}

async function attributeRegisters(
  client: PlainClient,
  durability: 'D0' | 'D3',
): Promise<Register[]> {
  const registers: Register[] = [];
  for (let number = 0; number < GROUPS; number += 1) {
    const { id } = await client.call('POST', '/groups', { body: {} });
    for (const attribute of ATTRIBUTES) {
      const path = `/groups/${String(id)}/attributes/${attribute}`;
      const write = async (value: number, level: string = durability) => {
        const body = { type: INT64, value, replace: 1 };
        await client.call('PUT', `${path}?replace=1`, { body, durability: level });
      };
      await write(0, 'D3');
      const read = async () => Number((await client.call('GET', path)).value);
      registers.push({
        name: `attribute ${attribute} of group ${number}`,
        durability,
        write,
        read,
      });
    }
  }
  return registers;
}
