import {
  assignFields,
  chunkElementCount,
  copyElements,
  defined,
  fillElements,
  gatherAt,
  gatherElements,
  isFixed,
  resultShape,
  scatterAt,
  scatterElements,
  slabCount,
  wholeSlab,
  isWholeChunk,
  type ChunkSpec,
  type Elements,
} from '#hdf5';
import type { CallContext, ElementBlock, ReadPart, RequestOf, WritePart } from '#dn-client';
import { isLent } from '#storage';
import type { Handlers } from '../handlers.js';
import { writeOptions } from '../object/documents.js';
import { chunkAddress, chunkCodec, isEmptyChunk, unclearedBytes, type Chunks } from './chunks.js';
import { parallel } from './parallel.js';
import { queryHandler } from './query.handler.js';
import { trimHandler, type TrimPort } from './trim.handler.js';

type ChunkOperation =
  | 'chunk.read'
  | 'chunk.write'
  | 'chunk.readPoints'
  | 'chunk.writePoints'
  | 'chunk.query'
  | 'chunk.trim';

/** Smaller shares of a chunk are copied out at once, so that a page never pins whole chunks. */
const COPY_BELOW_SHARE = 0.25;

/** The operations on chunks. */
export function chunkHandlers(chunks: Chunks, trim: TrimPort): Handlers<ChunkOperation> {
  return {
    'chunk.read': async ({ bucket, spec, parts }) => ({
      blocks: await parallel(parts, (part) => readBlock(chunks, bucket, spec, part)),
    }),

    'chunk.write': async (request, context) => {
      chunks.refuseReferenced(request.spec);
      await parallel(request.parts, (part) => writeBlock(chunks, request, part, context));
      trim.noteChange(request.spec.datasetId);
      return {};
    },

    'chunk.readPoints': async ({ bucket, spec, parts }) => ({
      elements: await parallel(parts, async (part) => {
        const stored = await chunks.read(bucket, spec, part);
        return stored === null ? null : gatherAt(stored, part.offsets);
      }),
    }),

    'chunk.writePoints': async (request, context) => {
      chunks.refuseReferenced(request.spec);
      const { bucket, spec, fields } = request;
      await parallel(request.parts, async ({ chunk, offsets, elements }) => {
        const bytes = inputBytes(spec, offsets.length);
        await change(chunks, { bucket, spec, chunk, bytes }, context, (target) => {
          if (fields === undefined) return scatterAt(target, offsets, elements);
          const old = gatherAt(target, offsets);
          return scatterAt(
            target,
            offsets,
            assignFields(spec.type, fields, { target: old, source: elements }),
          );
        });
      });
      trim.noteChange(spec.datasetId);
      return {};
    },

    'chunk.query': queryHandler(chunks),
    'chunk.trim': trimHandler(chunks, trim),
  };
}

async function readBlock(
  chunks: Chunks,
  bucket: string,
  spec: ChunkSpec,
  part: ReadPart,
): Promise<ElementBlock | null> {
  const elements = await chunks.read(bucket, spec, part);
  if (elements === null) return null;
  const { chunkDims } = spec;
  const whole = chunkDims.reduce((product, extent) => product * extent, 1);
  if (slabCount(part.inChunk) >= whole * COPY_BELOW_SHARE) {
    return { elements, dims: chunkDims, slab: part.inChunk };
  }
  const dims = resultShape(part.inChunk);
  const copy = gatherElements(elements, chunkDims, part.inChunk);
  return { elements: copy, dims, slab: wholeSlab(dims) };
}

