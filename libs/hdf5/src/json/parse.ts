import { HdfError } from '../errors.js';
import type { Json, JsonMap } from './json.js';
import { scanNumber } from './scan-number.js';
import { scanString } from './scan-string.js';
import { Scanner } from './scanner.js';

export interface ParseJsonOptions {
  /** Levels of arrays and objects; 100 unless given. Higher values cost stack. */
  readonly maxDepth?: number;
}

const MAX_DEPTH = 100;
/** An empty object costs about 200 bytes for 3 bytes of text, an array about 50 for 3. */
const MAX_OBJECTS = 2_000_000;
const MAX_ARRAYS = 20_000_000;

const QUOTE = 34;
const COMMA = 44;
const MINUS = 45;
const ZERO = 48;
const NINE = 57;
const COLON = 58;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

/** Words that are values, by their first letter. */
const WORDS: Readonly<Record<string, readonly [string, Json]>> = {
  t: ['true', true],
  f: ['false', false],
  n: ['null', null],
  N: ['NaN', NaN],
  I: ['Infinity', Infinity],
};

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads one JSON value, with what Python's clients add: the tokens NaN, Infinity, -Infinity and
 * integers of any size. Strings may hold lone surrogates (`\ud800`); they may share memory with the
 * input text, so whoever keeps a small part of a big text keeps all of it.
 *
 * @param input text, or its UTF-8 bytes
 * @throws HdfError `invalid` for anything else, also too deep nesting and integers of more than
 *   4096 digits; `too-large` for more than 2 million objects or 20 million arrays
 */
export function parseJson(input: string | Uint8Array, options: ParseJsonOptions = {}): Json {
  const text = typeof input === 'string' ? input : decodeUtf8(input);
  return new JsonParser(text, options.maxDepth ?? MAX_DEPTH).parse();
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw new HdfError('invalid', 'expected JSON in UTF-8, found other bytes', { cause });
  }
}

class JsonParser extends Scanner {
  private objects = 0;
  private arrays = 0;

  constructor(
    text: string,
    private readonly maxDepth: number,
  ) {
    super(text);
  }

  parse(): Json {
    const value = this.value(0);
    this.skipBlanks();
    if (this.pos < this.text.length) this.fail('the end');
    return value;
  }

  private value(depth: number): Json {
    const code = this.next();
    if ((code >= ZERO && code <= NINE) || code === MINUS) return scanNumber(this);
    if (code === QUOTE) return scanString(this);
    if (code === OPEN_BRACKET) return this.array(depth);
    if (code === OPEN_BRACE) return this.object(depth);
    return this.word();
  }

  private word(): Json {
    const word = WORDS[this.text.charAt(this.pos)];
    if (word === undefined || !this.text.startsWith(word[0], this.pos)) this.fail('a value');
    this.pos += word[0].length;
    return word[1];
  }

  private array(depth: number): Json[] {
    this.enter(depth);
    this.arrays += 1;
    if (this.arrays > MAX_ARRAYS) throw new HdfError('too-large', 'JSON of too many arrays');
    const items: Json[] = [];
    if (this.next() === CLOSE_BRACKET) {
      this.pos += 1;
      return items;
    }
    for (;;) {
      items.push(this.value(depth + 1));
      const code = this.next();
      if (code !== COMMA && code !== CLOSE_BRACKET) this.fail("',' or ']'");
      this.pos += 1;
      if (code === CLOSE_BRACKET) return items;
    }
  }

  private object(depth: number): JsonMap {
    this.enter(depth);
    this.objects += 1;
    if (this.objects > MAX_OBJECTS) throw new HdfError('too-large', 'JSON of too many objects');
    const members: JsonMap = new Map();
    if (this.next() === CLOSE_BRACE) {
      this.pos += 1;
      return members;
    }
    for (;;) {
      if (this.next() !== QUOTE) this.fail('a name in quotes');
      const name = scanString(this);
      if (this.next() !== COLON) this.fail("':'");
      this.pos += 1;
      members.set(name, this.value(depth + 1));
      const code = this.next();
      if (code !== COMMA && code !== CLOSE_BRACE) this.fail("',' or '}'");
      this.pos += 1;
      if (code === CLOSE_BRACE) return members;
    }
  }

  private enter(depth: number): void {
    if (depth >= this.maxDepth) this.fail(`at most ${this.maxDepth} levels`);
    this.pos += 1;
  }
}
