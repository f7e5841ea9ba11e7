import type { Scanner } from './scanner.js';

const QUOTE = 34;
const BACKSLASH = 92;

/** What follows a backslash, but for `u`. */
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/**
 * Reads a string whose opening quote is at `scanner.pos`, to behind the closing one.
 *
 * @throws HdfError `invalid` when it does not end, or has a bare control character or bad escape
 */
export function scanString(scanner: Scanner): string {
  const { text } = scanner;
  const start = scanner.pos + 1;
  let pos = start;
  for (;;) {
    const code = text.charCodeAt(pos);
    if (code === QUOTE) {
      scanner.pos = pos + 1;
      return text.slice(start, pos);
    }
    if (code === BACKSLASH) return scanEscaped(scanner, start, pos);
    if (!(code >= 32)) {
      scanner.pos = pos;
      scanner.fail('the rest of a string');
    }
    pos += 1;
  }
}

/** The rest of a string whose first backslash is at `pos`. */
function scanEscaped(scanner: Scanner, start: number, pos: number): string {
  const { text } = scanner;
  let result = text.slice(start, pos);
  let plainFrom = pos;
  for (;;) {
    const code = text.charCodeAt(pos);
    if (code === QUOTE) {
      scanner.pos = pos + 1;
      return result + text.slice(plainFrom, pos);
    }
    if (code === BACKSLASH) {
      result += text.slice(plainFrom, pos) + scanEscape(scanner, pos + 1);
      pos = scanner.pos;
      plainFrom = pos;
    } else if (code >= 32) {
      pos += 1;
    } else {
      scanner.pos = pos;
      scanner.fail('the rest of a string');
    }
  }
}

/** The character of the escape whose letter is at `pos`; leaves `scanner.pos` behind it. */
function scanEscape(scanner: Scanner, pos: number): string {
  const letter = scanner.text.charAt(pos);
  scanner.pos = pos;
  if (letter === 'u') {
    const digits = scanner.text.slice(pos + 1, pos + 5);
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) scanner.fail('u and four hex digits');
    scanner.pos = pos + 5;
    return String.fromCharCode(parseInt(digits, 16));
  }
  const character = ESCAPES[letter];
  if (character === undefined) scanner.fail('a known escape');
  scanner.pos = pos + 1;
  return character;
}
