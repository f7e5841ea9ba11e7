import {
  chunkElementCount,
  coordsAt,
  copyElements,
  decodeReferencedChunk,
  fillElements,
  HdfError,
  isFixed,
  type ChunkSpec,
  type Elements,
  type FixedElements,
} from '#hdf5';
import type { ChunkSource } from '#dn-client';
import type { ObjectAddress } from '#storage';
import type { LinkedFiles } from './linked-files.js';
import { LinkedPieces } from './linked-pieces.js';
import { parallel } from './parallel.js';
import { mergeRanges, type FilePiece } from './range-merge.js';
import { gridOf, wantedRuns, type Run, type Wanted } from './wanted-runs.js';

/** What is read of a chunk whose bytes lie in an HDF5 file. */
export interface ReferencedPart extends Wanted {
  readonly source?: ChunkSource;
}

interface Placement {
  readonly spec: ChunkSpec;
  readonly pieceDims: readonly number[];
  readonly target: FixedElements;
  /** The wanted elements of each piece. */
  readonly runs: ReadonlyMap<number, readonly Run[]>;
}

/**
 * Chunks whose bytes lie in HDF5 files. Of plain pieces only the bytes that are asked for are read,
 * near ones in one request; pieces with filters are read whole, decoded and kept.
 */
export class ReferencedChunks {
  private readonly pieces: LinkedPieces;

  constructor(private readonly files: LinkedFiles) {
    this.pieces = new LinkedPieces(files);
  }

  /**
   * A chunk in which what is asked for is right, and nothing else need be. Pieces that are not
   * allocated hold the fill value.
   *
   * @returns null when no piece is allocated
   * @throws HdfError `not-found` when the file is missing, `forbidden` when it may not be read
   */
  async read(spec: ChunkSpec, part: ReferencedPart): Promise<Elements | null> {
    const { source } = part;
    if (source === undefined || spec.itemSize === 'variable') return null;
    const allocated = source.pieces.flatMap((piece, index) =>
      piece === null || piece.size <= 0 ? [] : [{ ...piece, index }],
    );
    if (allocated.length === 0) return null;
    const target = fillElements(spec.type, chunkElementCount(spec.chunkDims), spec.fill);
    if (!isFixed(target)) return null;
    const { pieceDims } = source;
    const gap = Math.floor(this.files.rules.gapBytes / target.itemSize);
    const runs = wantedRuns(part, { chunkDims: spec.chunkDims, pieceDims, gap });
    const placement = { spec, pieceDims, target, runs };
    const wanted = allocated.filter(({ index }) => runs.has(index));
    for (const fileUri of new Set(wanted.map((piece) => piece.fileUri))) {
      const inFile = wanted.filter((piece) => piece.fileUri === fileUri);
      const address = fileAddress(fileUri);
      if (isPlain(spec)) await this.readPlain(address, inFile, placement);
      else await this.readFiltered(address, inFile, placement);
    }
    return target;
  }

  private async readFiltered(
    address: ObjectAddress,
    pieces: readonly FilePiece[],
    placement: Placement,
  ): Promise<void> {
    const { spec, pieceDims, target } = placement;
    const { filters, type } = spec;
    const { itemSize } = target;
    const plainSize = chunkElementCount(pieceDims) * itemSize;
    const fill = spec.fill?.bytes;
    const coding = { filters, itemSize, plainSize, type, fill };
    const name = JSON.stringify([spec.datasetId, filters, itemSize, pieceDims]);
    const decode = (stored: Uint8Array) => decodeReferencedChunk(stored, coding);
    const found = await this.pieces.read(address, pieces, { name, decode });
    for (const [index, plain] of found) placePiece(placement, index, plain);
  }

  private async readPlain(
    address: ObjectAddress,
    pieces: readonly FilePiece[],
    placement: Placement,
  ): Promise<void> {
    const { spec, pieceDims, target, runs } = placement;
    const { itemSize } = target;
    const plainSize = chunkElementCount(pieceDims) * itemSize;
    const contiguous = spec.reference?.class === 'H5D_CONTIGUOUS_REF';
    const wrong = contiguous ? undefined : pieces.find(({ size }) => size !== plainSize);
    if (wrong !== undefined) throw tooShort(wrong.size, plainSize);
    const single = pieceDims.every((extent, dim) => extent === spec.chunkDims[dim]);
    const plain = new Map(
      pieces.map(({ index }) => [index, single ? target.bytes : new Uint8Array(plainSize)]),
    );
    const parts = pieces.flatMap((piece) =>
      (runs.get(piece.index) ?? []).flatMap((run) => {
        const at = run.offset * itemSize;
        const size = Math.min(run.length * itemSize, piece.size - at);
        return size <= 0 ? [] : [{ offset: piece.offset + at, size, index: piece.index, at }];
      }),
    );
    await parallel(mergeRanges(parts, this.files.rules.gapBytes), async (range) => {
      const bytes = await this.files.read(address, range);
      for (const { offset, size, index, at } of range.pieces) {
        const from = offset - range.offset;
        const got = bytes.subarray(from, from + size);
        // The file may end inside the last chunk: what exists counts, the rest stays fill value.
        if (!contiguous && got.length !== size) throw tooShort(at + got.length, plainSize);
        const whole = contiguous ? got.length - (got.length % itemSize) : got.length;
        plain.get(index)?.set(got.subarray(0, whole), at);
      }
    });
    if (single) return;
    for (const [index, bytes] of plain) placePiece(placement, index, bytes);
  }
}

function isPlain({ reference, filters }: ChunkSpec): boolean {
  return reference?.class === 'H5D_CONTIGUOUS_REF' || filters.length === 0;
}

function tooShort(found: number, expected: number): HdfError {
  return new HdfError('corrupt', `a referenced chunk has ${found} of ${expected} bytes`);
}

function placePiece(placement: Placement, index: number, plain: Uint8Array): void {
  const { spec, pieceDims, target } = placement;
  const { itemSize } = target;
  const grid = gridOf({ chunkDims: spec.chunkDims, pieceDims });
  const origin = coordsAt(index, grid).map((at, dim) => at * (pieceDims[dim] ?? 0));
  copyElements({
    source: { itemSize, bytes: plain },
    sourceDims: pieceDims,
    sourceSlab: pieceDims.map((count) => ({ start: 0, count, stride: 1 })),
    target,
    targetDims: spec.chunkDims,
    targetSlab: pieceDims.map((count, dim) => ({ start: origin[dim] ?? 0, count, stride: 1 })),
  });
}

/** `bucket/key`, with an optional `s3://` or `file://` before it. */
function fileAddress(fileUri: string): ObjectAddress {
  const path = fileUri.replace(/^(s3|file):\/\//, '');
  const slash = path.indexOf('/');
  if (slash <= 0 || slash === path.length - 1) {
    throw new HdfError('invalid', `file_uri must be bucket/key, found '${fileUri}'`);
  }
  return { bucket: path.slice(0, slash), key: path.slice(slash + 1) };
}
