import { LRUCache } from 'lru-cache';
import { SingleFlight, type ObjectAddress } from '#storage';
import type { LinkedFiles } from './linked-files.js';
import { parallel } from './parallel.js';
import { mergeRanges, type ByteRange, type FilePiece } from './range-merge.js';

/** How the pieces of one dataset are decoded. */
export interface PieceCoding {
  /** The same for all pieces that are decoded alike. */
  readonly name: string;
  readonly decode: (stored: Uint8Array) => Promise<Uint8Array>;
}

/**
 * Pieces of HDF5 files that need decoding: each is read and decoded once, whoever asks at the same
 * time, and kept while there is room. A piece of a file is forgotten when a later read of the file
 * shows another ETag, and when it has expired: apart from that a file is taken never to change.
 */
export class LinkedPieces {
  private readonly kept: LRUCache<string, Uint8Array>;
  private readonly flights = new SingleFlight<readonly Uint8Array[]>();

  constructor(private readonly files: LinkedFiles) {
    const { cacheBytes, expireMs } = files.rules;
    this.kept = new LRUCache({
      maxSize: Math.max(1, Math.floor(cacheBytes)),
      sizeCalculation: (bytes) => Math.max(1, bytes.length),
      ttl: expireMs,
    });
  }

  /**
   * Plain bytes by the place of the piece in its chunk; not to be changed.
   *
   * @throws HdfError as `LinkedFiles.read` and the decoder do
   */
  async read(
    address: ObjectAddress,
    pieces: readonly FilePiece[],
    coding: PieceCoding,
  ): Promise<Map<number, Uint8Array>> {
    this.files.check(address);
    const found = new Map<number, Uint8Array>();
    const missing: FilePiece[] = [];
    for (const piece of pieces) {
      const plain = this.kept.get(this.nameOf(address, piece, coding));
      if (plain === undefined) missing.push(piece);
      else found.set(piece.index, plain);
    }
    await parallel(mergeRanges(missing, this.files.rules.gapBytes), async (range) => {
      const parts = range.pieces.map(({ offset, size }) => `${offset}+${size}`);
      const name = `${address.bucket}/${address.key} ${parts.join()} ${coding.name}`;
      const plain = await this.flights.run(name, () => this.load(address, range, coding));
      range.pieces.forEach(({ index }, at) => {
        found.set(index, plain[at] ?? new Uint8Array());
      });
    });
    return found;
  }

  private async load(
    address: ObjectAddress,
    range: ByteRange,
    coding: PieceCoding,
  ): Promise<readonly Uint8Array[]> {
    const bytes = await this.files.read(address, range);
    return parallel(range.pieces, async (piece) => {
      const from = piece.offset - range.offset;
      const plain = await coding.decode(bytes.subarray(from, from + piece.size));
      // What is kept must not keep all that was read with it.
      const own = plain.buffer === bytes.buffer ? plain.slice() : plain;
      this.kept.set(this.nameOf(address, piece, coding), own);
      return own;
    });
  }

  private nameOf(address: ObjectAddress, { offset, size }: FilePiece, coding: PieceCoding): string {
    const { bucket, key } = address;
    return `${bucket}/${key} ${this.files.version(address)} ${offset}+${size} ${coding.name}`;
  }
}
