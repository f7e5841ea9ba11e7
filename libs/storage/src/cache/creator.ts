import { errorKind, HdfError } from '#hdf5';
import { REQUESTS_KEY } from './cache-options.js';
import type { Entry } from './entry.js';
import type { FlushParts } from './flusher.js';
import { OUTAGES_MAX, TRIES_MAX, pauseAfter } from './persistence.js';
import { RequestIds } from './request-ids.js';
import type { UpdateOptions } from './update-operation.js';

/**
 * Writes a new object through to the store, where there is none.
 *
 * @param entry not in the table yet; afterwards clean
 * @returns whether the entry is what the store holds; false when an earlier run of the same request
 * created the object, which may have changed since
 * @throws HdfError `conflict` when another object is there, `unavailable`
 */
export async function createObject<T, C>(
  parts: FlushParts<T, C>,
  entry: Entry<T, C>,
  how: Pick<UpdateOptions, 'requestId' | 'repeated'> & { sync: boolean },
): Promise<boolean> {
  let outages = 0;
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    try {
      if (!entry.doubtful) {
        await parts.putter.put(entry, how.sync);
        return true;
      }
      const found = await lookAgain(parts, entry, how);
      if (found !== 'retry') return found === 'own';
      entry.doubtful = false;
    } catch (error) {
      const kind = errorKind(error);
      const looked = entry.doubtful && kind === 'conflict';
      if (looked || (kind !== 'conflict' && kind !== 'unavailable')) throw error;
      entry.doubtful = true;
      if (kind === 'conflict') continue;
      outages++;
      if (outages === OUTAGES_MAX) throw error;
      await pauseAfter(parts, outages);
    }
  }
  throw new HdfError('unavailable', `${entry.id} comes and goes too fast to be created`);
}

/** What a failed put left in the store. */
async function lookAgain<T, C>(
  parts: FlushParts<T, C>,
  entry: Entry<T, C>,
  asked: Pick<UpdateOptions, 'requestId' | 'repeated'>,
): Promise<'own' | 'repeat' | 'retry'> {
  const found = await parts.options.store.get(entry.address);
  if (found === 'not-modified') throw new HdfError('internal', 'unasked not-modified');
  if (found === null) {
    entry.basis = { ...entry.basis, etag: null };
    return 'retry';
  }
  const own = parts.putter.own(entry, found);
  if (own !== undefined) {
    parts.putter.stored(entry, own.version, found);
    return 'own';
  }
  const requests = RequestIds.parse(found.metadata[REQUESTS_KEY], parts.options.clock);
  if (requests.recall(asked, entry.id) !== undefined) return 'repeat';
  if (found.bytes.length > 0) throw new HdfError('conflict', `${entry.id} exists`);
  // An empty object counts as none (HSDS may leave one): replace it.
  entry.basis = { ...entry.basis, etag: found.etag };
  return 'retry';
}
