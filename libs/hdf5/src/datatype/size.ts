import { unreachable } from '../assert.js';
import { REFERENCE_BYTES, type Datatype, type ReferenceType } from './datatype.js';

/** What a variable-length item counts when chunks are laid out (HSDS). */
const VARIABLE_LAYOUT_BYTES = 128;
/** What a variable-length item counts against `max_data_size` (HSDS). */
const VARIABLE_DATA_BYTES = 512;

/**
 * Bytes of one element, without padding; variable when it is or contains variable-length data.
 *
 * @see HDF REST API, item size
 */
export function itemSize(type: Datatype): number | 'variable' {
  return sizeWith(type, () => REFERENCE_BYTES);
}

/** Bytes of one element for estimates of chunk sizes: variable ones count 128. */
export function layoutItemSize(type: Datatype): number {
  const size = sizeWith(type, statedReferenceBytes);
  return size === 'variable' ? VARIABLE_LAYOUT_BYTES : size;
}

/** Bytes of `count` elements as `max_data_size` counts them: variable ones 512 each. */
export function dataSizeEstimate(type: Datatype, count: number): number {
  const size = sizeWith(type, statedReferenceBytes);
  return (size === 'variable' ? VARIABLE_DATA_BYTES : size) * count;
}

/** True when elements are or contain variable-length data. */
export function hasVlen(type: Datatype): boolean {
  switch (type.class) {
    case 'vlen':
      return true;
    case 'string':
      return type.length === 'variable';
    case 'array':
      return hasVlen(type.base);
    case 'compound':
      return type.fields.some((field) => hasVlen(field.type));
    default:
      return false;
  }
}

function statedReferenceBytes(type: ReferenceType): number {
  return type.statedBytes ?? REFERENCE_BYTES;
}

function sizeWith(
  type: Datatype,
  referenceBytes: (type: ReferenceType) => number,
): number | 'variable' {
  switch (type.class) {
    case 'integer':
    case 'float':
    case 'opaque':
      return type.size;
    case 'enum':
      return type.base.size;
    case 'string':
      return type.length;
    case 'vlen':
      return 'variable';
    case 'reference':
      return referenceBytes(type);
    case 'array': {
      const base = sizeWith(type.base, referenceBytes);
      return base === 'variable' ? base : type.dims.reduce((bytes, dim) => bytes * dim, base);
    }
    case 'compound': {
      let total = 0;
      for (const field of type.fields) {
        const size = sizeWith(field.type, referenceBytes);
        if (size === 'variable') return size;
        total += size;
      }
      return total;
    }
    default:
      return unreachable(type);
  }
}
