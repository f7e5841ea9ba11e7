import { HdfError, chunkId, errorKind } from '#hdf5';
import type { Cluster } from './cluster.js';
import { newRequestId } from '#storage';
import { Lives } from './lives.js';
import { Regions } from './regions.js';
import { RegisterChecker } from './register-checker.js';
import { ATTRIBUTES, CHUNKS, Client, Objects, WIDTH, type Span } from './registers.js';
import type { SimSn } from './sim-sn.js';

/** What clients saw, in numbers. */
export interface WorkloadResult {
  done: number;
  failed: number;
  /** Registers for which the question became too big. */
  overwhelmed: number;
  /** Longest answer times, ms. */
  slowest: number;
  readonly latencies: number[];
}

interface Appended {
  readonly before: number;
  readonly invokedAt: number;
  readonly returnedAt: number;
}

/** Registers that an operation touches, and what it writes there; null for a read. */
interface Observed {
  readonly registers: readonly number[];
  readonly values: readonly number[] | null;
}

/** Clients that read and write registers and check every answer against all that is possible. */
export class Workload {
  readonly result: WorkloadResult = {
    done: 0,
    failed: 0,
    overwhelmed: 0,
    slowest: 0,
    latencies: [],
  };
  private readonly registers: RegisterChecker[];
  private readonly objects: Objects;
  private readonly client: Client;
  private readonly appended: Appended[] = [];
  private operations = 0;
  private value = 0;
  private stopping = false;
  private readonly clients: Promise<void>[] = [];
  private readonly lives: Lives;
  private readonly regions: Regions;

  constructor(
    private readonly cluster: Cluster,
    options: { readonly durability: 'D0' | 'D3'; readonly holdMs: number },
  ) {
    this.objects = new Objects(cluster.world.seed);
    this.client = new Client(this.objects, options.durability, options.holdMs);
    const around = {
      random: cluster.world.random,
      objects: this.objects,
      client: this.client,
      timed: this.timed.bind(this),
      violation: this.violation.bind(this),
    };
    this.lives = new Lives(around);
    this.regions = new Regions(around);
    const count = CHUNKS * WIDTH + ATTRIBUTES;
    this.registers = Array.from({ length: count }, () => new RegisterChecker());
  }

  /** Creates the objects; they must be there whatever happens later. */
  async create(): Promise<void> {
    for (;;) {
      try {
        await this.client.create(this.cluster.sns[0]!, 'setup');
        return;
      } catch (error) {
        if (errorKind(error) === 'conflict') return;
        if (errorKind(error) !== 'unavailable') throw error;
      }
    }
  }

  /** The same with one try at each service node, counted: of a cluster that has not begun yet. */
  async createOnce(): Promise<void> {
    const { sns } = this.cluster;
    await Promise.all(sns.map((sn) => this.timed(sn, () => this.client.create(sn, 'setup'))));
  }

  start(clients: number, pauseMs: number): void {
    // Each client keeps to one service node, so that a cut does not stop them all.
    for (let i = 0; i < clients; i++) this.clients.push(this.run(i, pauseMs));
  }

  /** Resolves when every operation has returned. */
  async stop(): Promise<void> {
    this.stopping = true;
    await Promise.all(this.clients);
  }

  /** Reads every register once more, and looks at the appends as a whole. */
  async readAll(): Promise<void> {
    const sn = this.cluster.sns[0]!;
    for (let chunk = 0; chunk < CHUNKS; chunk++) {
      await this.readSpan(sn, { chunk, first: 0, count: WIDTH });
    }
    for (let i = 0; i < ATTRIBUTES; i++) await this.readAttribute(sn, i);
    this.result.overwhelmed = this.registers.filter((register) => register.overwhelmed).length;
    this.checkAppends();
  }

  /** What the owner of a chunk is found by. */
  chunkName({ chunk }: Span): string {
    const { datasetId, partitionCount } = this.objects.spec;
    return chunkId(datasetId, [chunk], partitionCount);
  }

  private async run(client: number, pauseMs: number): Promise<void> {
    const { world } = this.cluster;
    while (!this.stopping) {
      await world.sleep(world.random.between(0, 2 * pauseMs));
      await this.one(client, this.nodeOf(client));
    }
  }

  /** The service node of a client, or another while that is down. */
  private nodeOf(client: number): SimSn {
    const { sns } = this.cluster;
    const own = sns[client % sns.length]!;
    return own.process.alive ? own : sns.find(({ process }) => process.alive)!;
  }

  private async one(client: number, sn: SimSn): Promise<void> {
    const { random } = this.cluster.world;
    const what = random.next();
    const chunk = random.below(CHUNKS);
    const first = random.below(WIDTH);
    if (what < 0.32) await this.readSpan(sn, { chunk, first, count: 1 });
    else if (what < 0.56) await this.writeSpan(sn, { chunk, first, count: 1 });
    else if (what < 0.66) await this.writeSpan(sn, { chunk, first: 0, count: WIDTH });
    else if (what < 0.73) await this.regions.step(client, sn);
    else if (what < 0.8) await this.lives.step(client, sn);
    else if (what < 0.88) await this.readAttribute(sn, random.below(ATTRIBUTES));
    else if (what < 0.95) await this.writeAttribute(sn, random.below(ATTRIBUTES));
    else await this.append(sn);
  }

