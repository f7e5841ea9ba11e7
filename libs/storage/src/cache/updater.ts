import { HdfError } from '#hdf5';
import { throwIfCancelled, waitWhile } from '../flow/cancel.js';
import type { ObjectAddress } from '../object-store.js';
import { Entry, entryId, type PendingOperation } from './entry.js';
import type { FlushLoop } from './flush-loop.js';
import type { Flusher, FlushParts } from './flusher.js';
import type { Loaded, Loader } from './loader.js';
import { applyOnce } from './merge.js';
import { RequestIds, doneOf, type Done } from './request-ids.js';
import type { UpdateOperation, UpdateOptions } from './update-operation.js';

/** Unflushed operations of one object beyond which it is stored whatever its age. */
const PENDING_MAX = 256;
/** How often an update starts again because its object was replaced meanwhile. */
const TRIES_MAX = 64;
const DIRTY_WAIT_MS = 5000;

interface Update<T, C, R> {
  readonly address: ObjectAddress;
  readonly context: C;
  readonly operation: UpdateOperation<T, R>;
  readonly options: UpdateOptions;
}

/** What one synchronous step did. */
interface Applied<T, C> {
  readonly entry: Entry<T, C> | null;
  /** The result, and the error of a merge, are read from it when the change is durable. */
  readonly outcome: Pick<PendingOperation<T>, 'result' | 'error'>;
}

interface UpdaterParts<T, C> extends FlushParts<T, C> {
  readonly loader: Loader<T, C>;
  readonly flusher: Flusher<T, C>;
  readonly loop: FlushLoop<T, C>;
}

/** Applies operations: find the value, wait for room, then one synchronous step. */
export class Updater<T, C> {
  readonly #parts: UpdaterParts<T, C>;

  constructor(parts: UpdaterParts<T, C>) {
    this.#parts = parts;
  }

  async update<R>(update: Update<T, C, R>): Promise<R> {
    const { durability, requestId, signal } = update.options;
    RequestIds.check(requestId);
    const { entry, outcome } = await this.#findAndApply(update);
    const unstored = entry !== null && entry.version > entry.storedVersion;
    if (durability === 'D3' && unstored) {
      await waitWhile(this.#parts.flusher.store(entry), signal);
    }
    if (outcome.error !== undefined) throw outcome.error;
    return outcome.result as R;
  }

  async #findAndApply<R>(update: Update<T, C, R>): Promise<Applied<T, C>> {
    const { table, options } = this.#parts;
    const id = entryId(update.address);
    const { signal } = update.options;
    const waitMs = options.limits.dirtyWaitMs ?? DIRTY_WAIT_MS;
    const deadlineMs = options.clock.monotonic() + waitMs;
    // From loading to changing the entry must not be evicted.
    table.hold(id);
    try {
      for (let tries = 0; tries < TRIES_MAX; tries++) {
        throwIfCancelled(signal);
        const loaded =
          table.lookup(id) === undefined ? await waitWhile(this.#find(update), signal) : null;
        const found = table.lookup(id) ?? nothingStored(loaded);
        // Deleted, dropped or invalidated while it was loaded.
        if (found === null) continue;
        if (table.full) {
          tries--;
          this.#parts.counters.dirtyWaits++;
          await table.room(deadlineMs, signal);
          continue;
        }
        if (found instanceof Entry) return this.#apply(update, found);
        return this.#applyFresh(update, found);
      }
    } finally {
      table.release(id);
    }
    throw new HdfError('unavailable', `${id} was replaced too often while it was changed`);
  }

  #find<R>(update: Update<T, C, R>): Promise<Loaded<T, C>> {
    const { loader } = this.#parts;
    const { address, context } = update;
    return isWhole(update) ? loader.look(address) : loader.load(address, context);
  }

  #apply<R>(update: Update<T, C, R>, entry: Entry<T, C>): Applied<T, C> {
    const done = entry.requests?.recall(update.options, entry.id);
    if (done !== undefined) return { entry, outcome: this.#repeat(update, entry.value, done) };
    return this.#commit(update, entry, false);
  }

  /** There is nothing in the table: make the value, unless the request was applied already. */
  #applyFresh<R>(update: Update<T, C, R>, loaded: Loaded<T, C>): Applied<T, C> {
    const { address, context, operation, options } = update;
    const value = operation.create?.();
    if (value === undefined) throw new HdfError('not-found', `${entryId(address)} does not exist`);
    const done = loaded.requests.recall(options, entryId(address));
    if (done !== undefined) {
      return { entry: null, outcome: this.#repeat(update, value, done) };
    }
    const basis = { etag: loaded.etag, checkedMs: this.#parts.options.clock.monotonic() };
    const entry = new Entry(address, context, value, basis);
    entry.requests = loaded.requests;
    return this.#commit(update, entry, !loaded.exists);
  }

  #repeat<R>(update: Update<T, C, R>, value: T, done: Done): Applied<T, C>['outcome'] {
    this.#parts.counters.repeats++;
    if (done.known !== undefined) return { result: done.known.result, error: undefined };
    const { operation } = update;
    const answerable = operation.remember === undefined || done.remembered !== undefined;
    if (operation.repeated !== undefined && answerable) {
      return { result: operation.repeated(value, done.remembered ?? ''), error: undefined };
    }
    const copy = this.#parts.options.codec.clone(value);
    return { result: operation.apply(copy, false).result, error: undefined };
  }

  /** Applies, and if something changed: notes, counts, and keeps for the next put. */
  #commit<R>(update: Update<T, C, R>, entry: Entry<T, C>, fresh: boolean): Applied<T, C> {
    const { table, options, loop } = this.#parts;
    const { operation, options: how } = update;
    const { result, changed } = applyOnce<T, C, R>(entry, operation, {
      fresh,
      codec: options.codec,
    });
    if (changed === undefined) return { entry, outcome: { result, error: undefined } };
    const whole = isWhole(update);
    entry.value = changed.value;
    entry.context = update.context;
    entry.sharing = false;
    entry.version++;
    const pending: PendingOperation<T> = {
      operation,
      requestId: how.requestId,
      version: entry.version,
      sinceMs: (whole ? entry.pending[0]?.sinceMs : undefined) ?? options.clock.monotonic(),
      result,
      error: undefined,
    };
    // What a whole overwrite replaces need not be applied again before it.
    if (whole) entry.keep([]);
    entry.push(pending);
    if (how.durability === 'D3') entry.hiddenVersion = entry.version;
    if (how.requestId !== undefined) {
      entry.requests ??= new RequestIds(options.clock);
      entry.requests.note(how.requestId, doneOf(operation, result));
    }
    if (table.lookup(entry.id) === entry) table.recount(entry);
    else table.insert(entry);
    if (entry.pending.length > PENDING_MAX) loop.begin(entry);
    return { entry, outcome: pending };
  }
}

/** Whether the old value does not matter. */
function isWhole<T, C, R>({ options, operation }: Update<T, C, R>): boolean {
  return options.overwrite === true && operation.create !== undefined;
}

/** What was loaded, if it proves that the cache need not have the object. */
function nothingStored<T, C>(loaded: Loaded<T, C> | null): Loaded<T, C> | null {
  return loaded === null || loaded.stale || loaded.entry !== null ? null : loaded;
}
