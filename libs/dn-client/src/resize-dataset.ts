import { errorKind, HdfError, type ChunkSpec } from '#hdf5';
import type { DataNodes } from './data-nodes.js';
import type { CallContext, ReplyOf, RequestOf } from './operations.js';

/** How often a resize begins anew because another one came between. */
const TRIES_MAX = 20;

const NO_CHANGE = { extend: 0, dim: 0 } as const;

type Extents = Pick<ReplyOf<'dataset.resize'>, 'before' | 'after'>;

interface ResizeRequest extends Pick<RequestOf<'dataset.resize'>, 'bucket' | 'change'> {
  readonly spec: ChunkSpec;
}

/**
 * Changes a dataset's extent. What lies outside a smaller extent is cut on all nodes before the
 * extent can grow again, so that a grown region shows the fill value, and no write to it is lost.
 *
 * @returns the extents before and after
 * @throws HdfError `conflict` beyond `maxdims`; `invalid`; `unavailable` when the dataset is being
 * resized by others for too long
 */
export async function resizeDataset(
  nodes: DataNodes,
  { bucket, spec, change }: ResizeRequest,
  call: CallContext,
): Promise<Extents> {
  const id = spec.datasetId;
  let wanted = change;
  let first: Extents | undefined;
  let done: number | undefined;
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const request = { bucket, id, change: wanted, ...(done === undefined ? {} : { done }) };
    const { before, after, cut } = await nodes.call('dataset.resize', request, call);
    const isShrunk = after.some((extent, dim) => extent < (before[dim] ?? 0));
    // A shrink is applied before the cutting: a later reply has the extents after it.
    if (isShrunk) first ??= { before, after };
    const isApplied = first !== undefined && isAll(change, first.after);
    if (cut === undefined) {
      return isApplied && first !== undefined ? first : { before: first?.before ?? before, after };
    }
    const isCut = await cutChunks(nodes, { bucket, spec, cut }, call);
    done = isCut ? cut.turn.at : undefined;
    // Once: whoever comes between may grow the dataset again. What is left is the cutting.
    if (isApplied) wanted = NO_CHANGE;
  }
  throw new HdfError('unavailable', `${spec.datasetId} is resized too often`, { retryAfterS: 1 });
}

/** Whether nothing is left of a change to these extents. */
function isAll(change: ResizeRequest['change'], dims: readonly number[]): boolean {
  return 'dims' in change && change.dims.every((extent, dim) => extent === dims[dim]);
}

/** False when another resize has begun meanwhile. */
async function cutChunks(
  nodes: DataNodes,
  request: RequestOf<'chunk.trim'>,
  call: CallContext,
): Promise<boolean> {
  try {
    await nodes.callEvery('chunk.trim', request, call);
    return true;
  } catch (error) {
    if (errorKind(error) === 'conflict') return false;
    throw error;
  }
}
