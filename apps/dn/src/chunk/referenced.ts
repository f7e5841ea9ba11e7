import {
  chunkElementCount,
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
import { mergeRanges } from './range-merge.js';

/**
 * Reads a chunk whose bytes lie in an HDF5 file: near ranges in one request, each piece decoded and
 * put in its place. Pieces that are not allocated hold the fill value.
 *
 * @param part the chunk and where its pieces are
 * @returns null when no piece is allocated
 * @throws HdfError `not-found` when the file is missing, `forbidden` when it may not be read
 */
export async function readReferenced(
  files: LinkedFiles,
  spec: ChunkSpec,
  part: { readonly source?: ChunkSource },
): Promise<Elements | null> {
  const { source } = part;
  if (source === undefined || spec.itemSize === 'variable') return null;
  const pieces = source.pieces.flatMap((piece, index) =>
    piece === null || piece.size <= 0 ? [] : [{ ...piece, index }],
  );
  if (pieces.length === 0) return null;
  const target = fillElements(spec.type, chunkElementCount(spec.chunkDims), spec.fill);
  if (!isFixed(target)) return null;
  for (const fileUri of new Set(pieces.map((piece) => piece.fileUri))) {
    const inFile = pieces.filter((piece) => piece.fileUri === fileUri);
    const address = fileAddress(fileUri);
    for (const range of mergeRanges(inFile, files.rules.gapBytes)) {
      const bytes = await files.read(address, range);
      for (const piece of range.pieces) {
        const from = piece.offset - range.offset;
        const stored = bytes.subarray(from, from + piece.size);
        await placePiece({ spec, source, target }, piece.index, stored);
      }
    }
  }
  return target;
}

interface Placement {
  readonly spec: ChunkSpec;
  readonly source: ChunkSource;
  readonly target: FixedElements;
}

async function placePiece(
  { spec, source, target }: Placement,
  index: number,
  stored: Uint8Array,
): Promise<void> {
  const { pieceDims } = source;
  const itemSize = target.itemSize;
  const plainSize = chunkElementCount(pieceDims) * itemSize;
  const contiguous = spec.reference?.class === 'H5D_CONTIGUOUS_REF';
  const plain = contiguous
    ? stored
    : await decodeReferencedChunk(stored, { filters: spec.filters, itemSize, plainSize });
  if (contiguous) {
    // The file may end inside the last chunk: what exists counts, the rest stays fill value.
    const whole = plain.length - (plain.length % itemSize);
    target.bytes.set(plain.subarray(0, Math.min(whole, target.bytes.length)));
    return;
  }
  if (plain.length !== plainSize) {
    throw new HdfError('corrupt', `a referenced chunk has ${plain.length} of ${plainSize} bytes`);
  }
  const grid = spec.chunkDims.map((extent, dim) => Math.floor(extent / (pieceDims[dim] ?? extent)));
  const origin = gridPosition(index, grid).map((at, dim) => at * (pieceDims[dim] ?? 0));
  copyElements({
    source: { itemSize, bytes: plain },
    sourceDims: pieceDims,
    sourceSlab: pieceDims.map((count) => ({ start: 0, count, stride: 1 })),
    target,
    targetDims: spec.chunkDims,
    targetSlab: pieceDims.map((count, dim) => ({ start: origin[dim] ?? 0, count, stride: 1 })),
  });
}

/** Row-major position of an index in a grid. */
function gridPosition(index: number, grid: readonly number[]): number[] {
  const position = new Array<number>(grid.length).fill(0);
  let rest = index;
  for (let dim = grid.length - 1; dim >= 0; dim -= 1) {
    const extent = grid[dim] ?? 1;
    position[dim] = rest % extent;
    rest = Math.floor(rest / extent);
  }
  return position;
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
