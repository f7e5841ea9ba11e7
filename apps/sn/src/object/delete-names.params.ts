import { HdfError } from '#hdf5';

/**
 * The names of a `DELETE` of several links or attributes: one text, cut at `separator`.
 *
 * @param text undefined when the parameter is missing
 * @throws HdfError `invalid` for a missing text or an empty separator
 */
export function splitNames(
  text: string | undefined,
  query: ReadonlyMap<string, string>,
  parameter: string,
): string[] {
  const separator = query.get('separator') ?? '/';
  if (text === undefined) throw new HdfError('invalid', `expected parameter ${parameter}`);
  if (separator === '') throw new HdfError('invalid', 'separator: expected at least one character');
  return [...new Set(text.split(separator))];
}
