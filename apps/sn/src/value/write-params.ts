import { HdfError, type JsonMap } from '#hdf5';
import { isTruthy, namesSelection, parseFields, parseInteger, parseLimit } from './value.params.js';

type Query = ReadonlyMap<string, string>;

/** Options of a write, from the body where it names them, else from the query string. */
export interface WriteParams {
  /** From the query string; a body may name a selection itself. */
  readonly select: string | undefined;
  readonly body: JsonMap | undefined;
  readonly fields: readonly string[] | undefined;
  /** Elements in the body, to be repeated over the selection. */
  readonly elementCount: number | undefined;
  readonly append: { readonly rows: number; readonly dim: number } | undefined;
  /** A condition: the body then holds new field values. */
  readonly query: string | undefined;
  readonly limit: number | undefined;
}

/** @throws HdfError `invalid` for options that are malformed or exclude each other */
export function parseWriteParams(query: Query, body: JsonMap | undefined): WriteParams {
  const given = (name: string) => body?.get(name) ?? query.get(name);
  const select = query.get('select');
  const condition = given('query');
  if (condition !== undefined && typeof condition !== 'string') {
    throw new HdfError('invalid', 'query: expected text');
  }
  const params: WriteParams = {
    select: select === '' ? undefined : select,
    body,
    fields: parseFields(given('fields')),
    elementCount: parseElementCount(body, query),
    append: parseAppend(body, query),
    query: condition === '' ? undefined : condition,
    limit: parseLimit(given('Limit')),
  };
  refuseMixed(params);
  return params;
}

function parseElementCount(body: JsonMap | undefined, query: Query): number | undefined {
  const inBody = body?.get('element_count');
  if (inBody !== undefined) {
    if (typeof inBody !== 'number') throw new HdfError('invalid', 'invalid element_count');
    return inBody;
  }
  const text = query.get('element_count');
  if (text === undefined || text === '') return undefined;
  const value = parseInteger(text);
  if (value === undefined) throw new HdfError('invalid', 'invalid element_count');
  return value;
}

function parseAppend(body: JsonMap | undefined, query: Query): WriteParams['append'] {
  const given = body?.get('append') ?? query.get('append');
  if (!isTruthy(given)) return undefined;
  const rows = parseInteger(given);
  if (rows === undefined || rows < 0) {
    throw new HdfError('invalid', 'append: expected a positive number of rows');
  }
  if (rows === 0) return undefined;
  const dimGiven = body?.get('append_dim') ?? query.get('append_dim');
  const dim = dimGiven === undefined || dimGiven === '' ? 0 : parseInteger(dimGiven);
  if (dim === undefined) throw new HdfError('invalid', 'append_dim: expected an integer');
  return { rows, dim };
}

function refuseMixed({ append, select, body, query }: WriteParams): void {
  const points = body?.has('points') === true;
  const selects = namesSelection(select, body);
  if (append !== undefined && (points || selects || query !== undefined)) {
    throw new HdfError('invalid', 'append excludes select, points and query');
  }
  if (points && selects) {
    throw new HdfError('invalid', 'Unexpected points and select key in request body');
  }
}
