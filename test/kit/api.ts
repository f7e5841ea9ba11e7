/** Runs API tests against every topology in this process, or against the service at an endpoint. */
import { randomBytes } from 'node:crypto';
import type { Config } from '#server';
import { Client, type Call, type Method, type Reply } from './client.js';
import { expectStatus, TestFile } from './file.js';
import { startService, type RunningService, type Topology } from './service.js';

/** Another service, perhaps HSDS itself: tests of what only this one does are left out then. */
const ENDPOINT = process.env.HSDS_ENDPOINT ?? '';
const TOPOLOGIES = (process.env.HSDS_TEST_TOPOLOGY ?? 'embedded,2dn').split(',') as Topology[];

/** `it` for rules that HSDS itself breaks, or that need a service of our own. */
export const itHere = ENDPOINT === '' ? it : it.skip;

/** A service under test and a folder of its own in it, both ready in tests. */
export class Api {
  private running: RunningService | undefined;
  private connected: Client | undefined;
  /** `/home/test_user1/<random>`; made by `open`. */
  readonly folder = `/home/test_user1/t${randomBytes(6).toString('hex')}`;
  private files = 0;
  private hrefBase = '';

  constructor(
    private readonly topology: Topology | 'endpoint',
    private readonly settings: Partial<Config>,
  ) {}

  async open(): Promise<void> {
    if (this.topology === 'endpoint') this.connected = new Client(ENDPOINT);
    else {
      this.running = await startService({ topology: this.topology, settings: this.settings });
      this.connected = new Client(this.running.endpoint);
    }
    const body = { folder: true };
    expectStatus(await this.client.request('PUT', '/', { domain: this.folder, body }), 201);
    const made = await this.client.request('GET', '/', { domain: this.folder });
    this.hrefBase = made.textAt('hrefs', 0, 'href').replace(/\/$/, '');
  }

  async close(): Promise<void> {
    await this.connected?.close();
    await this.running?.close();
  }

  /** What `hrefs` of the service begin with: its setting `hsds_endpoint`. */
  get base(): string {
    return this.hrefBase;
  }

  get client(): Client {
    if (this.connected === undefined) throw new Error('the service is not started');
    return this.connected;
  }

  /** The service in this process. */
  get service(): RunningService {
    if (this.running === undefined) throw new Error('the service is not in this process');
    return this.running;
  }

  request(method: Method, path: string, call: Call = {}): Promise<Reply> {
    return this.client.request(method, path, call);
  }

  /** A path in the folder that nothing is at yet. */
  freshPath(): string {
    this.files += 1;
    return `${this.folder}/f${this.files}.h5`;
  }

  /** A new domain in the folder. */
  async file(body: object = {}): Promise<TestFile> {
    const path = this.freshPath();
    const made = expectStatus(await this.request('PUT', '/', { domain: path, body }), 201);
    return new TestFile(this.client, path, made.textAt('root'));
  }
}

/** One block of tests a topology; with HSDS_ENDPOINT one block for that service. */
export function describeApi(
  name: string,
  tests: (api: Api) => void,
  settings: Partial<Config> = {},
): void {
  const places = ENDPOINT === '' ? TOPOLOGIES : (['endpoint'] as const);
  describe.each(places.map((place) => [place]))(`${name} (%s)`, (place) => {
    const api = new Api(place, settings);
    beforeAll(() => api.open());
    afterAll(() => api.close());
    tests(api);
  });
}
