import {
  chunkSpecOf,
  newObjectId,
  newRootId,
  parseObjectDocument,
  toJson,
  type ChunkSpec,
  type DatasetDocument,
  type Elements,
  type ObjectDocument,
} from '#hdf5';
import type { CallContext, Durability, ElementBlock, ReadPart, WritePart } from '#dn-client';
import { Prng } from './prng.js';
import { BUCKET } from './sim-dn.js';
import type { SimSn } from './sim-sn.js';

export const CHUNKS = 5;
/** Elements a chunk. */
export const WIDTH = 3;
export const ATTRIBUTES = 2;
const ITEM_BYTES = 4;

/** The objects that clients work on: a dataset of registers, an extensible one, a group. */
export class Objects {
  readonly dataset: ObjectDocument;
  readonly counter: ObjectDocument;
  readonly group: ObjectDocument;
  readonly spec: ChunkSpec;

  constructor(seed: number) {
    const random = new Prng(seed);
    const root = newRootId(random.bytes(16));
    const make = (kind: 'dataset' | 'group', rest: object) => {
      const id = newObjectId(kind, root, random.bytes(16));
      const json = { id, root, created: 1, lastModified: 1, attributes: {}, ...rest };
      return parseObjectDocument(kind, toJson(json));
    };
    const type = { class: 'H5T_INTEGER', base: 'H5T_STD_I32LE' };
    const extent = { class: 'H5S_SIMPLE', dims: [CHUNKS * WIDTH], maxdims: [0] };
    const layout = { class: 'H5D_CHUNKED', dims: [WIDTH] };
    const dataset = { type, shape: extent, layout, creationProperties: {} };
    this.dataset = make('dataset', dataset);
    this.counter = make('dataset', { ...dataset, shape: { ...extent, dims: [0] } });
    this.group = make('group', { links: {} });
    this.spec = chunkSpecOf(this.dataset as DatasetDocument);
  }
}

/** What clients do, as calls of the router. */
export class Client {
  constructor(
    private readonly objects: Objects,
    private readonly durability: Durability,
    /** How long the router may hold a request, ms. */
    private readonly holdMs: number,
  ) {}

  private context(sn: SimSn, requestId: string): CallContext {
    return { requestId, durability: this.durability, holdUntil: this.until(sn) };
  }

  private until(sn: SimSn): number {
    return sn.process.clock.monotonic() + this.holdMs;
  }

  async create(sn: SimSn, requestId: string): Promise<void> {
    const { dataset, counter, group } = this.objects;
    for (const document of [dataset, counter, group]) {
      const context = { requestId: `${requestId}-${document.id}`, durability: 'D3' as const };
      await sn.nodes.createObjects(BUCKET, [document], context);
    }
  }

  /** Elements `first` … of one chunk. */
  async read(sn: SimSn, requestId: string, { chunk, first, count }: Span): Promise<number[]> {
    const part: ReadPart = { chunk: [chunk], inChunk: [{ start: first, count, stride: 1 }] };
    const request = { bucket: BUCKET, spec: this.objects.spec, parts: [part] };
    const [block] = await sn.nodes.readChunks(request, { requestId, holdUntil: this.until(sn) });
    if (block === null || block === undefined) return new Array<number>(count).fill(0);
    return valuesOf(block);
  }

  async write(sn: SimSn, requestId: string, span: Span, values: readonly number[]): Promise<void> {
    const { chunk, first, count } = span;
    const elements = packed(values);
    const slab = [{ start: 0, count, stride: 1 }];
    const part: WritePart = {
      chunk: [chunk],
      inChunk: [{ start: first, count, stride: 1 }],
      data: { elements, dims: [count], slab },
    };
    const request = { bucket: BUCKET, spec: this.objects.spec, parts: [part] };
    await sn.nodes.writeChunks(request, this.context(sn, requestId));
  }

  async readAttribute(sn: SimSn, requestId: string, name: string): Promise<number> {
    const { id } = this.objects.group;
    const request = { bucket: BUCKET, id, choice: { order: 'name' as const } };
    const { attributes } = await sn.nodes.call('attribute.list', request, {
      requestId,
      holdUntil: this.until(sn),
    });
    const found = attributes.find(([known]) => known === name);
    return found === undefined ? 0 : Number(found[1].value);
  }

  async writeAttribute(sn: SimSn, requestId: string, name: string, value: number): Promise<void> {
    const { id } = this.objects.group;
    const attribute = {
      type: toJson({ class: 'H5T_INTEGER', base: 'H5T_STD_I32LE' }),
      shape: toJson({ class: 'H5S_SCALAR' }) as Map<string, string>,
      value,
      created: 1,
    };
    const request = {
      bucket: BUCKET,
      id,
      attributes: [[name, attribute] as const],
      replace: 'always' as const,
    };
    await sn.nodes.call('attribute.put', request, this.context(sn, requestId));
  }

  /** Appends one element; the extent before and after. */
  async append(sn: SimSn, requestId: string): Promise<{ before: number; after: number }> {
    const { id } = this.objects.counter;
    const request = { bucket: BUCKET, id, change: { extend: 1, dim: 0 } };
    const context = this.context(sn, requestId);
    const { before, after } = await sn.nodes.call('dataset.resize', request, context);
    return { before: before[0]!, after: after[0]! };
  }
}

/** Neighbouring elements of one chunk. */
export interface Span {
  readonly chunk: number;
  readonly first: number;
  readonly count: number;
}

/** All elements of each chunk. */
export const WHOLE_CHUNKS: readonly Span[] = Array.from({ length: CHUNKS }, (_, chunk) => ({
  chunk,
  first: 0,
  count: WIDTH,
}));

function packed(values: readonly number[]): Elements {
  return { itemSize: ITEM_BYTES, bytes: new Uint8Array(Int32Array.from(values).buffer) };
}

function valuesOf({ elements, slab }: ElementBlock): number[] {
  const [range] = slab;
  if (range === undefined || !('start' in range)) throw new Error('a range was expected');
  const view = new DataView(elements.bytes.buffer, elements.bytes.byteOffset);
  return Array.from({ length: range.count }, (_, i) =>
    view.getInt32((range.start + i * range.stride) * ITEM_BYTES, true),
  );
}
