import {
  assignFields,
  bindQuery,
  evaluateQuery,
  gatherAt,
  isWholeChunk,
  linearOffsets,
  parseQuery,
  repeatElement,
  scatterAt,
  type BoundQuery,
  type ChunkSpec,
  type Elements,
} from '#hdf5';
import type { CallContext, QueryPart, ReplyOf, RequestOf } from '#dn-client';
import type { Handlers } from '../handlers.js';
import { change } from './chunk.handlers.js';
import type { Chunks } from './chunks.js';
import { parallel } from './parallel.js';

type Match = ReplyOf<'chunk.query'>['matches'][number];

/**
 * Finds, and with `update` changes, the elements that satisfy a condition. Chunks that are not
 * allocated are not searched (HSDS: part 3, 7.4).
 */
export function queryHandler(chunks: Chunks): Handlers<'chunk.query'>['chunk.query'] {
  return async (request, context) => {
    const query = bindQuery(parseQuery(request.query), request.spec.type);
    if (request.update === undefined && request.limit === undefined) {
      return {
        matches: await parallel(request.parts, (part) => search(chunks, request, part, query)),
      };
    }
    // A limit counts over the parts in order, and an update must not touch what lies behind it.
    if (request.update !== undefined) chunks.refuseReferenced(request.spec);
    const matches: Match[] = [];
    let left = request.limit ?? Infinity;
    for (const part of request.parts) {
      const found = left > 0 ? await search(chunks, request, part, query) : null;
      const match = found === null ? null : firstMatches(found, left);
      left -= match?.offsets.length ?? 0;
      matches.push(
        match === null ? null : await updated(chunks, request, { part, match }, context),
      );
    }
    return { matches };
  };
}

async function search(
  chunks: Chunks,
  { bucket, spec }: RequestOf<'chunk.query'>,
  part: QueryPart,
  query: BoundQuery,
): Promise<Match> {
  const elements = await chunks.read(bucket, spec, part);
  if (elements === null) return null;
  if (isWholeChunk(part.inChunk, spec.chunkDims)) {
    const offsets = evaluateQuery(query, elements);
    return { offsets, elements: gatherAt(elements, offsets) };
  }
  const searched = linearOffsets(spec.chunkDims, part.inChunk).sort();
  const found = evaluateQuery(query, gatherAt(elements, searched));
  const offsets = found.map((index) => searched[index] ?? 0);
  return { offsets, elements: gatherAt(elements, offsets) };
}

function firstMatches(match: NonNullable<Match>, limit: number): NonNullable<Match> {
  if (match.offsets.length <= limit) return match;
  const kept = Uint32Array.from({ length: limit }, (_none, index) => index);
  return {
    offsets: match.offsets.slice(0, limit),
    elements: gatherAt(match.elements, kept),
  };
}

async function updated(
  chunks: Chunks,
  { bucket, spec, update }: RequestOf<'chunk.query'>,
  { part, match }: { part: QueryPart; match: NonNullable<Match> },
  context: CallContext,
): Promise<NonNullable<Match>> {
  if (update === undefined || match.offsets.length === 0) return match;
  const { offsets } = match;
  let elements = match.elements;
  await change(chunks, { bucket, spec, chunk: part.chunk }, context, (target) => {
    elements = withFields(spec, gatherAt(target, offsets), update, offsets.length);
    return scatterAt(target, offsets, elements);
  });
  return { offsets, elements };
}

function withFields(
  spec: ChunkSpec,
  old: Elements,
  update: NonNullable<RequestOf<'chunk.query'>['update']>,
  count: number,
): Elements {
  const repeated = repeatElement(update.element, count);
  return assignFields(spec.type, update.fields, { target: old, source: repeated });
}
