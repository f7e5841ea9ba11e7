/** Cuts a query's text into tokens. Quotes are honoured; field names may contain blanks. */
import { HdfError } from '../errors.js';
import type { CompareOperator, Word } from './tree.js';

export type Token =
  | { readonly kind: 'word'; readonly word: Word }
  | { readonly kind: 'compare'; readonly operator: CompareOperator }
  | { readonly kind: '(' | ')' | 'and' | 'or' | 'xor' | 'not' }
  /** `IN (…)`, after its field. */
  | { readonly kind: 'in'; readonly items: readonly Word[] }
  /** ` where field in (…)`, always last. */
  | { readonly kind: 'where'; readonly field: string; readonly items: readonly Word[] };

/** Longest text of a query, in characters. */
const MAX_QUERY_CHARACTERS = 1 << 20;

const OPERATORS: readonly CompareOperator[] = ['==', '!=', '<=', '>=', '<', '>'];
const SIGNS = new Map<string, 'and' | 'or' | '(' | ')'>([
  ['&', 'and'],
  ['|', 'or'],
  ['(', '('],
  [')', ')'],
]);
const KEYWORDS = new Map<string, 'and' | 'or' | 'xor' | 'not'>([
  ['AND', 'and'],
  ['OR', 'or'],
  ['XOR', 'xor'],
  ['NOT', 'not'],
]);

/** @throws HdfError `invalid` for text that has no tokens of the query language */
export function tokenize(text: string): Token[] {
  if (text.length > MAX_QUERY_CHARACTERS) {
    return refuse(`longer than ${MAX_QUERY_CHARACTERS} characters`);
  }
  return new Tokenizer(text).tokens();
}

class Tokenizer {
  private position = 0;
  private readonly found: Token[] = [];
  /** Start of the unquoted word that is being read, and its end without blanks. */
  private wordStart = -1;
  private wordEnd = -1;

  constructor(private readonly text: string) {}

  tokens(): Token[] {
    while (this.position < this.text.length) this.step();
    this.endWord();
    return this.found;
  }

  private step(): void {
    const character = this.text.charAt(this.position);
    if (/\s/.test(character)) this.position++;
    else if (!this.sign(character) && !this.keyword(character)) this.wordCharacter();
  }

  /** Operators and parentheses, which end a word wherever they stand. */
  private sign(character: string): boolean {
    const sign = SIGNS.get(character);
    const operator = OPERATORS.find((each) => this.text.startsWith(each, this.position));
    if (sign !== undefined) {
      this.push({ kind: sign }, 1);
    } else if (operator !== undefined) {
      this.push({ kind: 'compare', operator }, operator.length);
    } else if (character === '=' || character === '!') {
      refuse(`unexpected ${character}`);
    } else {
      return false;
    }
    return true;
  }

  /** Whole upper-case words, and the clause at the end. */
  private keyword(character: string): boolean {
    if (!/[A-Zw]/.test(character) || !isBorder(this.text.charAt(this.position - 1))) return false;
    const name =
      /^[A-Za-z0-9_]+/.exec(this.text.slice(this.position, this.position + 6))?.[0] ?? '';
    const next = this.text.charAt(this.position + name.length);
    if (!isBorder(next)) return false;
    const kind = KEYWORDS.get(name);
    if (kind !== undefined && (kind !== 'not' || this.wordStart < 0)) {
      this.push({ kind }, name.length);
      return true;
    }
    if (name === 'IN' && this.wordStart >= 0) return this.membership();
    return name === 'where' && /^\s?$/.test(next) && this.clause();
  }

  private membership(): boolean {
    const list = /^IN\s*\(/.exec(this.text.slice(this.position));
    if (list === null) return false;
    this.endWord();
    this.position += list[0].length;
    this.found.push({ kind: 'in', items: this.items(true) });
    return true;
  }

  private clause(): boolean {
    const previous = this.text.charAt(this.position - 1);
    if (!/^\s?$/.test(previous)) return false;
    this.endWord();
    const start = this.position + 'where'.length;
    const rest = this.text.slice(start);
    const list = /\sin\s*\(/.exec(rest);
    if (list === null) return refuse('expected "in (" behind where');
    const field = rest.slice(0, list.index).trim();
    if (field === '') return refuse('no field behind where');
    this.position = start + list.index + list[0].length;
    this.found.push({ kind: 'where', field: unquoted(field), items: this.items(false) });
    if (this.text.slice(this.position).trim() !== '') refuse('text behind the where clause');
    this.position = this.text.length;
    return true;
  }

  /** The items of a list behind its `(`, and its `)`. */
  private items(closed: boolean): Word[] {
    const items: Word[] = [];
    for (;;) {
      items.push(this.item());
      const separator = this.text.charAt(this.position);
      this.position++;
      if (separator === ')') return items;
      if (separator === '' && !closed) return items;
      if (separator !== ',') return refuse('expected , or ) in a list');
    }
  }

  private item(): Word {
    while (/\s/.test(this.text.charAt(this.position))) this.position++;
    const quoted = this.quoted();
    if (quoted !== undefined) {
      while (/\s/.test(this.text.charAt(this.position))) this.position++;
      return quoted;
    }
    const start = this.position;
    while (!/^[,)]?$/.test(this.text.charAt(this.position))) this.position++;
    const text = this.text.slice(start, this.position).trim();
    return text === '' ? refuse('an item of a list is empty') : { text, quoted: false };
  }

  private wordCharacter(): void {
    const quoted = this.wordStart < 0 ? this.quoted() : undefined;
    if (quoted !== undefined) {
      this.found.push({ kind: 'word', word: quoted });
      return;
    }
    if (this.wordStart < 0) this.wordStart = this.position;
    this.position++;
    this.wordEnd = this.position;
  }

  /** `'…'`, `"…"` or the same behind a `b`, if it begins here. */
  private quoted(): Word | undefined {
    const start =
      this.position + (/^b['"]/.test(this.text.slice(this.position, this.position + 2)) ? 1 : 0);
    const quote = this.text.charAt(start);
    if (quote !== "'" && quote !== '"') return undefined;
    const end = this.text.indexOf(quote, start + 1);
    if (end < 0) return refuse('a quote is not closed');
    this.position = end + 1;
    return { text: this.text.slice(start + 1, end), quoted: true };
  }

  private push(token: Token, length: number): void {
    this.endWord();
    this.found.push(token);
    this.position += length;
  }

  private endWord(): void {
    if (this.wordStart < 0) return;
    const text = this.text.slice(this.wordStart, this.wordEnd);
    this.found.push({ kind: 'word', word: { text, quoted: false } });
    this.wordStart = -1;
  }
}

/** True for a character beside which a keyword can stand; also for none. */
function isBorder(character: string): boolean {
  return !/[A-Za-z0-9_]/.test(character);
}

function unquoted(text: string): string {
  const quote = text.charAt(0);
  const isQuoted = text.length > 1 && (quote === "'" || quote === '"') && text.endsWith(quote);
  return isQuoted ? text.slice(1, -1) : text;
}

function refuse(detail: string): never {
  throw new HdfError('invalid', `query: ${detail}`);
}
