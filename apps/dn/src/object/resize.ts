import {
  formatShape,
  HdfError,
  parseStoredShape,
  type DatasetDocument,
  type ObjectDocument,
} from '#hdf5';
import type { ReplyOf, RequestOf } from '#dn-client';
import type { Asker, ResizeTurns } from './resize-turns.js';

type Change = RequestOf<'dataset.resize'>['change'];

/** What the owner of a dataset knows besides the document. */
export interface ResizeScene {
  readonly turns: ResizeTurns;
  readonly asker: Asker;
  readonly epoch: number;
  /** Unix seconds */
  readonly now: number;
}

/** Thrown inside an update: another resize got the turn meanwhile. */
export class TurnTaken extends Error {}

/**
 * Changes a dataset's extent as it is now, so that concurrent extensions get disjoint regions. A
 * shrink is applied and marked in the document, and the reply asks for its chunks to be cut; no
 * growth is applied before that is done.
 *
 * @throws HdfError `invalid` when the dataset cannot be resized or the rank differs; `conflict`
 * beyond `maxdims`
 */
export function resizeDataset(
  document: ObjectDocument,
  change: Change,
  { turns, asker, epoch, now }: ResizeScene,
): Resized {
  if (document.kind !== 'dataset') {
    throw new HdfError('invalid', `${document.id} is not a dataset`);
  }
  const { id, cutting } = document;
  if (turns.isBusy(id, asker)) throw new TurnTaken();
  const { space, before, after } = extents(document, change);
  const lower = before.map((extent, dim) => Math.min(extent, after[dim] ?? extent));
  const isCut = asker.done !== undefined && turns.isHeld(id, asker.done);
  const shrinks = !isSame(lower, before);
  const grows = !isSame(lower, after);
  const isUnclean = cutting !== undefined || (grows && turns.wasShrunk(id));
  if (shrinks || (isUnclean && !isCut)) {
    const turn = turns.give(id, asker.requestId, epoch, cutting ?? 0);
    if (shrinks) {
      turns.noteShrunk(id);
      document.shape = formatShape({ ...space, dims: lower });
      document.lastModified = now;
      document.cutting = turn.at;
    }
    return { reply: { before, after: lower, cut: { dims: lower, turn } }, changed: shrinks };
  }
  delete document.cutting;
  if (grows) {
    turns.noteGrown(id);
    document.shape = formatShape({ ...space, dims: after });
    document.lastModified = now;
  }
  return { reply: { before, after }, changed: grows || cutting !== undefined };
}

interface Resized {
  readonly reply: ReplyOf<'dataset.resize'>;
  readonly changed: boolean;
}

function extents(document: DatasetDocument, change: Change) {
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
  return { space, before, after };
}

/**
 * A repeated resize must answer as the first one, whatever came after it: the extents before and
 * after, and the turn of a shrink, as `2.3-2.4` or `2.3-2.2-5.17`.
 */
export const RESIZE_REPEATS = {
  remember: ({ reply: { before, after, cut } }: Resized): string => {
    const turn = cut === undefined ? '' : `-${cut.turn.epoch}.${cut.turn.at}`;
    return `${before.join('.')}-${after.join('.')}${turn}`;
  },

  repeated: (_document: unknown, remembered: string): Resized => {
    const [before = [], after = [], turn] = remembered
      .split('-')
      .map((numbers) => numbers.split('.').map(Number));
    const [epoch = 0, at = 0] = turn ?? [];
    const cut = turn === undefined ? {} : { cut: { dims: after, turn: { epoch, at } } };
    return { reply: { before, after, ...cut }, changed: false };
  },
};

function newDims(before: readonly number[], change: Change): readonly number[] {
  if ('dims' in change) return change.dims;
  if (change.dim >= before.length) {
    throw new HdfError('invalid', `dimension ${change.dim} of a rank ${before.length} dataset`);
  }
  return before.map((extent, dim) => (dim === change.dim ? extent + change.extend : extent));
}

function isSame(some: readonly number[], others: readonly number[]): boolean {
  return some.every((extent, dim) => extent === others[dim]);
}
