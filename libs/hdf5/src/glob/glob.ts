import { HdfError } from '../errors.js';

/** One character of a name: any, or a code point in a range. */
interface Token {
  readonly low: number;
  readonly high: number;
}

const ANY: Token = { low: 0, high: 0x10ffff };

/** Names are short; a longer pattern matches none. */
const MAX_PATTERN_LENGTH = 4096;

/**
 * A test for names from a pattern: `*` any characters (at most one `*`), `?` any one, `[x]` and `[a-z]`
 * one character or range, others themselves. The whole name must match; the empty name never does.
 * A test takes time in proportion to the name's length.
 *
 * @throws HdfError `invalid` for a malformed pattern, wherever the fault is
 * @see HDF REST API, glob grammar
 */
export function parseGlob(pattern: string): (name: string) => boolean {
  if (pattern.length > MAX_PATTERN_LENGTH) refuse('too long');
  const { head, tail } = tokenise(Array.from(pattern));
  return (name) => {
    const points = Array.from(name, codePoint);
    if (points.length === 0) return false;
    if (tail === undefined) return points.length === head.length && matchesAt(head, points, 0);
    const tailFrom = points.length - tail.length;
    return (
      tailFrom >= head.length && matchesAt(head, points, 0) && matchesAt(tail, points, tailFrom)
    );
  };
}

interface Tokens {
  /** What comes before the `*`, or all. */
  readonly head: Token[];
  /** What comes after the `*`; undefined without one. */
  readonly tail: Token[] | undefined;
}

function tokenise(characters: readonly string[]): Tokens {
  const head: Token[] = [];
  let tail: Token[] | undefined;
  let position = 0;
  while (position < characters.length) {
    const character = characters[position] ?? '';
    if (character === '*') {
      if (tail !== undefined) refuse('more than one *');
      tail = [];
      position += 1;
      continue;
    }
    const { token, length } = readToken(characters, position);
    (tail ?? head).push(token);
    position += length;
  }
  return { head, tail };
}

function readToken(
  characters: readonly string[],
  position: number,
): { token: Token; length: number } {
  const character = characters[position] ?? '';
  if (character === '?') return { token: ANY, length: 1 };
  if (character === ']') refuse('] without [');
  if (character !== '[') return { token: exactly(codePoint(character)), length: 1 };
  const [first, second, third, fourth] = characters.slice(position + 1, position + 5);
  if (first === undefined) return refuse('[ without end');
  if (second === ']') return { token: exactly(codePoint(first)), length: 3 };
  if (second !== '-' || third === undefined || fourth !== ']') {
    return refuse('expected [x] or [a-z]');
  }
  const token = { low: codePoint(first), high: codePoint(third) };
  if (token.low > token.high) refuse('reversed range');
  return { token, length: 5 };
}

function matchesAt(tokens: readonly Token[], points: readonly number[], from: number): boolean {
  return tokens.every(({ low, high }, index) => {
    const point = points[from + index] ?? -1;
    return point >= low && point <= high;
  });
}

function exactly(point: number): Token {
  return { low: point, high: point };
}

function codePoint(character: string): number {
  return character.codePointAt(0) ?? 0;
}

function refuse(why: string): never {
  throw new HdfError('invalid', `invalid query pattern: ${why}`);
}
