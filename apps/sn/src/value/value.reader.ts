import { Injectable } from '@nestjs/common';
import {
  HdfError,
  itemSize,
  parsePointBytes,
  parsePoints,
  resultShape,
  slabCount,
  type Datatype,
  type Hyperslab,
  type Json,
  type JsonMap,
  type PointList,
  type RawJson,
} from '#hdf5';
import { ServerRuntime } from '#server';
import type { CallContext } from '#dn-client';
import { ChunkIo } from './chunk-io.js';
import type { DatasetFacts } from './dataset-facts.js';
import { PageMemory } from './page-memory.js';
import { projectionOf, type Projection } from './projection.js';
import { jsonValue, wholeAnswer, type BytesAnswer } from './value-answer.js';
import { namesSelection, parseFields, parseSelection, type ReadParams } from './value.params.js';

/** Assumed size of a variable-length element where a limit on bytes is tested (HSDS). */
const VLEN_ESTIMATE_BYTES = 512;

/** What a POST asks for: points, or a selection too long for a URL. */
export interface PostBody {
  /** JSON body, or undefined when the body is binary. */
  readonly json: JsonMap | undefined;
  /** u64 LE coordinates, or undefined when the body is JSON. */
  readonly bytes: Uint8Array | undefined;
}

/** What a POST asks for, checked. */
type Wanted = { readonly projection: Projection } & (
  { readonly slab: Hyperslab } | { readonly points: PointList }
);

/** Reads values of datasets: hyperslabs, fancy selections and points. */
@Injectable()
export class ValueReader {
  private readonly memory = new PageMemory();

  constructor(
    private readonly io: ChunkIo,
    private readonly runtime: ServerRuntime,
  ) {}

  /** A selection as packed bytes; the first page is read before this resolves. */
  async bytes(facts: DatasetFacts, params: ReadParams, call: CallContext): Promise<BytesAnswer> {
    const slab = parseSelection(params.select, undefined, facts.dims);
    const projection = projectionOf(facts.spec.type, params.fields);
    return this.slabBytes(facts, { slab, projection }, call);
  }

  /** @throws HdfError `too-large` when the elements are more than one JSON answer may hold */
  async json(facts: DatasetFacts, params: ReadParams, call: CallContext): Promise<RawJson> {
    const slab = parseSelection(params.select, undefined, facts.dims);
    const { type, project } = projectionOf(facts.spec.type, params.fields);
    this.refuseLarge(slabCount(slab), type);
    const elements = project(await this.io.readAll(facts, slab, call));
    const dims = facts.scalar ? [] : resultShape(slab);
    const { ignoreNan, reduceDim } = params;
    return jsonValue(elements, { type, dims, ignoreNan, reduce: reduceDim });
  }

  /** Points or a selection, as bytes. */
  async postBytes(
    facts: DatasetFacts,
    params: ReadParams,
    body: PostBody,
    call: CallContext,
  ): Promise<BytesAnswer> {
    const wanted = this.wanted(facts, params, body);
    if ('slab' in wanted) return this.slabBytes(facts, wanted, call);
    const elements = await this.io.readPoints(facts, wanted.points, call);
    return wholeAnswer(wanted.projection.project(elements));
  }

  /** Points or a selection, as the `value` of a JSON reply. */
  async postJson(
    facts: DatasetFacts,
    params: ReadParams,
    body: PostBody,
    call: CallContext,
  ): Promise<RawJson> {
    const wanted = this.wanted(facts, params, body);
    const { type, project } = wanted.projection;
    const { ignoreNan } = params;
    if ('slab' in wanted) {
      const elements = project(await this.io.readAll(facts, wanted.slab, call));
      return jsonValue(elements, { type, dims: resultShape(wanted.slab), ignoreNan });
    }
    const elements = project(await this.io.readPoints(facts, wanted.points, call));
    return jsonValue(elements, { type, dims: [wanted.points.count], ignoreNan });
  }

  private wanted(facts: DatasetFacts, params: ReadParams, { json, bytes }: PostBody): Wanted {
    if (facts.scalar) {
      throw new HdfError('invalid', 'POST value not supported for datasets with SCALAR shape');
    }
    const points = json?.get('points');
    const selects = namesSelection(params.select, json);
    if (selects && (bytes !== undefined || points !== undefined)) {
      throw new HdfError('invalid', 'Unexpected points and select key in request body');
    }
    const fields = parseFields(json?.get('fields')) ?? params.fields;
    const projection = projectionOf(facts.spec.type, fields);
    if (selects) {
      const slab = parseSelection(params.select, json, facts.dims);
      this.refuseLarge(slabCount(slab), facts.spec.type);
      return { slab, projection };
    }
    const list = this.points(facts, points, bytes);
    this.refuseLarge(list.count, facts.spec.type);
    return { points: list, projection };
  }

  private points(facts: DatasetFacts, json: Json | undefined, bytes: Uint8Array | undefined) {
    if (bytes !== undefined) return parsePointBytes(bytes, facts.dims);
    if (json === undefined) {
      throw new HdfError('invalid', 'Expected points or select key in request body');
    }
    return parsePoints(json, facts.dims);
  }

  private async slabBytes(
    facts: DatasetFacts,
    { slab, projection }: { slab: Hyperslab; projection: Projection },
    call: CallContext,
  ): Promise<BytesAnswer> {
    const pages = [...this.io.pages(facts, slab)];
    const size = itemSize(projection.type);
    const byteLength = size === 'variable' ? undefined : slabCount(slab) * size;
    const take = (bytes: number) => this.memory.take(bytes);
    const recycle = (page: Uint8Array) => {
      this.memory.giveBack(page);
    };
    const read = async (page: { readonly slab: Hyperslab }) => {
      const elements = await this.io.readPage(facts, page.slab, call, take);
      const { bytes } = projection.project(elements);
      if (bytes.buffer !== elements.bytes.buffer) recycle(elements.bytes);
      return bytes;
    };
    const [first, ...rest] = pages;
    if (first === undefined) return { byteLength: 0, first: new Uint8Array(0), more: null };
    const bytes = await read(first);
    if (rest.length === 0) return { byteLength: bytes.length, first: bytes, more: null, recycle };
    return { byteLength, first: bytes, more: readAhead(rest, read), recycle };
  }

  private refuseLarge(count: number, type: Datatype): void {
    const size = itemSize(type);
    const bytes = count * (size === 'variable' ? VLEN_ESTIMATE_BYTES : size);
    const most = this.runtime.config.max_request_size;
    if (bytes >= most) {
      throw new HdfError('too-large', `Maximum request body size ${most} exceeded: ${bytes} bytes`);
    }
  }
}

/** Fetches the next page while the one before it is being sent. */
async function* readAhead<P>(
  pages: readonly P[],
  read: (page: P) => Promise<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let next: Promise<Uint8Array> | undefined;
  for (const [index, page] of pages.entries()) {
    const current = next ?? read(page);
    const bytes = await current;
    const following = pages[index + 1];
    next = following === undefined ? undefined : read(following);
    next?.catch(() => undefined);
    yield bytes;
  }
}
