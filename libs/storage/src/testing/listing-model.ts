import { compareKeys, foldKey } from '../key-order.js';
import type { ListOptions } from '../object-store.js';

/** What a listing of these keys must show: slow and obviously right. */
export function listModel(
  keys: readonly string[],
  { prefix, folders = false, after = '', limit = 1000 }: ListOptions,
): { keys: string[]; prefixes: string[]; truncated: boolean } {
  const matching = keys.filter((key) => key.startsWith(prefix));
  const shown = matching.map((key) => (folders ? foldKey(key, prefix) : key));
  const all = [...new Set(shown)].sort(compareKeys).filter((name) => compareKeys(name, after) > 0);
  const page = all.slice(0, limit);
  return {
    keys: page.filter((name) => !name.endsWith('/')),
    prefixes: page.filter((name) => name.endsWith('/')),
    truncated: all.length > limit,
  };
}
