import type { Clock } from '#storage';
import type { RecordView } from './epoch-record.js';
import type { EpochStore } from './epoch-store.js';
import type { RecordSighting } from './membership.js';
import { withTimeout } from './timed.js';

/** No answer for so long: the read has failed, whatever comes later. */
const READ_TIMEOUT_MS = 1500;

/**
 * Reads of the epoch record, one at a time. Whoever asks while one is under way shares the *next*
 * one: an answer counts only for those who asked before it was sent.
 */
export class RecordReader {
  private view: RecordView | null = null;
  private current: Promise<boolean> | null = null;
  private next: Promise<boolean> | null = null;

  constructor(
    private readonly epochs: EpochStore,
    private readonly clock: Clock,
    private readonly onSight: (sighting: RecordSighting) => void,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** @returns whether a read that was sent after the call was answered; never rejects */
  read(): Promise<boolean> {
    if (this.current === null) return this.send();
    return (this.next ??= this.current.then(() => {
      this.next = null;
      return this.send();
    }));
  }

  private send(): Promise<boolean> {
    const reading = this.readNow().finally(() => {
      this.current = null;
    });
    this.current = reading;
    return reading;
  }

  private async readNow(): Promise<boolean> {
    const before = this.view;
    const sentAt = this.clock.monotonic();
    try {
      const work = this.epochs.read(before?.etag);
      const limit = { work, what: 'epoch record' };
      const answer = await withTimeout(this.clock, READ_TIMEOUT_MS, limit);
      const found = answer === 'not-modified' ? before : answer;
      this.view = found;
      this.onSight({ sentAt, at: this.clock.monotonic(), found });
      return true;
    } catch (error) {
      this.onError(error);
      return false;
    }
  }
}
