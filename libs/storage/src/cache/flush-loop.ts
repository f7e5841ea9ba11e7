import type { CancelTimer, Clock } from '../runtime/clock.js';
import type { Random } from '../runtime/random.js';
import type { CacheLimits } from './cache-options.js';
import type { Entry } from './entry.js';
import type { EntryTable } from './entry-table.js';
import type { Flusher } from './flusher.js';

const BACKOFF_MS = 100;
const BACKOFF_MAX_MS = 5000;

/** Stores changes when they have aged, or at once when room is short; a bounded number at a time. */
export class FlushLoop<T, C> {
  readonly #table: EntryTable<T, C>;
  readonly #flusher: Flusher<T, C>;
  readonly #limits: CacheLimits;
  readonly #sources: { clock: Clock; random: Random };
  readonly #running = new Map<string, Promise<void>>();
  #timer: { cancel: CancelTimer; atMs: number } | null = null;
  #started = false;
  #expedited = false;

  constructor(
    parts: { table: EntryTable<T, C>; flusher: Flusher<T, C> },
    limits: CacheLimits,
    sources: { clock: Clock; random: Random },
  ) {
    this.#table = parts.table;
    this.#flusher = parts.flusher;
    this.#limits = limits;
    this.#sources = sources;
    this.#table.onWork = () => {
      this.#plan(this.#table.pressed ? 0 : this.#ageMs);
    };
  }

  start(): void {
    this.#started = true;
    this.#plan(0);
  }

  /** Ends the loop; resolves when its puts have ended. Later starts are welcome. */
  async stop(): Promise<void> {
    this.#started = false;
    this.#timer?.cancel();
    this.#timer = null;
    await Promise.all(this.#running.values());
  }

  /** Stores changes without waiting for their age (a hand-over is near), or no longer so. */
  expedite(on: boolean): void {
    this.#expedited = on;
    if (on) this.#plan(0);
  }

  /** Stores one entry soon, whatever its age. */
  begin(entry: Entry<T, C>): void {
    if (this.#running.has(entry.id)) return;
    const { clock, random } = this.#sources;
    const run = this.#flusher
      .store(entry)
      .catch(() => {
        const delayMs = Math.min(BACKOFF_MAX_MS, BACKOFF_MS * 2 ** Math.min(entry.failures, 10));
        entry.failures++;
        entry.retryAtMs = clock.monotonic() + delayMs * (0.5 + random.next() / 2);
      })
      .then(() => {
        this.#running.delete(entry.id);
        this.#reorder(entry);
        this.#plan(0);
      });
    this.#running.set(entry.id, run);
  }

  get #ageMs(): number {
    return this.#expedited || this.#table.pressed ? 0 : this.#limits.flushAgeMs;
  }

  /** Looks again after `delayMs` at the latest. */
  #plan(delayMs: number): void {
    if (!this.#started && !this.#table.pressed) return;
    const { clock } = this.#sources;
    const atMs = clock.monotonic() + delayMs;
    if (this.#timer !== null && this.#timer.atMs <= atMs) return;
    this.#timer?.cancel();
    const cancel = clock.after(delayMs, () => {
      this.#timer = null;
      this.#tick();
    });
    this.#timer = { cancel, atMs };
  }

  #tick(): void {
    const nowMs = this.#sources.clock.monotonic();
    let nextMs = Infinity;
    for (const entry of this.#table.dirty.values()) {
      if (this.#running.size >= this.#limits.flushParallelism) return;
      if (this.#running.has(entry.id)) continue;
      const agedMs = entry.dirtySinceMs + this.#ageMs;
      const dueMs = Math.max(agedMs, entry.retryAtMs);
      if (dueMs <= nowMs) this.begin(entry);
      else nextMs = Math.min(nextMs, dueMs);
      // The others are younger.
      if (agedMs > nowMs) break;
    }
    if (nextMs < Infinity) this.#plan(nextMs - nowMs);
  }

  /** An entry that was stored and changed again meanwhile is not among the oldest any more. */
  #reorder(entry: Entry<T, C>): void {
    if (this.#table.dirty.get(entry.id) !== entry || entry.failures > 0) return;
    const { dirty } = this.#table;
    dirty.delete(entry.id);
    dirty.set(entry.id, entry);
  }
}
