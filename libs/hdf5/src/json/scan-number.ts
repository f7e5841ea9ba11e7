import { JsonFloat } from './json.js';
import type { Scanner } from './scanner.js';

/** 64-bit integers have 20 digits; the conversion of longer ones costs the square of the length. */
const MAX_INTEGER_DIGITS = 4096;

/** Digits that a double holds exactly whatever they are. */
const EXACT_DIGITS = 15;
const POWERS_OF_TEN = Array.from({ length: EXACT_DIGITS + 1 }, (_, power) => 10 ** power);

const PLUS = 43;
const MINUS = 45;
const POINT = 46;
const ZERO = 48;
const NINE = 57;

/**
 * Reads a number that starts with a digit or a minus, also -Infinity: integers as `number` when safe,
 * else `bigint`; whole floats as `JsonFloat`.
 *
 * @throws HdfError `invalid` for other texts and integers of more than 4096 digits
 */
export function scanNumber(scanner: Scanner): number | bigint | JsonFloat {
  const { text } = scanner;
  const start = scanner.pos;
  const negative = text.charCodeAt(start) === MINUS;
  let pos = start;
  if (negative) {
    pos += 1;
    if (text.startsWith('Infinity', pos)) {
      scanner.pos = pos + 8;
      return -Infinity;
    }
  }
  const digitsFrom = pos;
  let code = text.charCodeAt(pos);
  let mantissa = 0;
  while (code >= ZERO && code <= NINE) {
    mantissa = mantissa * 10 + (code - ZERO);
    pos += 1;
    code = text.charCodeAt(pos);
  }
  const digits = pos - digitsFrom;
  scanner.pos = pos;
  if (digits === 0) scanner.fail('a digit');
  if (digits > 1 && text.charCodeAt(digitsFrom) === ZERO) scanner.fail('no digit after 0');
  // The letters e and E, without the bit that tells them apart.
  if (code === POINT || (code | 32) === 101) return scanFloat(scanner, start, mantissa, digits);
  if (digits > EXACT_DIGITS) return scanBigInteger(scanner, start, digits);
  return negative && mantissa !== 0 ? -mantissa : mantissa;
}

function scanBigInteger(scanner: Scanner, start: number, digits: number): number | bigint {
  if (digits > MAX_INTEGER_DIGITS) {
    scanner.pos = start;
    scanner.fail(`an integer of at most ${MAX_INTEGER_DIGITS} digits`);
  }
  const exact = BigInt(scanner.text.slice(start, scanner.pos));
  const rounded = Number(exact);
  return Number.isSafeInteger(rounded) ? rounded : exact;
}

/** The rest of a number from its point or exponent on; `mantissa` holds the digits so far. */
function scanFloat(
  scanner: Scanner,
  start: number,
  mantissa: number,
  digits: number,
): number | JsonFloat {
  const { text } = scanner;
  let { pos } = scanner;
  let fraction = 0;
  let code = text.charCodeAt(pos);
  if (code === POINT) {
    code = text.charCodeAt(++pos);
    while (code >= ZERO && code <= NINE) {
      mantissa = mantissa * 10 + (code - ZERO);
      fraction += 1;
      code = text.charCodeAt(++pos);
    }
    scanner.pos = pos;
    if (fraction === 0) scanner.fail('a digit');
  }
  const power = POWERS_OF_TEN[fraction];
  let value: number;
  if ((code | 32) === 101) {
    scanExponent(scanner, pos + 1);
    value = Number(text.slice(start, scanner.pos));
  } else if (digits + fraction <= EXACT_DIGITS && power !== undefined) {
    // Both operands are exact, so one division rounds correctly.
    value = text.charCodeAt(start) === MINUS ? -mantissa / power : mantissa / power;
  } else {
    value = Number(text.slice(start, pos));
  }
  return Number.isInteger(value) ? new JsonFloat(value) : value;
}

function scanExponent(scanner: Scanner, from: number): void {
  const sign = scanner.text.charCodeAt(from);
  let pos = sign === PLUS || sign === MINUS ? from + 1 : from;
  const digitsFrom = pos;
  for (;;) {
    const code = scanner.text.charCodeAt(pos);
    if (!(code >= ZERO && code <= NINE)) break;
    pos += 1;
  }
  scanner.pos = pos;
  if (pos === digitsFrom) scanner.fail('a digit');
}
