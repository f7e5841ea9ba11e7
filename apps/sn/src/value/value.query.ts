import { Injectable } from '@nestjs/common';
import {
  bindQuery,
  encodeJsonValue,
  HdfError,
  isJsonMap,
  itemSize,
  parseQuery,
  planChunks,
  selectFields,
  slabCount,
  type Datatype,
  type Elements,
  type Json,
} from '#hdf5';
import { DataNodes, type CallContext, type RequestOf } from '#dn-client';
import { ServerRuntime } from '#server';
import type { DatasetFacts } from './dataset-facts.js';
import { collectRows, type QueryRows } from './query-rows.js';
import { ChunkSources } from './chunk-sources.js';
import { parseSelection, type ReadParams } from './value.params.js';

const VLEN_ESTIMATE_BYTES = 512;

/** Chunks that one round of a query visits. */
const ROUND_CHUNKS = 256;

/** Finds elements by condition, and changes them (update-where). */
@Injectable()
export class ValueQuery {
  constructor(
    private readonly nodes: DataNodes,
    private readonly sources: ChunkSources,
    private readonly runtime: ServerRuntime,
  ) {}

  /**
   * The matches of `params.query` in the selection, ascending by index.
   *
   * @param bounded refuse a search in more than one JSON answer may hold
   * @throws HdfError `invalid` for a bad condition, `too-large`
   */
  async find(
    facts: DatasetFacts,
    params: ReadParams,
    bounded: boolean,
    call: CallContext,
  ): Promise<QueryRows> {
    return this.run(facts, { ...params, bounded }, undefined, call);
  }

  /**
   * Sets fields of the matches; `body` names them. Gives the changed elements.
   *
   * @throws HdfError `invalid` when nothing is to be set or a value does not fit
   */
  async update(
    facts: DatasetFacts,
    params: ReadParams,
    body: Json | undefined,
    call: CallContext,
  ): Promise<QueryRows> {
    const update = parseUpdate(facts.spec.type, body);
    return this.run(facts, { ...params, bounded: false }, update, call);
  }

  private async run(
    facts: DatasetFacts,
    params: ReadParams & { bounded: boolean },
    update: RequestOf<'chunk.query'>['update'],
    call: CallContext,
  ): Promise<QueryRows> {
    const { bucket, spec, dims } = facts;
    const { query, limit } = params;
    if (query === undefined) throw new HdfError('internal', 'a query without a condition');
    if (facts.scalar) throw new HdfError('invalid', 'Query string is not supported for scalars');
    bindQuery(parseQuery(query), spec.type);
    const slab = parseSelection(params.select, undefined, dims);
    if (params.bounded) this.refuseLarge(slabCount(slab), spec.type);
    const rows = collectRows(facts);
    let plan: { chunkIndex: readonly number[]; inChunk: typeof slab }[] = [];
    const ask = async () => {
      const sources = await this.sources.of(facts, plan, call);
      const parts = plan.map(({ chunkIndex, inChunk }, index) => {
        const source = sources?.[index];
        return { chunk: chunkIndex, inChunk, ...(source === undefined ? {} : { source }) };
      });
      const left = limit === undefined ? {} : { limit: limit - rows.count };
      const request = { bucket, spec, parts, query, ...left, ...(update ? { update } : {}) };
      rows.add(parts, await this.queryInOrder(request, call));
      plan = [];
    };
    for (const { chunkIndex, inChunk } of planChunks(
      slab,
      dims.length === 0 ? [1] : spec.chunkDims,
    )) {
      plan.push({ chunkIndex, inChunk });
      if (plan.length >= ROUND_CHUNKS) await ask();
      if (limit !== undefined && rows.count >= limit) break;
    }
    if (plan.length > 0) await ask();
    return rows.finish(limit);
  }

  /**
   * With a limit an update must stop at the n-th match of all nodes together, so it visits one
   * chunk after the other; a mere search asks all at once and is cut afterwards.
   */
  private async queryInOrder(request: RequestOf<'chunk.query'>, call: CallContext) {
    if (request.update === undefined || request.limit === undefined) {
      return this.nodes.queryChunks(request, call);
    }
    const matches = [];
    let left = request.limit;
    for (const part of request.parts) {
      if (left <= 0) break;
      const one = { ...request, parts: [part], limit: left };
      const [match = null] = await this.nodes.queryChunks(one, call);
      left -= match?.offsets.length ?? 0;
      matches.push(match);
    }
    return matches;
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

/** The fields that an update sets and one packed element of them. */
function parseUpdate(
  type: Datatype,
  body: Json | undefined,
): { fields: readonly string[]; element: Elements } {
  if (type.class !== 'compound') {
    throw new HdfError('invalid', 'an update by query needs a compound type');
  }
  if (!isJsonMap(body)) throw new HdfError('invalid', 'expected an object of field values');
  const known = new Set(type.fields.map((field) => field.name));
  const fields = [...body.keys()].filter((name) => known.has(name));
  if (fields.length === 0) throw new HdfError('invalid', 'no field of the type is to be set');
  const values = fields.map((name) => body.get(name) ?? null);
  return { fields, element: encodeJsonValue(selectFields(type, fields), [], values) };
}
