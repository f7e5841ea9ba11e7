/**
 * The `query` parameter of domain listings: a boolean expression over scalar attributes of root
 * groups.
 *
 * ```
 * expr    := andexpr { ("OR" | "|") andexpr }
 * andexpr := cond { ("AND" | "&") cond }
 * cond    := term op term | "(" expr ")"
 * op      := "==" | "!=" | "<" | "<=" | ">" | ">="
 * term    := number | 'text' | "text" | b'text' | attribute name
 * ```
 *
 * @see HDF REST API, GET /domains, query
 */
import { HdfError, isJsonMap, jsonNumber, unreachable, type Attribute, type Json } from '#hdf5';

type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=';

type Term =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'attribute'; readonly name: string };

type Token =
  | Term
  | { readonly kind: 'operator'; readonly text: Comparison }
  | { readonly kind: 'and' | 'or' | 'open' | 'close' };

type Node =
  | { readonly kind: 'and' | 'or'; readonly left: Node; readonly right: Node }
  | {
      readonly kind: 'compare';
      readonly operator: Comparison;
      readonly left: Term;
      readonly right: Term;
    };

/** A parsed query; opaque outside this file. */
export interface DomainQuery {
  readonly tree: Node;
  /** Attributes that a root group must have. */
  readonly names: ReadonlySet<string>;
}

type Scalar = number | bigint | string;

/** Bound on parentheses inside parentheses. */
const NESTING_MAX = 64;

const NUMBER = /^[+-]?((\d+\.?\d*|\.\d+)(e[+-]?\d+)?|inf|infinity|nan)$/i;

const TOKEN =
  /\s*(?:(==|!=|<=|>=|<|>)|(\()|(\))|(&|AND(?!\w))|(\||OR(?!\w))|b?(?:'([^']*)'|"([^"]*)"))/y;

/** @throws HdfError `invalid` when the text is not a query */
export function parseDomainQuery(text: string): DomainQuery {
  const tokens = tokenize(withoutWhere(text));
  const parser = new Parser(tokens);
  const tree = parser.parse();
  const names = tokens.flatMap((token) => (token.kind === 'attribute' ? [token.name] : []));
  return { tree, names: new Set(names) };
}

/**
 * True when a root group with these attributes is selected. A group that lacks an attribute of the
 * query, or has it as something else than a scalar number or string, is not.
 */
export function matchesQuery(
  query: DomainQuery,
  attributes: ReadonlyMap<string, Attribute>,
): boolean {
  const values = new Map<string, Scalar>();
  for (const name of query.names) {
    const value = scalarOf(attributes.get(name));
    if (value === undefined) return false;
    values.set(name, value);
  }
  return evaluate(query.tree, values) === true;
}

function invalid(reason: string): HdfError {
  return new HdfError('invalid', `Invalid query expression: ${reason}`);
}

/** The text before the word `where` outside quotes (a clause of the data query language). */
function withoutWhere(text: string): string {
  const pattern = /'[^']*'|"[^"]*"|\bwhere\b/g;
  for (const match of text.matchAll(pattern)) {
    if (match[0] === 'where') return text.slice(0, match.index);
  }
  return text;
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (match !== null) {
      tokens.push(fixedToken(match));
      at = TOKEN.lastIndex;
      continue;
    }
    const end = bareEnd(text, at);
    const bare = text.slice(at, end).trim();
    if (bare !== '') tokens.push(bareTerm(bare));
    at = end;
  }
  return tokens;
}

function fixedToken(match: RegExpExecArray): Token {
  const [, operator, open, close, and, or, single, double] = match;
  if (operator !== undefined) return { kind: 'operator', text: operator as Comparison };
  if (open !== undefined) return { kind: 'open' };
  if (close !== undefined) return { kind: 'close' };
  if (and !== undefined) return { kind: 'and' };
  if (or !== undefined) return { kind: 'or' };
  return { kind: 'text', value: single ?? double ?? '' };
}

