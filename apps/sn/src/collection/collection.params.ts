import { queryLimit } from '#server';

/** Which part of a sorted list of ids to answer with. */
export interface IdWindow {
  /** Only ids greater than this. */
  readonly marker: string | undefined;
  readonly limit: number | undefined;
}

/** @throws HdfError `invalid` for a bad limit */
export function parseIdWindow(query: ReadonlyMap<string, string>): IdWindow {
  const marker = query.get('Marker');
  return { marker: marker === '' ? undefined : marker, limit: queryLimit(query) };
}
