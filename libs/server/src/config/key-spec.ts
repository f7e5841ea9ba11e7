/** What is known of one setting: its type, its default, what it is for. */

/** Values of the setting types; sizes in bytes, durations in seconds. */
export type KeyValue = boolean | number | string | null | readonly string[];

export interface KeySpec<T extends KeyValue = KeyValue> {
  /** `optional`: text or nothing (null); `size`: bytes, written with k, m or g. */
  readonly type: 'bool' | 'int' | 'number' | 'size' | 'text' | 'optional' | 'list' | 'choice';
  readonly default: T;
  readonly unit: string;
  readonly about: string;
  /** Smallest legal number. */
  readonly min?: number;
  /** The legal words of a `choice`. */
  readonly choices?: readonly string[];
  /** Never shown in logs or dumps. */
  readonly secret?: true;
  /** Accepted for HSDS's sake and read by nobody. */
  readonly dead?: true;
}

export const bool = (value: boolean, about: string): KeySpec<boolean> => ({
  type: 'bool',
  default: value,
  unit: '',
  about,
});

/** A whole number, at least `min` (default 0). */
export const int = (value: number, unit: string, about: string, min = 0): KeySpec<number> => ({
  type: 'int',
  default: value,
  unit,
  about,
  min,
});

/** A number that may have a fraction, at least `min` (default 0). */
export const number = (value: number, unit: string, about: string, min = 0): KeySpec<number> => ({
  type: 'number',
  default: value,
  unit,
  about,
  min,
});

const KIB = 1024;

/** @param kib default in KiB */
export const size = (kib: number, about: string): KeySpec<number> => ({
  type: 'size',
  default: kib * KIB,
  unit: 'bytes',
  about,
  min: 0,
});

export const text = (value: string, about: string): KeySpec<string> => ({
  type: 'text',
  default: value,
  unit: '',
  about,
});

export const optional = (about: string): KeySpec<string | null> => ({
  type: 'optional',
  default: null,
  unit: '',
  about,
});

export const list = (value: readonly string[], about: string): KeySpec<readonly string[]> => ({
  type: 'list',
  default: value,
  unit: '',
  about,
});

/** One of some words; another spelling in upper or lower case is taken too. */
export const choice = <const W extends string>(
  choices: readonly W[],
  value: NoInfer<W>,
  about: string,
): KeySpec<W> => ({ type: 'choice', default: value, unit: '', about, choices });

export const secret = <S extends KeySpec>(spec: S): S => ({ ...spec, secret: true });

export const dead = <S extends KeySpec>(spec: S): S => ({ ...spec, dead: true });

const MIB = 1024;
/** Sizes for `size`, in KiB. */
export const mib = (count: number): number => count * MIB;
export const gib = (count: number): number => count * MIB * MIB;
