/** Numbers that lie at even steps, read all at once: what queries and JSON spend their time on. */
import type { Datatype } from '../datatype/datatype.js';

/** Where the numbers are in a view, in bytes. */
export interface EvenPlaces {
  readonly first: number;
  readonly step: number;
  readonly count: number;
}

/**
 * The values as doubles, exactly; undefined for types without a loop here (half floats, integers of
 * 8 bytes, anything that is no number).
 */
export function readDoubles(
  type: Datatype,
  view: DataView,
  { first, step, count }: EvenPlaces,
): Float64Array | undefined {
  if (type.class !== 'float' && type.class !== 'integer') return undefined;
  const { littleEndian: little } = type;
  const values = new Float64Array(count);
  if (type.class === 'float' && type.size === 8) {
    for (let nth = 0, at = first; nth < count; nth++, at += step) {
      values[nth] = view.getFloat64(at, little);
    }
  } else if (type.class === 'float' && type.size === 4) {
    for (let nth = 0, at = first; nth < count; nth++, at += step) {
      values[nth] = view.getFloat32(at, little);
    }
  } else if (type.class === 'integer' && type.size === 4 && type.signed) {
    for (let nth = 0, at = first; nth < count; nth++, at += step) {
      values[nth] = view.getInt32(at, little);
    }
  } else if (type.class === 'integer' && type.size === 2 && type.signed) {
    for (let nth = 0, at = first; nth < count; nth++, at += step) {
      values[nth] = view.getInt16(at, little);
    }
  } else {
    return undefined;
  }
  return values;
}

/**
 * Numbers as JSON items, separated by `, `; undefined when one needs more care than the runtime's
 * own formatting has: floats that are whole (`2.0`), negative zero, NaN and the infinities.
 */
export function formatNumberRun(type: Datatype, values: Float64Array): string | undefined {
  if (type.class === 'float') {
    for (const value of values) {
      if (Number.isInteger(value) || !Number.isFinite(value)) return undefined;
    }
  }
  return JSON.stringify(Array.from(values)).slice(1, -1).replaceAll(',', ', ');
}
