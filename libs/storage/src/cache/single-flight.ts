interface Flight<R> {
  readonly promise: Promise<R>;
}

/** One piece of work a key at a time: who asks while it runs gets the same answer. */
export class SingleFlight<R> {
  readonly #flights = new Map<string, Flight<R>>();

  /** @param work is told by `current()` whether it has been forgotten since it began */
  run(key: string, work: (current: () => boolean) => Promise<R>): Promise<R> {
    const running = this.#flights.get(key);
    if (running !== undefined) return running.promise;
    const current = () => this.#flights.get(key) === flight;
    // Starting a turn later lets `current` see the flight from its first step.
    const promise = Promise.resolve()
      .then(() => work(current))
      .finally(() => {
        if (current()) this.#flights.delete(key);
      });
    const flight = { promise };
    this.#flights.set(key, flight);
    return promise;
  }

  has(key: string): boolean {
    return this.#flights.has(key);
  }

  /** Who asks from now on starts afresh: the answer under way may be of before a change. */
  forget(key: string): void {
    this.#flights.delete(key);
  }

  /** Forgets all whose key starts so. */
  forgetPrefix(prefix: string): void {
    for (const key of this.#flights.keys()) {
      if (key.startsWith(prefix)) this.#flights.delete(key);
    }
  }
}
