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
  type Page,
  type PointList,
} from '#hdf5';
import { ServerRuntime } from '#server';
import type { CallContext } from '#dn-client';
import { ChunkIo } from './chunk-io.js';
import type { DatasetFacts } from './dataset-facts.js';
import { PageMemory } from './page-memory.js';
import { projectionOf, type Projection } from './projection.js';
import { jsonValue, wholeAnswer, type BytesAnswer } from './value-answer.js';
import type { ValueText } from './value-text.js';
import { namesSelection, parseFields, parseSelection, type ReadParams } from './value.params.js';

/** Assumed size of a variable-length element where a limit on bytes is tested (HSDS). */
const VLEN_ESTIMATE_BYTES = 512;

/**
 * Bytes that are copied together and sent: so few that the processor's cache still has them when the
 * system copies them on.
 */
const SLICE_BYTES = 1024 * 1024;

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
  async json(facts: DatasetFacts, params: ReadParams, call: CallContext): Promise<ValueText> {
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
  ): Promise<ValueText> {
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
    const recycle = (bytes: Uint8Array) => {
      this.memory.giveBack(bytes);
    };
    const slices = this.slices(facts, { pages, projection }, call);
    const first = await slices.next();
    if (first.done === true) return { byteLength: 0, first: new Uint8Array(0), more: null };
    const bytes = first.value;
    const isAll = size === 'variable' ? pages.length === 1 : bytes.length === byteLength;
    if (isAll) return { byteLength: bytes.length, first: bytes, more: null, recycle };
    return { byteLength, first: bytes, more: slices, recycle };
  }

  /** Slices of pages in order; while those of one page are taken, the next page is fetched. */
  private async *slices(
    facts: DatasetFacts,
    { pages, projection }: { pages: readonly Page[]; projection: Projection },
    call: CallContext,
  ): AsyncGenerator<Uint8Array, undefined> {
    const take = (bytes: number) => this.memory.take(bytes);
    const fetch = async ({ slab }: Page) => {
      const blocks = await this.io.fetchPage(facts, slab, call);
      // It waits while the page before it is sent.
      if (pages.length > 1) blocks.keep();
      return blocks;
    };
    for await (const blocks of readAhead(pages, fetch)) {
      for (const elements of blocks.slices(take, SLICE_BYTES)) {
        const { bytes } = projection.project(elements);
        if (bytes.buffer !== elements.bytes.buffer) this.memory.giveBack(elements.bytes);
        yield bytes;
      }
    }
    return undefined;
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

/** Fetches the next page while the one before it is in use. */
async function* readAhead<P, B>(
  pages: readonly P[],
  fetch: (page: P) => Promise<B>,
): AsyncGenerator<B> {
  const [first] = pages;
  let coming = first === undefined ? undefined : fetch(first);
  for (let index = 1; coming !== undefined; index += 1) {
    const current = await coming;
    const following = pages[index];
    coming = following === undefined ? undefined : fetch(following);
    // It may fail while the page before it is in use; whoever awaits it is told all the same.
    coming?.catch(() => undefined);
    yield current;
  }
}
