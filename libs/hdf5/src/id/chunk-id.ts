import { HdfError } from '../errors.js';
import { parseObjectId } from './object-id.js';

/** Weights of the chunk index per dimension (repeating) in the partition number. */
const PRIMES = [29, 31, 37, 41, 43, 47, 53, 59, 61, 67] as const;

/** A chunk id taken apart. */
export interface ChunkAddress {
  readonly datasetId: string;
  /** Position in the chunk grid, one number a dimension; `[0]` for a scalar dataset. */
  readonly index: readonly number[];
  /** Storage partition; absent when the dataset has none. */
  readonly partition?: number;
}

const CHUNK_ID = /^c(\d{0,15})-([0-9a-f-]{36})_(\d{1,16}(?:_\d{1,16})*)$/;

/**
 * The id of a chunk: `c-` or `c<partition>-`, the dataset's digits, `_<i>` for every dimension.
 *
 * @param index position in the chunk grid, one number a dimension
 * @param partitionCount of the dataset's layout; below 2 there are no partitions
 * @see HSDS storage schema, chunk ids
 */
export function chunkId(datasetId: string, index: readonly number[], partitionCount = 0): string {
  const prefix = partitionCount < 2 ? 'c' : `c${chunkPartition(index, partitionCount)}`;
  return `${prefix}${datasetId.slice(1)}_${index.join('_')}`;
}

/** The storage partition of a chunk, 0 to partitionCount - 1; 0 when there are none. */
export function chunkPartition(index: readonly number[], partitionCount: number): number {
  if (partitionCount < 2) return 0;
  let sum = 0;
  for (const [dim, position] of index.entries()) {
    const prime = PRIMES[dim % PRIMES.length] ?? 0;
    sum = (sum + (position % partitionCount) * prime) % partitionCount;
  }
  return sum;
}

/**
 * Takes a chunk id apart; that its partition fits its index is not asked.
 *
 * @throws HdfError `invalid`
 */
export function parseChunkId(text: string): ChunkAddress {
  const match = CHUNK_ID.exec(text);
  if (match === null) throw new HdfError('invalid', `expected a chunk id: ${text.slice(0, 80)}`);
  const [, partition = '', digits = '', positions = ''] = match;
  const datasetId = parseObjectId(`d-${digits}`);
  const index = parseChunkIndex(positions);
  return partition === ''
    ? { datasetId, index }
    : { datasetId, index, partition: Number(partition) };
}

/**
 * The chunk index in `i_j_…`, as in chunk ids and names.
 *
 * @throws HdfError `invalid`
 */
export function parseChunkIndex(text: string): number[] {
  return text.split('_').map((position) => {
    const value = Number(position);
    if (!/^(0|[1-9]\d{0,15})$/.test(position) || !Number.isSafeInteger(value)) {
      throw new HdfError('invalid', `expected a chunk index: ${text.slice(0, 80)}`);
    }
    return value;
  });
}
