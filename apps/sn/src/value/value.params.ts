import {
  HdfError,
  isJsonMap,
  jsonNumber,
  parseSelect,
  parseSelectBody,
  wholeSlab,
  type Hyperslab,
  type Json,
  type JsonMap,
} from '#hdf5';
import { queryFlag } from '#server';

type Query = ReadonlyMap<string, string>;

/** Options of a read, from the query string. */
export interface ReadParams {
  readonly select: string | undefined;
  /** Fields of a compound, in the requested order. */
  readonly fields: readonly string[] | undefined;
  /** A condition; absent and empty are the same. */
  readonly query: string | undefined;
  /** At most this many matches of a query. */
  readonly limit: number | undefined;
  readonly reduceDim: boolean;
  readonly ignoreNan: boolean;
}

/** @throws HdfError `invalid` for a `Limit` that is no integer or a repeated field */
export function parseReadParams(query: Query): ReadParams {
  return {
    select: nonEmpty(query.get('select')),
    fields: parseFields(query.get('fields')),
    query: nonEmpty(query.get('query')),
    limit: parseLimit(query.get('Limit')),
    reduceDim: queryFlag(query, 'reduce_dim'),
    ignoreNan: queryFlag(query, 'ignore_nan'),
  };
}

/** `a:b:c` as a list, undefined for all fields. @throws HdfError `invalid` for a repeated name */
export function parseFields(given: Json | undefined): readonly string[] | undefined {
  if (given === undefined || given === null || given === '') return undefined;
  if (typeof given !== 'string') {
    throw new HdfError('invalid', 'invalid fields selection: expected names joined by colons');
  }
  const names = given.split(':');
  if (new Set(names).size !== names.length) {
    throw new HdfError('invalid', `invalid fields selection: ${given} names a field twice`);
  }
  return names;
}

/** `Limit` of a query: undefined for none (absent, 0 and negative). */
export function parseLimit(given: Json | undefined): number | undefined {
  if (given === undefined || given === null) return undefined;
  const value = parseInteger(given);
  if (value === undefined) throw new HdfError('invalid', 'Limit param must be positive int');
  return value > 0 ? value : undefined;
}

/** An integer given as JSON or as text, undefined for anything else. */
export function parseInteger(given: Json | undefined): number | undefined {
  const text = typeof given === 'string' && /^[+-]?\d{1,16}$/.test(given.trim());
  const value = text ? Number(given) : typeof given === 'number' ? given : undefined;
  return value !== undefined && Number.isSafeInteger(value) ? value : undefined;
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === undefined || text === '' ? undefined : text;
}

/** True when a body or a query string names a selection. */
export function namesSelection(select: string | undefined, body: JsonMap | undefined): boolean {
  if (select !== undefined) return true;
  return ['select', 'start', 'stop', 'step'].some((name) => isTruthy(body?.get(name)));
}

/** JSON values that Python counts as true. */
export function isTruthy(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === false || value === '') return false;
  if (Array.isArray(value)) return value.length > 0;
  if (isJsonMap(value)) return value.size > 0;
  return jsonNumber(value) !== 0;
}

/**
 * The selection of a request: from the query string or from the body, the whole dataspace when
 * neither names one.
 *
 * @param dims `[1]` for a scalar dataset
 * @throws HdfError `invalid`
 */
export function parseSelection(
  select: string | undefined,
  body: JsonMap | undefined,
  dims: readonly number[],
): Hyperslab {
  const inBody = namesSelection(undefined, body);
  if (select !== undefined) {
    if (inBody) throw new HdfError('invalid', 'Invalid selection: in the query and in the body');
    return isBlankSelect(select) ? wholeSlab(dims) : parseSelect(select, dims);
  }
  if (body === undefined || !inBody) return wholeSlab(dims);
  const member = (name: string) => {
    const value = body.get(name);
    return value === undefined ? {} : { [name]: value };
  };
  return parseSelectBody(
    { ...member('select'), ...member('start'), ...member('stop'), ...member('step') },
    dims,
  );
}

function isBlankSelect(text: string): boolean {
  return text.replace(/\s+/g, '') === '[]';
}
