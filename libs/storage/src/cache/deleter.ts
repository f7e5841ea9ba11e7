import { errorKind, HdfError } from '#hdf5';
import type { ObjectAddress } from '../object-store.js';
import { sleep } from '../runtime/clock.js';
import { entryId } from './entry.js';
import type { FlushParts } from './flusher.js';

const TRIES_MAX = 8;
const OUTAGES_MAX = 4;
const PAUSE_MS = 50;

/**
 * Deletes the version of an object that is there now, and no other: where the store has conditional
 * deletions, one that arrives late spares what others have written since.
 *
 * @throws HdfError `unavailable` (the object may be deleted all the same)
 */
export async function deleteObject<T, C>(
  parts: FlushParts<T, C>,
  address: ObjectAddress,
): Promise<void> {
  const { store, custody, clock } = parts.options;
  const id = entryId(address);
  const entry = parts.table.lookup(id);
  let etag = entry === undefined || entry.doubtful ? null : entry.basis.etag;
  let outages = 0;
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    try {
      etag ??= (await store.head(address))?.etag ?? null;
      if (etag === null) return;
      // Asked after the store was: that version is then none of a later owner's.
      if (custody?.leased() === false) {
        throw new HdfError('unavailable', `${id} may have another owner now: not deleted`);
      }
      await store.delete(address, { ifMatch: etag });
      return;
    } catch (error) {
      const kind = errorKind(error);
      if (kind !== 'conflict' && kind !== 'unavailable') throw error;
      etag = null;
      if (kind === 'conflict') continue;
      outages++;
      if (outages === OUTAGES_MAX) throw error;
      await sleep(clock, PAUSE_MS * 2 ** outages * (0.5 + parts.random.next() / 2));
    }
  }
  throw new HdfError('unavailable', `${id} changes too fast to be deleted`);
}
