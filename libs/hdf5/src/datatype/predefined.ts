import type { FloatType, IntegerType } from './datatype.js';

/** The predefined types by their full names, `H5T_STD_I32LE` and its siblings. */
export const PREDEFINED: ReadonlyMap<string, IntegerType | FloatType> = new Map(
  [true, false].flatMap((littleEndian): [string, IntegerType | FloatType][] => [
    ...integers(littleEndian),
    ...floats(littleEndian),
  ]),
);

/**
 * A predefined type by name.
 *
 * @param suffix whether LE or BE must be there; without it little-endian is meant (HSDS, h5pyd)
 */
export function predefinedType(
  name: string,
  suffix: 'required' | 'optional',
): IntegerType | FloatType | undefined {
  return PREDEFINED.get(name) ?? (suffix === 'optional' ? PREDEFINED.get(`${name}LE`) : undefined);
}

function integers(littleEndian: boolean): [string, IntegerType][] {
  const sizes = [1, 2, 4, 8] as const;
  return [true, false].flatMap((signed) =>
    sizes.map((size): [string, IntegerType] => [
      `H5T_STD_${signed ? 'I' : 'U'}${size * 8}${littleEndian ? 'LE' : 'BE'}`,
      { class: 'integer', size, signed, littleEndian },
    ]),
  );
}

function floats(littleEndian: boolean): [string, FloatType][] {
  const sizes = [2, 4, 8] as const;
  return sizes.map((size): [string, FloatType] => [
    `H5T_IEEE_F${size * 8}${littleEndian ? 'LE' : 'BE'}`,
    { class: 'float', size, littleEndian },
  ]);
}
