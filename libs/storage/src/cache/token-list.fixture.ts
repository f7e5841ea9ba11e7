import type { ObjectStore } from '../object-store.js';
import type { CacheCodec } from './cache-options.js';
import type { UpdateOperation } from './update-operation.js';

/** A value for tests: the tokens of all operations in order, so that none is lost or doubled. */
export interface Tokens {
  readonly list: string[];
}

/**
 * Encodes in two steps with a pause between them, so that a change in place would tear the image:
 * the tokens, then how many there are.
 */
export const pausingCodec: CacheCodec<Tokens, string> = {
  decode: (bytes) => ({ list: parse(bytes) }),
  encode: async (value) => {
    const tokens = value.list.join(' ');
    await Promise.resolve();
    await Promise.resolve();
    return new TextEncoder().encode(`${tokens}|${value.list.length}`);
  },
  sizeOf: (value) => 10 + value.list.length * 10,
  clone: (value) => ({ list: [...value.list] }),
};

/** The same at once. */
export const tokenCodec = {
  ...pausingCodec,
  encode: (value: Tokens) =>
    new TextEncoder().encode(`${value.list.join(' ')}|${value.list.length}`),
};

/** Adds a token; the result is how many there are then. */
export function add(token: string, options: { create?: boolean } = {}) {
  const operation: UpdateOperation<Tokens, number> = {
    apply: (value) => ({ value, result: value.list.push(token) }),
  };
  return options.create === true ? { ...operation, create: () => ({ list: [] }) } : operation;
}

/** An object of the bucket `b`. */
export function address(key: string) {
  return { bucket: 'b', key };
}

/** The tokens of a stored object; null when there is none. */
export async function tokensIn(store: ObjectStore, key: string): Promise<string[] | null> {
  const found = await store.get(address(key));
  return found === null || found === 'not-modified' ? null : parse(found.bytes);
}

function parse(bytes: Uint8Array): string[] {
  const [tokens = '', count] = new TextDecoder().decode(bytes).split('|');
  const list = tokens === '' ? [] : tokens.split(' ');
  if (String(list.length) !== count) throw new Error(`torn image: ${tokens} are not ${count}`);
  return list;
}
