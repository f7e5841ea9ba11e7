import type { Readable } from 'node:stream';
import { HdfError } from '#hdf5';
import { bodyFailure } from '#server';

/**
 * Reads a request body in pieces of wanted sizes, so that a body of any length needs the memory of
 * a few pieces.
 */
export class BodyPages {
  private readonly chunks: AsyncIterator<Buffer>;
  /** What came with the last piece but belongs to the next. */
  private rest: Buffer = Buffer.alloc(0);
  private ended = false;

  constructor(stream: Readable) {
    this.chunks = stream.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer>;
  }

  /**
   * Fills a piece with the next bytes.
   *
   * @throws HdfError `invalid` when the body ends before
   */
  async fill(piece: Uint8Array): Promise<void> {
    const byteLength = piece.length;
    let filled = 0;
    while (filled < byteLength) {
      if (this.rest.length === 0) await this.fetch();
      if (this.ended) {
        throw new HdfError('invalid', `request body is ${byteLength - filled} bytes too short`);
      }
      const part = this.rest.subarray(0, byteLength - filled);
      piece.set(part, filled);
      filled += part.length;
      this.rest = this.rest.subarray(part.length);
    }
  }

  /** @throws HdfError `invalid` when there is more */
  async end(): Promise<void> {
    while (!this.ended && this.rest.length === 0) await this.fetch();
    if (this.rest.length > 0) throw new HdfError('invalid', 'request body is too long');
  }

  private async fetch(): Promise<void> {
    try {
      const next = await this.chunks.next();
      if (next.done === true) this.ended = true;
      else this.rest = next.value;
    } catch (error) {
      throw bodyFailure(error);
    }
  }
}
