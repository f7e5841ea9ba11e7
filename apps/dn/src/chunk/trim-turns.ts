import { HdfError } from '#hdf5';
import type { ResizeTurn } from '#dn-client';

/** Datasets whose last cutting is remembered. */
const REMEMBERED_MAX = 10_000;

interface Cut {
  readonly at: number;
  /** Whether all was cut. Never rejects. */
  readonly done: Promise<boolean>;
}

/**
 * Lets only the newest turn of a dataset cut its chunks on this node, each turn once. A request that
 * was delayed until after the dataset grew again is thereby without effect.
 */
export class TrimTurns {
  private readonly cuts = new Map<string, Cut>();

  /**
   * Cuts, after an older cutting of the dataset has stopped.
   *
   * @param work calls its argument before each change: it throws when a newer turn has begun
   * @throws HdfError `conflict` for an older turn, or one of another epoch
   */
  async run(
    datasetId: string,
    { turn, epoch }: { turn: ResizeTurn; epoch: number },
    work: (check: () => void) => Promise<void>,
  ): Promise<void> {
    const { at } = turn;
    if (turn.epoch !== epoch) throw superseded(datasetId);
    for (;;) {
      const last = this.cuts.get(datasetId);
      if (last === undefined || last.at < at) break;
      if (last.at > at) throw superseded(datasetId);
      if (await last.done) return;
      if (this.cuts.get(datasetId) === last) break;
    }
    const check = () => {
      if (this.cuts.get(datasetId)?.at !== at) throw superseded(datasetId);
    };
    const older = this.cuts.get(datasetId)?.done;
    const cutting = (async () => {
      await older;
      await work(check);
    })();
    const done = cutting.then(
      () => true,
      () => false,
    );
    this.remember(datasetId, { at, done });
    await cutting;
  }

  /** Other nodes own the datasets from now on. */
  forgetAll(): void {
    this.cuts.clear();
  }

  private remember(datasetId: string, cut: Cut): void {
    this.cuts.delete(datasetId);
    this.cuts.set(datasetId, cut);
    const [oldest] = this.cuts.keys();
    if (this.cuts.size > REMEMBERED_MAX && oldest !== undefined) this.cuts.delete(oldest);
  }
}

function superseded(datasetId: string): HdfError {
  return new HdfError('conflict', `another resize of ${datasetId} has begun`);
}
