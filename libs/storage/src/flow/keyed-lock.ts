/** One piece of work at a time for each key, in order of arrival; free keys cost nothing. */
export class KeyedLock {
  readonly #tails = new Map<string, Promise<void>>();

  async run<R>(key: string, work: () => Promise<R>): Promise<R> {
    const before = this.#tails.get(key);
    const mine = before === undefined ? work() : before.then(work);
    const tail = mine.then(nothing, nothing);
    this.#tails.set(key, tail);
    try {
      return await mine;
    } finally {
      if (this.#tails.get(key) === tail) this.#tails.delete(key);
    }
  }

  /** Resolves when the work that holds or awaits the key now has ended. */
  idle(key: string): Promise<void> {
    return this.#tails.get(key) ?? Promise.resolve();
  }

  /** The keys that are held now. */
  keys(): Iterable<string> {
    return this.#tails.keys();
  }
}

function nothing(): void {
  // The caller of `run` gets the error; the next in line does not care.
}
