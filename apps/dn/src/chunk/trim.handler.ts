import {
  chunkElementCount,
  chunkInside,
  datasetChunkPrefix,
  errorKind,
  fillElements,
  linearOffsets,
  parseStorageKey,
  scatterAt,
  type ChunkSpec,
} from '#hdf5';
import type { CallContext } from '#dn-client';
import type { ListedObject, ObjectStore } from '#storage';
import type { Handlers } from '../handlers.js';
import { change } from './chunk.handlers.js';
import type { Chunks } from './chunks.js';
import { parallel } from './parallel.js';
import type { TrimTurns } from './trim-turns.js';

/** What trimming needs besides the chunks. */
export interface TrimPort {
  readonly store: ObjectStore;
  /** True when this node owns a chunk. */
  owns(spec: ChunkSpec, chunk: readonly number[]): boolean;
  /** Called after chunks of a dataset changed. */
  noteChange(datasetId: string): void;
  readonly turns: TrimTurns;
}

/**
 * Cuts a dataset's chunks to a smaller extent: chunks outside are deleted, chunks at the border get
 * the fill value outside. Without an extent all chunks go (the dataset is deleted). Each node does so
 * for the chunks that it owns.
 */
export function trimHandler(chunks: Chunks, port: TrimPort): Handlers<'chunk.trim'>['chunk.trim'] {
  return async ({ bucket, spec, cut }, context) => {
    const { datasetId } = spec;
    if (cut === null) {
      await chunks.cache.dropPrefix(bucket, datasetChunkPrefix(datasetId));
      const gone = { bucket, spec, dims: null, check: () => undefined };
      await trimStored({ chunks, port }, gone, context);
    } else {
      const { dims, turn } = cut;
      const epoch = context.tag?.epoch ?? 0;
      await port.turns.run(datasetId, { turn, epoch }, async (check) => {
        await chunks.cache.flush(bucket, datasetChunkPrefix(datasetId));
        await trimStored({ chunks, port }, { bucket, spec, dims, check }, context);
      });
    }
    port.noteChange(datasetId);
    return {};
  };
}

interface Extent {
  readonly bucket: string;
  readonly spec: ChunkSpec;
  readonly dims: readonly number[] | null;
  /** Throws when the chunks must not be cut any more. */
  readonly check: () => void;
}

async function trimStored(
  { chunks, port }: { chunks: Chunks; port: TrimPort },
  extent: Extent,
  context: CallContext,
): Promise<void> {
  const { bucket, spec } = extent;
  if (spec.reference !== undefined) return;
  for await (const keys of listing(port.store, bucket, datasetChunkPrefix(spec.datasetId))) {
    await parallel(keys, async ({ key }) => {
      const parsed = parseStorageKey(key);
      if (parsed?.type !== 'chunk' || parsed.datasetId !== spec.datasetId) return;
      if (!port.owns(spec, parsed.index)) return;
      await trimChunk(chunks, { ...extent, chunk: parsed.index, key }, context);
    });
  }
}

interface Trimmed extends Extent {
  readonly chunk: readonly number[];
  readonly key: string;
}

async function trimChunk(
  chunks: Chunks,
  { bucket, spec, chunk, key, dims, check }: Trimmed,
  context: CallContext,
): Promise<void> {
  const gone =
    dims === null ||
    chunk.some((index, dim) => index * (spec.chunkDims[dim] ?? 1) >= (dims[dim] ?? 0));
  check();
  if (gone) {
    await chunks.cache.delete({ bucket, key });
    return;
  }
  const outside = outsideOffsets(chunk, spec.chunkDims, dims);
  if (outside.length === 0) return;
  const fill = fillElements(spec.type, outside.length, spec.fill);
  await change(chunks, { bucket, spec, chunk }, context, (target) => {
    check();
    return scatterAt(target, outside, fill);
  });
}

/** Offsets in a chunk of the elements outside the extent, ascending. */
function outsideOffsets(
  chunk: readonly number[],
  chunkDims: readonly number[],
  dims: readonly number[],
): Uint32Array {
  const count = chunkElementCount(chunkDims);
  const inside = new Uint8Array(count);
  for (const offset of linearOffsets(chunkDims, chunkInside(chunk, dims, chunkDims))) {
    inside[offset] = 1;
  }
  const outside = new Uint32Array(count);
  let found = 0;
  for (let offset = 0; offset < count; offset += 1) {
    if (inside[offset] === 0) outside[found++] = offset;
  }
  return outside.subarray(0, found);
}

/** The stored objects below a prefix, page by page. A missing bucket has none. */
export async function* listing(
  store: ObjectStore,
  bucket: string,
  prefix: string,
): AsyncGenerator<readonly ListedObject[]> {
  let after: string | undefined;
  for (;;) {
    const options = { prefix, ...(after === undefined ? {} : { after }) };
    const page = await store.list(bucket, options).catch((error: unknown) => {
      if (errorKind(error) === 'not-found') return null;
      throw error;
    });
    if (page === null) return;
    yield page.objects;
    after = page.objects.at(-1)?.key;
    if (!page.truncated || after === undefined) return;
  }
}
