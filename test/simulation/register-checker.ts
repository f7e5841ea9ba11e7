/** One operation on a register. Writes have `value`; a read gets its value when it returns. */
interface Operation {
  readonly id: number;
  readonly written: number | null;
}

interface Config {
  readonly value: number;
  /** Operations that have taken effect and have not returned: id -> what a read saw. */
  readonly done: ReadonlyMap<number, number>;
}

/** Beyond this the question is given up (many writes that never returned). */
const CONFIGS_MAX = 20_000;

/**
 * Checks one register for linearizability while its history grows: the set of all possible worlds
 * (value, operations that have taken effect but not returned) is kept, and must never be empty.
 * Operations that never return stay pending for ever: they may take effect late, or never.
 *
 * @see Wing and Gong, Testing and verifying concurrent objects, 1993
 */
export class RegisterChecker {
  private configs: Config[] = [{ value: 0, done: new Map() }];
  private readonly pending = new Map<number, Operation>();
  /** The question became too big; nothing is claimed. */
  overwhelmed = false;

  /** @param written null for a read */
  invoke(id: number, written: number | null): void {
    this.pending.set(id, { id, written });
  }

  /** A read that failed has no effect. */
  abandon(id: number): void {
    if (this.pending.get(id)?.written === null) this.pending.delete(id);
  }

  /**
   * @param seen what a read returned; ignored for writes
   * @returns whether the history is still linearizable
   */
  returned(id: number, seen: number): boolean {
    const operation = this.pending.get(id);
    if (operation === undefined || this.overwhelmed) return true;
    const expected = operation.written ?? seen;
    const next = new Map<string, Config>();
    for (const { value, done } of this.closure()) {
      if (done.get(id) !== expected) continue;
      const rest = new Map(done);
      rest.delete(id);
      const config = { value, done: rest };
      next.set(keyOf(config), config);
    }
    this.pending.delete(id);
    if (this.overwhelmed) return true;
    this.configs = [...next.values()];
    return this.configs.length > 0;
  }

  /** All worlds that can be reached by letting pending operations take effect. */
  private closure(): Config[] {
    const known = new Map(this.configs.map((config) => [keyOf(config), config]));
    const todo = [...known.values()];
    for (let config = todo.pop(); config !== undefined; config = todo.pop()) {
      for (const { id, written } of this.pending.values()) {
        if (config.done.has(id)) continue;
        const value = written ?? config.value;
        const reached = { value, done: new Map(config.done).set(id, value) };
        const key = keyOf(reached);
        if (known.has(key)) continue;
        known.set(key, reached);
        todo.push(reached);
      }
      if (known.size > CONFIGS_MAX) {
        this.overwhelmed = true;
        return [];
      }
    }
    return [...known.values()];
  }
}

function keyOf({ value, done }: Config): string {
  const ids = [...done].map(([id, seen]) => `${id}=${seen}`).sort();
  return `${value}|${ids.join()}`;
}
