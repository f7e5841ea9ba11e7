import fc from 'fast-check';
import { MemoryStore } from '../drivers/memory.js';
import { FaultyStore, ManualClock, seededRandom, settled, type Fault } from '../testing/index.js';
import { add, address, pausingCodec, tokensIn, type Tokens } from './token-list.fixture.js';
import { WriteBackCache } from './write-back.js';

const KEYS = ['a', 'b', 'c'];
const FAULTS: readonly Fault[] = ['fail', 'lost', 'race', 'conflict', 'self-conflict', 'late'];

/** What is promised about a token; in the model a set of tokens is all that an object is. */
interface Token {
  readonly key: string;
  readonly name: string;
  /** Answered, in which life of the process; a crash takes back what is not durable. */
  ackedIn: number | null;
  durable: boolean;
  /** It was durable before this life began; what a zombie stores later may be read or not. */
  base: boolean;
}

/** A world of one store and a process that crashes; every choice comes from the seed. */
class World {
  readonly random;
  readonly clock = new ManualClock();
  readonly memory = new MemoryStore(this.clock);
  readonly tokens: Token[] = [];
  readonly running = new Set<Promise<void>>();
  readonly gates: (() => void)[] = [];
  readonly store: FaultyStore;
  cache: WriteBackCache<Tokens, string>;
  life = 0;
  calm = false;

  readonly gate = () =>
    this.calm ? Promise.resolve() : new Promise<void>((open) => this.gates.push(open));

  constructor(
    seed: number,
    readonly writerIds: boolean,
  ) {
    this.random = seededRandom(seed);
    this.store = new FaultyStore(this.memory, {
      before: this.gate,
      after: this.gate,
      fault: () => (!this.calm && this.random.next() < 0.25 ? this.pick(FAULTS) : undefined),
    });
    this.cache = this.open();
  }

  pick<V>(items: readonly V[]): V {
    return items[Math.floor(this.random.next() * items.length)]!;
  }

  open(): WriteBackCache<Tokens, string> {
    this.life++;
    const cache = new WriteBackCache<Tokens, string>({
      store: this.store,
      clock: this.clock,
      random: this.random,
      codec: pausingCodec(this.gate),
      // Room for two small values: entries come and go.
      limits: { cacheBytes: 60, dirtyBytes: 5000, flushAgeMs: 200, flushParallelism: 2 },
      keepRequestIds: true,
      ...(this.writerIds ? { writer: `life${this.life}` } : {}),
    });
    cache.start();
    return cache;
  }

  begin(action: Promise<void>): void {
    this.running.add(action);
    void action.finally(() => this.running.delete(action));
  }

  act(): void {
    const dice = this.random.next();
    if (dice < 0.65) this.begin(this.update());
    else if (dice < 0.82) this.begin(this.read(this.pick(KEYS)));
    else if (dice < 0.94) this.begin(this.flush());
    else this.crash();
  }

  async update(): Promise<void> {
    const key = this.pick(KEYS);
    const token: Token = {
      key,
      name: `${key}${this.tokens.length}`,
      ackedIn: null,
      durable: false,
      base: false,
    };
    this.tokens.push(token);
    const durability = this.random.next() < 0.5 ? 'D0' : 'D3';
    const options = { durability, requestId: token.name } as const;
    // A client that tries again, perhaps at the process's next life.
    for (let tries = 0; tries < 3; tries++) {
      const { life, cache } = this;
      const operation = add(token.name, { create: true });
      try {
        await cache.update(address(key), 'c', operation, options);
      } catch {
        continue;
      }
      if (durability === 'D3') token.durable = true;
      // An answer of a process that has crashed meanwhile reaches nobody.
      if (life === this.life) token.ackedIn = life;
      else if (durability === 'D0') continue;
      return;
    }
  }

  promised(key: string, when: 'durable' | 'base'): string[] {
    const held = (token: Token) => token[when] || token.ackedIn === this.life;
    return this.tokens.filter((token) => token.key === key && held(token)).map(({ name }) => name);
  }

  async read(key: string): Promise<void> {
    const { life } = this;
    const before = this.promised(key, 'base');
    const value = await this.cache.get(address(key), 'c').catch(() => undefined);
    if (value === undefined || life !== this.life) return;
    this.check(key, value?.list ?? [], before);
  }

  async flush(): Promise<void> {
    const { life } = this;
    const before = this.tokens.filter(({ ackedIn }) => ackedIn === life);
    try {
      await this.cache.flush();
    } catch {
      return;
    }
    for (const token of before) token.durable = true;
  }

  /** The old process goes on as a zombie: its puts may land, its reads are read by nobody. */
  crash(): void {
    for (const token of this.tokens) token.base = token.durable;
    this.cache = this.open();
  }

  check(key: string, list: readonly string[], promised: readonly string[]): void {
    expect(new Set(list).size).toBe(list.length);
    const known = new Set(this.tokens.map(({ name }) => name));
    expect(list.filter((name) => !known.has(name) || !name.startsWith(key))).toEqual([]);
    expect(promised.filter((name) => !list.includes(name))).toEqual([]);
  }

  async step(): Promise<void> {
    const dice = this.random.next();
    if (dice < 0.3 && this.tokens.length < 60) this.act();
    else if (dice < 0.85) this.gates.splice(this.random.next() * this.gates.length, 1)[0]?.();
    else if (dice < 0.9) await this.store.landLate();
    else this.clock.advance(this.random.next() * 300);
    await settled();
  }

  /** Everything goes on until nothing is under way. */
  async quiesce(): Promise<void> {
    for (let turn = 0; this.running.size > 0 && turn < 2000; turn++) {
      for (const open of this.gates.splice(0)) open();
      this.clock.advance(100);
      await settled();
    }
    expect(this.running.size).toBe(0);
  }

  async finish(): Promise<void> {
    this.calm = true;
    await this.quiesce();
    this.begin(this.cache.drain());
    await this.quiesce();
    for (const key of KEYS)
      this.check(key, (await tokensIn(this.memory, key)) ?? [], this.promised(key, 'durable'));
    expect(this.cache.stats()).toMatchObject({ dirtyEntries: 0, dirtyBytes: 0 });
    expect(this.cache.stats().bytes).toBeLessThanOrEqual(60);
    await this.cache.stop();
  }
}

describe('WriteBackCache against a model', () => {
  it.each([true, false])('loses, doubles and tears nothing (writer ids: %s)', async (writerIds) => {
    const property = fc.asyncProperty(fc.integer(), async (seed) => {
      const world = new World(seed, writerIds);
      await world.memory.createBucket('b');
      for (let step = 0; step < 200; step++) await world.step();
      await world.finish();
    });
    await fc.assert(property, { numRuns: 100 });
  });
});
