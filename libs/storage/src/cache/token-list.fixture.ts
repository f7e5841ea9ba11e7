import type { ObjectStore } from '../object-store.js';
import type { CacheCodec } from './cache-options.js';
import type { UpdateOperation } from './update-operation.js';

/** A value for tests: the tokens of all operations in order, so that none is lost or doubled. */
export interface Tokens {
  readonly list: string[];
}

/** Tokens, and how many there are. */
export const tokenCodec = {
  decode: (bytes: Uint8Array): Tokens => ({ list: parse(bytes) }),
  encode: (value: Tokens): Uint8Array => format(value.list.join(' '), value),
  sizeOf: (value: Tokens): number => 10 + value.list.length * 10,
  clone: (value: Tokens): Tokens => ({ list: [...value.list] }),
};

/** Encodes the tokens, pauses, then counts them: a change in place meanwhile tears the image. */
export function pausingCodec(pause: () => Promise<void>): CacheCodec<Tokens, string> {
  return {
    ...tokenCodec,
    encode: async (value) => {
      const tokens = value.list.join(' ');
      await pause();
      return format(tokens, value);
    },
  };
}

function format(tokens: string, value: Tokens): Uint8Array {
  return new TextEncoder().encode(`${tokens}|${value.list.length}`);
}

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
