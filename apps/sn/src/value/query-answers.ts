import { Injectable } from '@nestjs/common';
import { elementCount, isJsonMap, type Elements, type Json, type JsonMap } from '#hdf5';
import type { CallContext } from '#dn-client';
import { ServerRuntime } from '#server';
import type { DatasetFacts } from './dataset-facts.js';
import { projectionOf } from './projection.js';
import { rowType, withIndex, type QueryRows } from './query-rows.js';
import { jsonValue, wholeAnswer, type BytesAnswer } from './value-answer.js';
import type { ReplyMembers } from './value-text.js';
import { ValueQuery } from './value.query.js';
import type { PostBody } from './value.reader.js';
import { parseReadParams, type ReadParams } from './value.params.js';
import type { WriteParams } from './write-params.js';

/** A query's answer: packed rows, or the members of a JSON reply. */
export type QueryAnswer =
  | { readonly bytes: BytesAnswer; readonly members?: undefined }
  | { readonly bytes?: undefined; readonly members: ReplyMembers };

const COORD_BYTES = 8;

/**
 * Answers queries in the form that the caller's dialect expects (reference part 4, 21.2, rows 19 to
 * 21): rows with their index for 0.9, bare elements and coordinates for 1.0.
 */
@Injectable()
export class QueryAnswers {
  constructor(
    private readonly queries: ValueQuery,
    private readonly runtime: ServerRuntime,
  ) {}

  /** Elements that satisfy a condition. */
  async read(
    facts: DatasetFacts,
    { params, bytes }: { params: ReadParams; bytes: boolean },
    call: CallContext,
  ): Promise<QueryAnswer> {
    const found = await this.queries.find(facts, params, !bytes, call);
    const { type, project } = projectionOf(facts.spec.type, params.fields);
    const elements = project(found.elements);
    const { ignoreNan } = params;
    if (this.givesRows(facts, bytes) && type.class === 'compound') {
      const rows = withIndex(found.coords, elements);
      if (bytes) return { bytes: wholeAnswer(rows) };
      const dims = [elementCount(rows)];
      return {
        members: { status: 200, value: jsonValue(rows, { type: rowType(type), dims, ignoreNan }) },
      };
    }
    if (bytes) return { bytes: wholeAnswer(elements) };
    const dims = [found.coords.length / found.rank];
    return { members: { status: 200, value: jsonValue(elements, { type, dims, ignoreNan }) } };
  }

  /** Elements that were changed. */
  async update(
    facts: DatasetFacts,
    { params, body, bytes }: { params: WriteParams; body: JsonMap | undefined; bytes: boolean },
    call: CallContext,
  ): Promise<QueryAnswer> {
    const { select, query, limit } = params;
    const wanted: ReadParams = {
      select,
      query,
      limit,
      fields: undefined,
      reduceDim: false,
      ignoreNan: false,
    };
    const found = await this.queries.update(facts, wanted, body, call);
    return bytes ? this.updatedBytes(facts, found) : this.updatedJson(facts, found);
  }

  /** A condition in the body of a POST that names a selection (h5pyd 1.0), or undefined. */
  inPostBody(
    _facts: DatasetFacts,
    query: ReadonlyMap<string, string>,
    body: PostBody,
  ): ReadParams | undefined {
    const condition: Json | undefined = body.json?.get('query');
    if (typeof condition !== 'string' || condition === '' || !isJsonMap(body.json))
      return undefined;
    const select = body.json.get('select');
    const params = parseReadParams(query);
    return {
      ...params,
      query: condition,
      select: typeof select === 'string' ? select : params.select,
    };
  }

  private updatedBytes(facts: DatasetFacts, found: QueryRows): QueryAnswer {
    if (this.runtime.config.api_dialect === '1.0' || facts.dims.length !== 1) {
      return { bytes: wholeAnswer(coordElements(found.coords)) };
    }
    return { bytes: wholeAnswer(withIndex(found.coords, found.elements)) };
  }

  private updatedJson(facts: DatasetFacts, found: QueryRows): QueryAnswer {
    const { type } = facts.spec;
    const indices = coordLists(found);
    const dialect = this.runtime.config.api_dialect;
    if (dialect === '1.0' || facts.dims.length !== 1 || type.class !== 'compound') {
      return { members: { indices } };
    }
    const rows = withIndex(found.coords, found.elements);
    const dims = [elementCount(found.elements)];
    const value = jsonValue(rows, { type: rowType(type), dims, ignoreNan: false });
    if (dialect === '0.9') return { members: { value } };
    return { members: { value, index: [...found.coords], indices } };
  }

  /** Rows with an index: rank-1 compounds as JSON, and as bytes only for the 0.9 dialect. */
  private givesRows(facts: DatasetFacts, bytes: boolean): boolean {
    const dialect = this.runtime.config.api_dialect;
    if (dialect === '1.0' || facts.dims.length !== 1) return false;
    return dialect === '0.9' || !bytes;
  }
}

function coordLists({ coords, rank }: QueryRows): number[][] {
  const lists: number[][] = [];
  for (let first = 0; first < coords.length; first += rank) {
    lists.push(coords.slice(first, first + rank));
  }
  return lists;
}

/** Coordinates as i64 LE. */
function coordElements(coords: readonly number[]): Elements {
  const bytes = new Uint8Array(coords.length * COORD_BYTES);
  const view = new DataView(bytes.buffer);
  coords.forEach((coord, index) => {
    view.setBigInt64(index * COORD_BYTES, BigInt(coord), true);
  });
  return { itemSize: COORD_BYTES, bytes };
}
