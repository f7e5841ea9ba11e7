import { resultShape, wholeSlab, wrapElements } from '#hdf5';
import type { ReplyOf, RequestOf } from '../operations.js';
import {
  PayloadReader,
  base,
  countOf,
  fieldsIn,
  packed,
  present,
  readPartIn,
  readPartOut,
  sizesOf,
  slabIn,
  slabOut,
  specIn,
  typeOf,
  type Wire,
} from './chunk-parts.js';
import { Members, type Codec } from './codec.js';

export const chunkReadRequest: Codec<RequestOf<'chunk.read'>> = {
  encode: ({ bucket, spec, parts }) => ({
    header: {
      bucket,
      spec: spec.text,
      parts: parts.map(readPartOut),
    },
  }),
  decode: ({ header }) => {
    const { bucket, spec, parts } = base(new Members(header));
    return {
      bucket,
      spec,
      parts: parts.map(readPartIn),
    };
  },
};

/** The reply repeats what the caller knows (type, shapes) only where it is short. */
export function chunkReadReply(request: RequestOf<'chunk.read'>): Codec<ReplyOf<'chunk.read'>> {
  return {
    encode: ({ blocks }) => {
      const runs = blocks.map((block) => (block === null ? null : packed(block)));
      return { header: { sizes: sizesOf(runs) }, payload: present(runs) };
    },
    decode: ({ header, payload }) => {
      const reader = new PayloadReader(payload);
      const sizes = new Members(header).plain<Wire[]>('sizes');
      return {
        blocks: request.parts.map((part, index) => {
          const size = sizes[index] ?? null;
          if (size === null) return null;
          const dims = resultShape(part.inChunk);
          const elements = wrapElements(request.spec.type, reader.take(size), countOf(dims));
          return { elements, dims, slab: wholeSlab(dims) };
        }),
      };
    },
  };
}

export const chunkWriteRequest: Codec<RequestOf<'chunk.write'>> = {
  encode: ({ bucket, spec, parts, fields }) => {
    const runs = parts.map((part) => packed(part.data));
    return {
      header: {
        bucket,
        spec: spec.text,
        fields,
        sizes: sizesOf(runs),
        parts: parts.map((part) => ({ chunk: part.chunk, inChunk: slabOut(part.inChunk) })),
      },
      payload: runs,
    };
  },
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
        const inChunk = slabIn(part.json('inChunk'));
        const dims = resultShape(inChunk);
        const elements = wrapElements(type, reader.take(sizes[index] ?? 0), countOf(dims));
        const data = { elements, dims, slab: wholeSlab(dims) };
        return { chunk: part.plain<number[]>('chunk'), inChunk, data };
      }),
    };
  },
};

export const chunkTrimRequest: Codec<RequestOf<'chunk.trim'>> = {
  encode: ({ bucket, spec, cut }) => ({
    header: {
      bucket,
      spec: spec.text,
      cut: cut === null ? null : { dims: cut.dims, turn: { ...cut.turn } },
    },
  }),
  decode: ({ header }) => {
    const members = new Members(header);
    return {
      bucket: members.text('bucket'),
      spec: specIn(members.text('spec')),
      cut: members.plain<RequestOf<'chunk.trim'>['cut']>('cut'),
    };
  },
};
