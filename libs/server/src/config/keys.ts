/** The one table of settings: HSDS's by their names, and ours. */
import type { KeySpec } from './key-spec.js';
import { ACCESS_KEYS } from './keys/access-keys.js';
import { DEAD_KEYS } from './keys/dead-keys.js';
import { LIMIT_KEYS } from './keys/limit-keys.js';
import { NODE_KEYS } from './keys/node-keys.js';
import { STORAGE_KEYS } from './keys/storage-keys.js';

export const KEYS = {
  ...ACCESS_KEYS,
  ...STORAGE_KEYS,
  ...LIMIT_KEYS,
  ...NODE_KEYS,
  ...DEAD_KEYS,
} as const;

export type KeyName = keyof typeof KEYS;

/** Every setting, typed, by HSDS's name. Sizes in bytes, durations in seconds. Frozen. */
export type Config = {
  readonly [K in KeyName]: (typeof KEYS)[K] extends KeySpec<infer T> ? T : never;
};

/** The specification of a setting by name; undefined for names that are none. */
export function keySpec(name: string): KeySpec | undefined {
  return Object.hasOwn(KEYS, name) ? KEYS[name as KeyName] : undefined;
}
