import { Prng } from './prng.js';

interface Event {
  readonly time: number;
  /** Order of events of one instant, by chance. */
  readonly tie: number;
  call: (() => void) | null;
}

/** Two virtual hours: no history is so long. */
const TIME_MAX_MS = 7_200_000;
/** So many events in one instant are a loop that never lets time go on. */
const INSTANT_MAX = 100_000;

/** Virtual time: nothing happens except through events, one after the other. */
export class World {
  /** Real virtual time, ms; processes see it through their own clocks. */
  now = 0;
  /** Events so far: the work of a run. */
  events = 0;
  readonly random: Prng;
  private readonly heap: Event[] = [];
  /** Events since time last went on. */
  private instant = 0;

  constructor(readonly seed: number) {
    this.random = new Prng(seed);
  }

  /** Calls after `delayMs`; returns what cancels it. */
  after(delayMs: number, call: () => void): () => void {
    const event: Event = {
      time: this.now + Math.max(0, delayMs),
      tie: this.random.next(),
      call,
    };
    this.push(event);
    return () => {
      event.call = null;
    };
  }

  /** A promise of virtual time. */
  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(delayMs, resolve);
    });
  }

  /** Runs events until the promise is settled; fails when nothing is left to happen. */
  async runUntil<T>(work: Promise<T>): Promise<T> {
    let done = false;
    const settled = work.finally(() => {
      done = true;
    });
    settled.catch(() => undefined);
    const next = () => {
      if (!done) this.step();
    };
    while (!done) await eachInTurn(next);
    return await settled;
  }

  private step(): void {
    if (this.now > TIME_MAX_MS) throw new Error('virtual time runs away: something never ends');
    let event = this.pop();
    while (event?.call === null) event = this.pop();
    if (event?.call == null) throw new Error('nothing is left to happen');
    this.instant = event.time === this.now ? this.instant + 1 : 0;
    if (this.instant > INSTANT_MAX) throw new Error(`time stands still at ${this.now} ms`);
    this.now = event.time;
    this.events += 1;
    event.call();
  }

  private push(event: Event): void {
    const { heap } = this;
    let at = heap.length;
    heap.push(event);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(event, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = event;
  }

  private pop(): Event | undefined {
    const { heap } = this;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child += 1;
      if (!isBefore(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

function isBefore(a: Event, b: Event): boolean {
  return a.time < b.time || (a.time === b.time && a.tie < b.tie);
}

/** Calls in one turn of Node's event loop: a turn costs more than a call. */
const CALLS = 64;

/**
 * Calls again and again; before each call, every promise that can go on has done so, since Node
 * empties its queue of microtasks between two immediates.
 */
function eachInTurn(call: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const guarded = () => {
      try {
        call();
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    };
    for (let i = 0; i < CALLS; i++) setImmediate(guarded);
    setImmediate(resolve);
  });
}
