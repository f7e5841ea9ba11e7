import { formatShape, HdfError, parseStoredShape, type ObjectDocument } from '#hdf5';
import type { ReplyOf, RequestOf } from '#dn-client';

type Change = RequestOf<'dataset.resize'>['change'];

/**
 * Changes a dataset's extent as it is now, so that concurrent extensions get disjoint regions.
 *
 * @throws HdfError `invalid` when the dataset cannot be resized or the rank differs; `conflict`
 * beyond `maxdims`
 */
export function resizeDataset(
  document: ObjectDocument,
  change: Change,
  now: number,
): ReplyOf<'dataset.resize'> {
  if (document.kind !== 'dataset') {
    throw new HdfError('invalid', `${document.id} is not a dataset`);
  }
  const space = parseStoredShape(document.shape);
  if (space.class !== 'simple')
    throw new HdfError('invalid', 'only simple datasets have an extent');
  const { dims: before, maxdims } = space;
  if (maxdims === undefined) throw new HdfError('invalid', 'Dataset is not extensible');
  const after = newDims(before, change);
  if (after.length !== before.length) {
    throw new HdfError('invalid', `a shape of rank ${before.length} was expected`);
  }
  after.forEach((extent, dim) => {
    const most = maxdims[dim] ?? 0;
    if (most !== 0 && extent > most) {
      throw new HdfError(
        'conflict',
        `extent ${extent} of dimension ${dim} exceeds maxdims ${most}`,
      );
    }
  });
  if (after.every((extent, dim) => extent === before[dim])) return { before, after };
  document.shape = formatShape({ ...space, dims: after });
  document.lastModified = now;
  return { before, after };
}

/**
 * A repeated extension must answer the region of the first one, whatever came after it: the extents
 * before and after, as `2.3-2.4`.
 */
export const RESIZE_REPEATS = {
  remember: ({ before, after }: ReplyOf<'dataset.resize'>): string =>
    `${before.join('.')}-${after.join('.')}`,

  repeated: (_document: unknown, remembered: string): ReplyOf<'dataset.resize'> => {
    const [before = [], after = []] = remembered
      .split('-')
      .map((extents) => extents.split('.').map(Number));
    return { before, after };
  },
};

function newDims(before: readonly number[], change: Change): readonly number[] {
  if ('dims' in change) return change.dims;
  if (change.dim >= before.length) {
    throw new HdfError('invalid', `dimension ${change.dim} of a rank ${before.length} dataset`);
  }
  return before.map((extent, dim) => (dim === change.dim ? extent + change.extend : extent));
}
