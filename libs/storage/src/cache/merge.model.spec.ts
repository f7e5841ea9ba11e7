import fc from 'fast-check';
import { HdfError, errorKind } from '#hdf5';
import { MemoryStore } from '../drivers/memory.js';
import { FaultyStore, ManualClock, settled } from '../testing/index.js';
import { address } from './token-list.fixture.js';
import type { UpdateOperation } from './update-operation.js';
import { WriteBackCache } from './write-back.js';

const CELLS = 4;

/** Cells that operations overwrite, and the names of those in force, in the order of effect. */
interface Sheet {
  readonly log: string[];
  readonly cells: string[];
}

interface Change {
  readonly kind: 'write' | 'claim';
  readonly first: number;
  readonly count: number;
  readonly durability: 'D0' | 'D3';
}

type Step = { readonly writer: 0 | 1 } & (
  { readonly change: Change } | { readonly flush: true } | { readonly open: number }
);

interface Issued {
  readonly name: string;
  readonly change: Change;
  readonly writer: number;
  /** Moments of call and answer. */
  readonly from: number;
  until: number;
  /** The place that it was answered, or why not. */
  answer: number | 'conflict' | 'unavailable' | null;
}

const codec = {
  decode: (bytes: Uint8Array) => JSON.parse(new TextDecoder().decode(bytes)) as Sheet,
  encode: (value: Sheet) => new TextEncoder().encode(JSON.stringify(value)),
  sizeOf: () => 100,
  clone: ({ log, cells }: Sheet) => ({ log: [...log], cells: [...cells] }),
};

function blank(): Sheet {
  return { log: [], cells: Array.from({ length: CELLS }, () => '') };
}

/** A claim wants its cells empty. */
function operationOf(name: string, change: Change): UpdateOperation<Sheet, number> {
  const { kind, first, count } = change;
  return {
    create: blank,
    apply: (value) => {
      const taken = value.cells.slice(first, first + count).some((cell) => cell !== '');
      if (kind === 'claim' && taken) throw new HdfError('conflict', 'claimed');
      value.cells.fill(name, first, first + count);
      return { value, result: value.log.push(name) };
    },
  };
}

/** Two writers of one object, neither of which knows of the other. */
class TwoWriters {
  readonly issued: Issued[] = [];
  readonly memory = new MemoryStore(new ManualClock());
  private readonly running = new Set<Promise<unknown>>();
  private readonly gates: (() => void)[] = [];
  private readonly caches: WriteBackCache<Sheet, string>[];
  private moment = 0;

  constructor() {
    const gate = () => new Promise<void>((open) => this.gates.push(open));
    const store = new FaultyStore(this.memory, { before: gate, after: gate });
    const limits = { cacheBytes: 9999, dirtyBytes: 9999, flushAgeMs: 500, flushParallelism: 4 };
    const clock = new ManualClock();
    this.caches = ['a', 'b'].map(
      (writer) => new WriteBackCache({ store, clock, codec, limits, writer, keepRequestIds: true }),
    );
  }

  get merges(): number {
    return this.caches.reduce((sum, cache) => sum + cache.stats().merges, 0);
  }

  async play(steps: readonly Step[]): Promise<void> {
    await this.memory.createBucket('b');
    for (const step of steps) {
      if ('change' in step) this.begin(this.change(step.writer, step.change));
      else if ('flush' in step) this.begin(this.caches[step.writer]!.flush());
      else this.gates.splice(step.open % (this.gates.length || 1), 1)[0]?.();
      await settled();
    }
    await this.settle();
    for (const cache of this.caches) {
      this.begin(cache.drain());
      await this.settle();
    }
  }

  private begin(work: Promise<unknown>): void {
    const ended = work.catch(() => undefined).finally(() => this.running.delete(ended));
    this.running.add(ended);
  }

  private async settle(): Promise<void> {
    while (this.running.size > 0) {
      for (const open of this.gates.splice(0)) open();
      await settled();
    }
  }

  private async change(writer: number, change: Change): Promise<void> {
    const name = `${writer}.${this.issued.length}`;
    const from = (this.moment += 1);
    const entry: Issued = { name, change, writer, from, until: Infinity, answer: null };
    this.issued.push(entry);
    const options = { durability: change.durability, requestId: name };
    try {
      const operation = operationOf(name, change);
      entry.answer = await this.caches[writer]!.update(address('k'), 'c', operation, options);
    } catch (error) {
      entry.answer = errorKind(error) === 'conflict' ? 'conflict' : 'unavailable';
    }
    entry.until = this.moment += 1;
  }

  async stored(): Promise<Sheet> {
    const found = await this.memory.get(address('k'));
    return found === null || found === 'not-modified' ? blank() : codec.decode(found.bytes);
  }
}

/** The stored value is that of the operations one after the other, in an order that answers allow. */
function check({ log, cells }: Sheet, issued: readonly Issued[]): void {
  expect(new Set(log).size).toBe(log.length);
  const byName = new Map(issued.map((entry) => [entry.name, entry]));
  const order = log.map((name) => byName.get(name)!);
  // A claim that could not be applied when its turn came would throw here.
  const replayed = order.reduce(
    (sheet, { name, change }) => operationOf(name, change).apply(sheet, false).value,
    blank(),
  );
  expect(cells).toEqual(replayed.cells);
  for (const { name, change, answer } of issued) {
    if (answer === 'conflict') expect(log).not.toContain(name);
    // What a writer has in memory only (D0) may lose a cell to the other's claim.
    if (typeof answer !== 'number') continue;
    if (change.durability === 'D3') expect(log[answer - 1]).toBe(name);
    else if (change.kind === 'write') expect(log).toContain(name);
  }
  order.forEach((early, i) => {
    for (const late of order.slice(i + 1)) {
      const stored = late.change.durability === 'D3' && typeof late.answer === 'number';
      expect(stored && late.until < early.from).toBe(false);
      if (early.writer === late.writer) expect(late.until < early.from).toBe(false);
    }
  });
}

const change = fc
  .record({
    kind: fc.constantFrom('write' as const, 'write' as const, 'claim' as const),
    first: fc.nat(CELLS - 1),
    count: fc.integer({ min: 1, max: CELLS }),
    durability: fc.constantFrom('D0' as const, 'D3' as const),
  })
  .map((made) => ({ ...made, count: Math.min(made.count, CELLS - made.first) }));
const writer = fc.constantFrom(0 as const, 1 as const);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ writer, change }) },
  { weight: 1, arbitrary: fc.record({ writer, flush: fc.constant(true as const) }) },
  { weight: 7, arbitrary: fc.record({ writer, open: fc.nat(20) }) },
);

describe('merging on conflict', () => {
  it('comes to the operations of both writers one after the other', async () => {
    let conflicts = 0;
    const steps = fc.array(step, { minLength: 5, maxLength: 60 });
    const property = fc.asyncProperty(steps, async (some) => {
      const writers = new TwoWriters();
      await writers.play(some);
      conflicts += writers.merges;
      check(await writers.stored(), writers.issued);
    });
    await fc.assert(property, { numRuns: 200 });
    expect(conflicts).toBeGreaterThan(50);
  });
});
