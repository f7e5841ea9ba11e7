import { errorKind, HdfError } from '#hdf5';
import type { ObjectAddress } from '../object-store.js';
import { entryId } from './entry.js';
import type { FlushParts } from './flusher.js';
import { OUTAGES_MAX, TRIES_MAX, pauseAfter } from './persistence.js';

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
  const { store, custody } = parts.options;
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
      await pauseAfter(parts, outages);
    }
  }
  throw new HdfError('unavailable', `${id} changes too fast to be deleted`);
}
