import {
  chunkIndexOf,
  coordsAt,
  decodeJsonValue,
  elementAt,
  gridDims,
  HdfError,
  jsonNumber,
  linearOffset,
  type Elements,
} from '#hdf5';
import type { CallContext, ChunkSource } from '#dn-client';
import type { DatasetFacts } from './dataset-facts.js';

interface TableUse {
  readonly chunkDims: readonly number[];
  readonly pieceDims: readonly number[];
  /** Absent: every table entry names its file in its third field. */
  readonly fileUri: string | undefined;
  readonly read: (
    table: DatasetFacts,
    chunks: readonly (readonly number[])[],
    call: CallContext,
  ) => Promise<readonly (Elements | null)[]>;
}

type Piece = ChunkSource['pieces'][number];

/**
 * The dataset that says where the chunks of a reference dataset lie: one compound entry a chunk of
 * the file: offset, size, perhaps file URI, by position.
 */
export class ChunkTable {
  private readonly loaded = new Map<string, Promise<Elements | null>>();

  constructor(
    private readonly table: DatasetFacts,
    private readonly use: TableUse,
  ) {}

  /** Where the pieces of a chunk are, in row-major order. */
  async source(chunkIndex: readonly number[], call: CallContext): Promise<ChunkSource> {
    const { chunkDims, pieceDims } = this.use;
    const grid = gridDims(chunkDims, pieceDims);
    const pieces: Piece[] = [];
    for (const within of positions(grid)) {
      const entry = within.map((at, dim) => (chunkIndex[dim] ?? 0) * (grid[dim] ?? 1) + at);
      pieces.push(await this.entry(entry, call));
    }
    return { pieceDims, pieces };
  }

  private async entry(position: readonly number[], call: CallContext): Promise<Piece> {
    const { dims, spec } = this.table;
    if (position.some((at, dim) => at >= (dims[dim] ?? 0))) return null;
    const chunk = chunkIndexOf(position, spec.chunkDims);
    const elements = await this.chunk(chunk, call);
    if (elements === null) return null;
    const within = position.map((at, dim) => at % (spec.chunkDims[dim] ?? 1));
    const element = elementAt(elements, linearOffset(within, spec.chunkDims));
    const json = decodeJsonValue(spec.type, [], element);
    const [offset, size, uri] = Array.isArray(json) ? json : [];
    const [first, length] = [jsonNumber(offset) ?? 0, jsonNumber(size) ?? 0];
    if (length <= 0) return null;
    const fileUri = this.use.fileUri ?? (typeof uri === 'string' ? uri : '');
    if (fileUri === '') {
      throw new HdfError('invalid', `chunk table ${spec.datasetId} names no file`);
    }
    return { fileUri, offset: first, size: length };
  }

  private chunk(chunk: readonly number[], call: CallContext): Promise<Elements | null> {
    const name = chunk.join('_');
    const known = this.loaded.get(name);
    if (known !== undefined) return known;
    const load = this.use.read(this.table, [chunk], call).then(([elements]) => elements ?? null);
    this.loaded.set(name, load);
    return load;
  }
}

/** All positions of a grid, row-major. */
function* positions(grid: readonly number[]): Generator<number[]> {
  const count = grid.reduce((product, extent) => product * extent, 1);
  for (let index = 0; index < count; index += 1) {
    yield coordsAt(index, grid);
  }
}
