import { wrapElements, type Elements, type JsonOut } from '#hdf5';
import type { ChunkSource, ReplyOf, RequestOf } from '../operations.js';
import {
  PayloadReader,
  base,
  fieldsIn,
  offsetsBytes,
  present,
  readPartIn,
  readPartOut,
  sizesOf,
  sourceIn,
  sourceOut,
  typeOf,
  type Wire,
} from './chunk-parts.js';
import { Members, type Codec } from './codec.js';

function pointsOut(part: {
  chunk: readonly number[];
  offsets: Uint32Array;
  source?: ChunkSource;
}): JsonOut {
  const source = part.source === undefined ? {} : { source: sourceOut(part.source) };
  return { chunk: part.chunk, count: part.offsets.length, ...source };
}

export const chunkReadPointsRequest: Codec<RequestOf<'chunk.readPoints'>> = {
  encode: ({ bucket, spec, parts }) => ({
    header: { bucket, spec: spec.text, parts: parts.map(pointsOut) },
    payload: parts.map((part) => offsetsBytes(part.offsets)),
  }),
  decode: ({ header, payload }) => {
    const { bucket, spec, parts } = base(new Members(header));
    const reader = new PayloadReader(payload);
    return {
      bucket,
      spec,
      parts: parts.map((part) => ({
        chunk: part.plain<number[]>('chunk'),
        offsets: reader.takeOffsets(part.plain<number>('count')),
        ...sourceIn(part),
      })),
    };
  },
};

export function chunkReadPointsReply(
  request: RequestOf<'chunk.readPoints'>,
): Codec<ReplyOf<'chunk.readPoints'>> {
  return {
    encode: ({ elements }) => {
      const runs = elements.map((run) => run?.bytes ?? null);
      return { header: { sizes: sizesOf(runs) }, payload: present(runs) };
    },
    decode: ({ header, payload }) => {
      const reader = new PayloadReader(payload);
      const sizes = new Members(header).plain<Wire[]>('sizes');
      const elements = request.parts.map((part, index) => {
        const size = sizes[index] ?? null;
        if (size === null) return null;
        return wrapElements(request.spec.type, reader.take(size), part.offsets.length);
      });
      return { elements };
    },
  };
}

export const chunkWritePointsRequest: Codec<RequestOf<'chunk.writePoints'>> = {
  encode: ({ bucket, spec, parts, fields }) => ({
    header: {
      bucket,
      spec: spec.text,
      fields,
      parts: parts.map(pointsOut),
      sizes: parts.map((part) => part.elements.bytes.length),
    },
    payload: parts.flatMap((part) => [offsetsBytes(part.offsets), part.elements.bytes]),
  }),
  decode: ({ header, payload }) => {
    const members = new Members(header);
    const { bucket, spec, parts } = base(members);
    const fields = fieldsIn(members);
    const type = typeOf(spec, fields.fields);
    const reader = new PayloadReader(payload);
    const sizes = members.plain<number[]>('sizes');
    return {
      bucket,
      spec,
      ...fields,
      parts: parts.map((part, index) => {
        const offsets = reader.takeOffsets(part.plain<number>('count'));
        const elements = wrapElements(type, reader.take(sizes[index] ?? 0), offsets.length);
        return { chunk: part.plain<number[]>('chunk'), offsets, elements };
      }),
    };
  },
};

export const chunkQueryRequest: Codec<RequestOf<'chunk.query'>> = {
  encode: ({ bucket, spec, parts, query, limit, update }) => ({
    header: {
      bucket,
      spec: spec.text,
      query,
      limit,
      fields: update?.fields,
      parts: parts.map(readPartOut),
    },
    payload: update === undefined ? [] : [update.element.bytes],
  }),
  decode: ({ header, payload }) => {
    const members = new Members(header);
    const { bucket, spec, parts } = base(members);
    const { fields } = fieldsIn(members);
    return {
      bucket,
      spec,
      query: members.text('query'),
      ...(members.has('limit') ? { limit: members.plain<number>('limit') } : {}),
      ...(fields === undefined
        ? {}
        : { update: { fields, element: wrapElements(typeOf(spec, fields), payload, 1) } }),
      parts: parts.map(readPartIn),
    };
  },
};

export function chunkQueryReply(request: RequestOf<'chunk.query'>): Codec<ReplyOf<'chunk.query'>> {
  return {
    encode: ({ matches }) => ({
      header: {
        counts: matches.map((match) => match?.offsets.length ?? null),
        sizes: matches.map((match) => match?.elements.bytes.length ?? 0),
      },
      payload: matches.flatMap((match) =>
        match === null ? [] : [offsetsBytes(match.offsets), match.elements.bytes],
      ),
    }),
    decode: ({ header, payload }) => {
      const members = new Members(header);
      const reader = new PayloadReader(payload);
      const sizes = members.plain<number[]>('sizes');
      const matches = members.plain<Wire[]>('counts').map((count, index) => {
        if (count === null) return null;
        const offsets = reader.takeOffsets(count);
        const bytes = reader.take(sizes[index] ?? 0);
        const elements: Elements = wrapElements(request.spec.type, bytes, count);
        return { offsets, elements };
      });
      return { matches };
    },
  };
}
