import { queryFlag } from '#server';

/** `GET` of one object, by id or by path. */
export interface ReadObjectParams {
  /** Undefined when absent; an empty one is refused where it is used. */
  readonly h5path: string | undefined;
  /** Where a relative path starts on the routes without an id. */
  readonly startId: string | undefined;
  readonly getAlias: boolean;
  readonly links: boolean;
  readonly attributes: boolean;
  readonly verbose: boolean;
  readonly ignoreNan: boolean;
}

export function parseReadObject(query: ReadonlyMap<string, string>): ReadObjectParams {
  const startId = query.get('grpid');
  return {
    h5path: query.get('h5path'),
    startId: startId === '' ? undefined : startId,
    getAlias: queryFlag(query, 'getalias'),
    links: queryFlag(query, 'include_links'),
    attributes: queryFlag(query, 'include_attrs'),
    verbose: queryFlag(query, 'verbose'),
    ignoreNan: queryFlag(query, 'ignore_nan'),
  };
}