/** Where a number or attribute name ends that starts at `at`: blanks inside belong to it. */
function bareEnd(text: string, at: number): number {
  const stop = /[=!<>()&|'"]|\s(?:AND|OR)(?!\w)/g;
  stop.lastIndex = at;
  const match = stop.exec(text);
  if (match === null) return text.length;
  if (match.index === at) throw invalid(`unexpected ${text.slice(at, at + 1)}`);
  return match.index;
}

function bareTerm(text: string): Term {
  const value = parseNumber(text);
  return value === undefined ? { kind: 'attribute', name: text } : { kind: 'number', value };
}

function parseNumber(text: string): number | undefined {
  if (!NUMBER.test(text)) return undefined;
  const sign = text.startsWith('-') ? -1 : 1;
  if (/inf/i.test(text)) return sign * Infinity;
  return /nan/i.test(text) ? NaN : Number(text);
}

class Parser {
  private at = 0;
  private depth = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  parse(): Node {
    const tree = this.chain('or');
    if (this.at < this.tokens.length) throw invalid('text after the end of the expression');
    return tree;
  }

  private chain(kind: 'and' | 'or'): Node {
    const operand = () => (kind === 'or' ? this.chain('and') : this.condition());
    let left = operand();
    while (this.tokens[this.at]?.kind === kind) {
      this.at += 1;
      left = { kind, left, right: operand() };
    }
    return left;
  }

  private condition(): Node {
    if (this.tokens[this.at]?.kind === 'open') return this.group();
    const left = this.term();
    const operator = this.next();
    if (operator.kind !== 'operator') throw invalid('expected a comparison operator');
    return { kind: 'compare', operator: operator.text, left, right: this.term() };
  }

  private group(): Node {
    this.depth += 1;
    if (this.depth > NESTING_MAX) throw invalid(`more than ${NESTING_MAX} nested parentheses`);
    this.at += 1;
    const inner = this.chain('or');
    if (this.next().kind !== 'close') throw invalid('expected )');
    this.depth -= 1;
    return inner;
  }

  private term(): Term {
    const token = this.next();
    switch (token.kind) {
      case 'number':
      case 'text':
      case 'attribute':
        return token;
      default:
        throw invalid('expected a number, a quoted text or an attribute name');
    }
  }

  private next(): Token {
    const token = this.tokens[this.at];
    if (token === undefined) throw invalid('unexpected end');
    this.at += 1;
    return token;
  }
}

/** `undefined`: numbers and texts were put in order, which excludes the domain. */
function evaluate(node: Node, values: ReadonlyMap<string, Scalar>): boolean | undefined {
  if (node.kind === 'compare') {
    return compare(valueOf(node.left, values), node.operator, valueOf(node.right, values));
  }
  const left = evaluate(node.left, values);
  const right = evaluate(node.right, values);
  if (left === undefined || right === undefined) return undefined;
  return node.kind === 'and' ? left && right : left || right;
}

function valueOf(term: Term, values: ReadonlyMap<string, Scalar>): Scalar {
  if (term.kind !== 'attribute') return term.value;
  return values.get(term.name) ?? NaN;
}

function compare(left: Scalar, operator: Comparison, right: Scalar): boolean | undefined {
  if ((typeof left === 'string') !== (typeof right === 'string')) {
    if (operator === '==') return false;
    return operator === '!=' ? true : undefined;
  }
  switch (operator) {
    case '==':
      return isEqual(left, right);
    case '!=':
      return !isEqual(left, right);
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
    default:
      return unreachable(operator);
  }
}

/** Numbers and big integers by value. */
function isEqual(left: Scalar, right: Scalar): boolean {
  return left === right || (typeof left !== typeof right && left >= right && left <= right);
}

function scalarOf(attribute: Attribute | undefined): Scalar | undefined {
  if (attribute?.shape.get('class') !== 'H5S_SCALAR' || attribute.encoding !== undefined) {
    return undefined;
  }
  const { type } = attribute;
  switch (isJsonMap(type) ? type.get('class') : undefined) {
    case 'H5T_STRING':
      return typeof attribute.value === 'string' ? attribute.value : undefined;
    case 'H5T_INTEGER':
    case 'H5T_FLOAT':
      return numberOf(attribute.value);
    default:
      return undefined;
  }
}

/** Attribute values are kept as given, so a number may stand as text, boolean or list of one. */
function numberOf(value: Json): number | bigint | undefined {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'string') return parseNumber(value);
  if (Array.isArray(value) && value.length === 1) return numberOf(value[0] ?? null);
  return jsonNumber(value);
}
