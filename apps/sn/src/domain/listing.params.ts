import { parseGlob } from '#hdf5';
import { queryFlag, queryLimit } from '#server';
import { parseDomainQuery, type DomainQuery } from './domain-query.js';

/** `GET /domains`: which children of a folder to list, and how. */
export interface ListDomainsParams {
  /** Text of a valid glob over the last path segment. */
  readonly pattern: string | undefined;
  readonly query: DomainQuery | undefined;
  /** Names after this one, compared as whole paths. */
  readonly marker: string | undefined;
  readonly limit: number | undefined;
  readonly verbose: boolean;
}

/** @throws HdfError `invalid` for a bad pattern, query or limit */
export function parseListDomains(query: ReadonlyMap<string, string>): ListDomainsParams {
  const pattern = nonEmpty(query.get('pattern'));
  const expression = nonEmpty(query.get('query'));
  if (pattern !== undefined) parseGlob(pattern);
  return {
    pattern,
    query: expression === undefined ? undefined : parseDomainQuery(expression),
    marker: nonEmpty(query.get('Marker')),
    limit: queryLimit(query),
    verbose: queryFlag(query, 'verbose'),
  };
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}