  /** Creates or deletes a domain. */
  async changeDomain(sn: SimSn, what: 'create' | 'delete', path: string): Promise<void> {
    const { client } = this;
    await this.timed(sn, (name) =>
      what === 'create' ? client.createDomain(sn, name, path) : client.deleteDomain(sn, name, path),
    );
  }

  /** Looks for a domain that must be there. */
  async findDomain(sn: SimSn, path: string): Promise<void> {
    const found = await this.timed(sn, (name) => this.client.hasDomain(sn, name, path));
    if (found === false) this.violation(`${path} is not there`);
  }

  async readSpan(sn: SimSn, span: Span): Promise<void> {
    const at = span.chunk * WIDTH + span.first;
    await this.observe(sn, { registers: registersOf(at, span.count), values: null }, (name) =>
      this.client.read(sn, name, span),
    );
  }

  async writeSpan(sn: SimSn, span: Span): Promise<void> {
    const values = Array.from({ length: span.count }, () => (this.value += 1));
    const at = span.chunk * WIDTH + span.first;
    await this.observe(sn, { registers: registersOf(at, span.count), values }, async (name) => {
      await this.client.write(sn, name, span, values);
      return values;
    });
  }

  private async readAttribute(sn: SimSn, index: number): Promise<void> {
    await this.observe(sn, { registers: [CHUNKS * WIDTH + index], values: null }, async (name) => [
      await this.client.readAttribute(sn, name, `a${index}`),
    ]);
  }

  private async writeAttribute(sn: SimSn, index: number): Promise<void> {
    const value = (this.value += 1);
    await this.observe(
      sn,
      { registers: [CHUNKS * WIDTH + index], values: [value] },
      async (name) => {
        await this.client.writeAttribute(sn, name, `a${index}`, value);
        return [value];
      },
    );
  }

  private async append(sn: SimSn): Promise<void> {
    const invokedAt = this.cluster.world.now;
    const id = this.operations + 1;
    const answer = await this.timed(sn, (name) => this.client.append(sn, name));
    if (answer === null) return;
    const returnedAt = this.cluster.world.now;
    this.appended.push({ before: answer.before, invokedAt, returnedAt });
    this.cluster.log('client', 'append', { id, place: answer.before, invokedAt });
    if (answer.after !== answer.before + 1) {
      this.violation(`an append by 1 went from ${answer.before} to ${answer.after}`);
    }
  }

  /** Runs one operation between its invocation and its return in the histories. */
  private async observe(
    sn: SimSn,
    { registers, values }: Observed,
    work: (requestId: string) => Promise<readonly number[]>,
  ): Promise<void> {
    const id = this.operations + 1;
    const checkers = registers.map((index) => this.registers[index]!);
    checkers.forEach((checker, i) => {
      checker.invoke(id, values?.[i] ?? null);
    });
    this.cluster.log('client', values === null ? 'read' : 'write', { id, registers, values });
    const seen = await this.timed(sn, work);
    this.cluster.log('client', 'return', { id, registers, seen });
    checkers.forEach((checker, i) => {
      if (seen === null) checker.abandon(id);
      else if (!checker.returned(id, seen[i]!)) {
        const what = values === null ? 'read' : 'write';
        this.violation(`register ${registers[i]}: ${what} ${id} of ${seen[i]} is impossible`);
      }
    });
  }

  private async timed<T>(sn: SimSn, work: (requestId: string) => Promise<T>): Promise<T | null> {
    const { world } = this.cluster;
    this.operations += 1;
    const name = newRequestId(sn.process.clock, sn.process.random);
    const from = world.now;
    try {
      const answer = await unlessDead(sn, work(name));
      this.result.done += 1;
      const took = world.now - from;
      this.result.slowest = Math.max(this.result.slowest, took);
      this.result.latencies.push(took);
      return answer;
    } catch (error) {
      this.result.failed += 1;
      if (errorKind(error) !== 'unavailable') this.violation(`${name}: ${describe(error)}`);
      return null;
    }
  }

  /** Acknowledged appends got places of their own, in the order of time. */
  private checkAppends(): void {
    const places = new Set(this.appended.map(({ before }) => before));
    if (places.size < this.appended.length) this.violation('two appends got the same place');
    for (const a of this.appended) {
      const late = this.appended.find((b) => b.invokedAt > a.returnedAt && b.before < a.before);
      if (late !== undefined) this.violation(`append ${late.before} began after ${a.before} ended`);
    }
  }

  private violation(what: string): void {
    this.cluster.violations.push(`${what} (at ${this.cluster.world.now.toFixed(0)} ms)`);
  }
}

/** A crash of the service node resets its clients' connections. */
function unlessDead<T>(sn: SimSn, answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const forget = sn.process.whenDead(() => {
      reject(new HdfError('unavailable', 'connection reset'));
    });
    void answer.then(resolve, reject).finally(forget);
  });
}

function registersOf(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => first + i);
}

function describe(error: unknown): string {
  if (error instanceof HdfError) return `${error.kind} ${error.message}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
