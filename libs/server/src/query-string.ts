import { HdfError } from '#hdf5';

/**
 * The query part of a request target as a map: first value of every name, `+` is a blank, escapes
 * are UTF-8, a `%` that begins no escape stands for itself. Empty pairs (`?&a=1`) are passed over.
 *
 * @throws HdfError `invalid` for escapes that are no UTF-8
 */
export function parseQueryString(target: string): Map<string, string> {
  const query = new Map<string, string>();
  const start = target.indexOf('?');
  if (start < 0) return query;
  const end = target.indexOf('#', start);
  const text = target.slice(start + 1, end < 0 ? undefined : end);
  for (const pair of text.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decode(equals < 0 ? pair : pair.slice(0, equals));
    if (!query.has(name)) query.set(name, equals < 0 ? '' : decode(pair.slice(equals + 1)));
  }
  return query;
}

function decode(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced.replace(/%(?![0-9a-f]{2})/gi, '%25'));
  } catch (cause) {
    throw new HdfError('invalid', 'query string: percent-encoded text is not UTF-8', { cause });
  }
}