async function writeBlock(
  chunks: Chunks,
  { bucket, spec, fields }: RequestOf<'chunk.write'>,
  { chunk, inChunk, data }: WritePart,
  context: CallContext,
): Promise<void> {
  const { chunkDims } = spec;
  if (fields === undefined && isWholeChunk(inChunk, chunkDims)) {
    await replace(chunks, { bucket, spec, chunk }, context, data);
    return;
  }
  // A copy of its own, kept until it is stored: the sender uses its memory again.
  const given = gatherElements(data.elements, data.dims, data.slab);
  const bytes = inputBytes(spec, slabCount(inChunk));
  const dims = resultShape(inChunk);
  await change(chunks, { bucket, spec, chunk, bytes }, context, (target) => {
    const source =
      fields === undefined
        ? given
        : assignFields(spec.type, fields, {
            target: gatherElements(target, chunkDims, inChunk),
            source: given,
          });
    return scatterElements({
      source,
      sourceDims: dims,
      sourceSlab: wholeSlab(dims),
      target,
      targetDims: chunkDims,
      targetSlab: inChunk,
    });
  });
}

/** A chunk to be changed. */
interface ChangeTarget {
  readonly bucket: string;
  readonly spec: ChunkSpec;
  readonly chunk: readonly number[];
  /** Memory that the change keeps alive until it is stored. */
  readonly bytes?: number;
}

/** Assumed size of a variable-length element, bytes. */
const VLEN_BYTES = 64;

function inputBytes({ itemSize }: ChunkSpec, count: number): number {
  return count * (itemSize === 'variable' ? VLEN_BYTES : itemSize);
}

/**
 * Applies a synchronous change to a chunk, made from the fill value when it is not allocated. A
 * fresh chunk that still holds nothing but the fill value is not stored (HSDS: write_zero_chunks).
 */
export async function change(
  chunks: Chunks,
  { bucket, spec, chunk, bytes = 0 }: ChangeTarget,
  context: CallContext,
  edit: (target: Elements) => Elements,
): Promise<void> {
  await chunks.cache.update(
    chunkAddress(bucket, spec, chunk),
    spec,
    {
      bytes,
      create: () => chunks.fresh(spec, chunk),
      apply: (target) => ({ value: edit(target), result: undefined }),
      changed: (_result, value, fresh) => !fresh || chunks.writeEmpty || !isEmptyChunk(value, spec),
    },
    writeOptions(context),
  );
}

/**
 * Overwrites a chunk, whose old content need not be read, in its memory where that is free. The
 * value is the chunk from now on: later changes in place do no harm, since they come after it again
 * should it have to be applied again.
 */
async function replace(
  chunks: Chunks,
  { bucket, spec, chunk }: ChangeTarget,
  context: CallContext,
  data: ElementBlock,
): Promise<void> {
  let value: Elements | undefined;
  // Not kept once they are copied: they may be a piece of a large message.
  let given: ElementBlock | undefined = data;
  await chunks.cache.update(
    chunkAddress(bucket, spec, chunk),
    spec,
    {
      overwritesAll: true,
      create: () => unwrittenChunk(spec),
      apply: (target) => {
        if (given !== undefined) value = overwritten(target, spec, given);
        else if (isLent(value)) value = chunkCodec.clone(defined(value, 'value'));
        given = undefined;
        return { value: defined(value, 'value'), result: undefined };
      },
      changed: (_result, changed, fresh) =>
        !fresh || chunks.writeEmpty || !isEmptyChunk(changed, spec),
    },
    { ...writeOptions(context), overwrite: true },
  );
}

/** A chunk of any content, to be overwritten. */
function unwrittenChunk(spec: ChunkSpec): Elements {
  const { itemSize } = spec;
  if (itemSize === 'variable') return fillElements(spec.type, 0, null);
  return { itemSize, bytes: unclearedBytes(chunkElementCount(spec.chunkDims) * itemSize) };
}

/** Data in the memory of a chunk, or for variable sizes in memory of their own. */
function overwritten(target: Elements, { chunkDims }: ChunkSpec, data: ElementBlock): Elements {
  if (!isFixed(target)) return gatherElements(data.elements, data.dims, data.slab);
  copyElements({
    source: data.elements,
    sourceDims: data.dims,
    sourceSlab: data.slab,
    target,
    targetDims: chunkDims,
    targetSlab: wholeSlab(chunkDims),
  });
  return target;
}
