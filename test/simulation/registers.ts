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
import {
  resizeDataset,
  type CallContext,
  type Durability,
  type ElementBlock,
  type ReadPart,
  type WritePart,
} from '#dn-client';
import { Prng } from './prng.js';
import { BUCKET } from './sim-dn.js';
import type { SimSn } from './sim-sn.js';

export const CHUNKS = 5;
/** Elements a chunk. */
export const WIDTH = 3;
export const ATTRIBUTES = 2;
const ITEM_BYTES = 4;

/** Everything about a dataset but its extent. */
const REGISTER = {
  type: { class: 'H5T_INTEGER', base: 'H5T_STD_I32LE' },
  layout: { class: 'H5D_CHUNKED', dims: [WIDTH] },
  creationProperties: {},
};

/** The objects that clients work on: a dataset of registers, an extensible one, a group. */
export class Objects {
  readonly dataset: ObjectDocument;
  readonly counter: ObjectDocument;
  readonly group: ObjectDocument;
  readonly spec: ChunkSpec;
  private readonly random: Prng;
  private readonly root: string;

  constructor(seed: number) {
    this.random = new Prng(seed);
    this.root = newRootId(this.random.bytes(16));
    this.dataset = this.newDataset(CHUNKS * WIDTH);
    this.counter = this.newDataset(0);
    this.group = this.newGroup();
    this.spec = chunkSpecOf(this.dataset);
  }

  /** An extensible dataset of its own. */
  newDataset(extent: number): DatasetDocument {
    const shape = { class: 'H5S_SIMPLE', dims: [extent], maxdims: [0] };
    return this.make('dataset', { ...REGISTER, shape }) as DatasetDocument;
  }

  newGroup(): ObjectDocument {
    return this.make('group', { links: {} });
  }

  private make(kind: 'dataset' | 'group', rest: object): ObjectDocument {
    const { random, root } = this;
    const id = newObjectId(kind, root, random.bytes(16));
    const json = { id, root, created: 1, lastModified: 1, attributes: {}, ...rest };
    return parseObjectDocument(kind, toJson(json));
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

  async createObject(sn: SimSn, requestId: string, document: ObjectDocument): Promise<void> {
    await sn.nodes.createObjects(BUCKET, [document], this.context(sn, requestId));
  }

  async hasGroup(sn: SimSn, requestId: string, id: string): Promise<boolean> {
    const parts = { links: false, attributes: false };
    const context = { requestId, holdUntil: this.until(sn) };
    const record = (await sn.nodes.readObjects(BUCKET, [id], parts, context)).get(id);
    return record !== undefined && 'document' in record;
  }

  async deleteGroup(sn: SimSn, requestId: string, id: string): Promise<void> {
    await sn.nodes.call('object.delete', { bucket: BUCKET, id }, this.context(sn, requestId));
  }

  async createDomain(sn: SimSn, requestId: string, path: string): Promise<void> {
    const created = sn.process.clock.now() / 1000;
    const times = { created, lastModified: created };
    const document = { owner: 'u', acls: new Map(), ...times, extra: new Map() };
    const request = { bucket: BUCKET, path, document };
    await sn.nodes.call('domain.create', request, this.context(sn, requestId));
  }

  async hasDomain(sn: SimSn, requestId: string, path: string): Promise<boolean> {
    const context = { requestId, holdUntil: this.until(sn) };
    const [document] = await sn.nodes.readDomains([{ bucket: BUCKET, path }], context);
    return document !== null;
  }

  async deleteDomain(sn: SimSn, requestId: string, path: string): Promise<void> {
    await sn.nodes.call('domain.delete', { bucket: BUCKET, path }, this.context(sn, requestId));
  }

  /** Elements of a client's own dataset, from the first on. */
  async readAll(sn: SimSn, rq: string, dataset: DatasetDocument, count: number): Promise<number[]> {
    const parts = partsOf(count).map(({ chunk, inChunk }) => ({ chunk, inChunk }));
    const request = { bucket: BUCKET, spec: chunkSpecOf(dataset), parts };
    const context = { requestId: rq, holdUntil: this.until(sn) };
    const blocks = await sn.nodes.readChunks(request, context);
    return parts.flatMap(({ inChunk }, index) => {
      const block = blocks[index] ?? null;
      return block === null ? new Array<number>(inChunk[0]!.count).fill(0) : valuesOf(block);
    });
  }

  async writeAll(
    sn: SimSn,
    requestId: string,
    dataset: DatasetDocument,
    values: readonly number[],
  ): Promise<void> {
    const parts = partsOf(values.length).map(({ chunk, inChunk, first, count }) => {
      const elements = packed(values.slice(first, first + count));
      return { chunk, inChunk, data: { elements, dims: [count], slab: inChunk } };
    });
    const request = { bucket: BUCKET, spec: chunkSpecOf(dataset), parts };
    await sn.nodes.writeChunks(request, this.context(sn, requestId));
  }

  /** Gives a client's own dataset another extent. */
  async resize(sn: SimSn, requestId: string, dataset: DatasetDocument, extent: number) {
    const request = { bucket: BUCKET, spec: chunkSpecOf(dataset), change: { dims: [extent] } };
    const { after } = await resizeDataset(sn.nodes, request, this.context(sn, requestId));
    if (after[0] !== extent) throw new Error(`resized to ${after[0]} instead of ${extent}`);
  }

  async putLink(sn: SimSn, requestId: string, title: string): Promise<void> {
    const link = { class: 'H5L_TYPE_SOFT', h5path: '/x', created: 1 } as const;
    const { id } = this.objects.group;
    const request = { bucket: BUCKET, id, links: [[title, link] as const], replaceOlder: false };
    await sn.nodes.call('link.put', request, this.context(sn, requestId));
  }

  async hasLink(sn: SimSn, requestId: string, title: string): Promise<boolean> {
    const { id } = this.objects.group;
    const request = { bucket: BUCKET, id, choice: { order: 'name' as const } };
    const context = { requestId, holdUntil: this.until(sn) };
    const { links } = await sn.nodes.call('link.list', request, context);
    return links.some(([known]) => known === title);
  }

  async deleteLink(sn: SimSn, requestId: string, title: string): Promise<void> {
    const { id } = this.objects.group;
    const request = { bucket: BUCKET, id, titles: [title], missing: 'refuse' as const };
    await sn.nodes.call('link.delete', request, this.context(sn, requestId));
  }

  async deleteAttribute(sn: SimSn, requestId: string, name: string): Promise<void> {
    const { id } = this.objects.group;
    const request = { bucket: BUCKET, id, names: [name], missing: 'refuse' as const };
    await sn.nodes.call('attribute.delete', request, this.context(sn, requestId));
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

/** The first elements of a dataset, chunk by chunk. */
function partsOf(total: number) {
  return Array.from({ length: Math.ceil(total / WIDTH) }, (_, index) => {
    const first = index * WIDTH;
    const count = Math.min(WIDTH, total - first);
    return { chunk: [index], inChunk: [{ start: 0, count, stride: 1 }], first, count };
  });
}

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
