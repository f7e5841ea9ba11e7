/**
 * The query language:
 *
 *     query = or [ where ] | where
 *     where = "where" field "in" "(" item { "," item } [ ")" ]
 *     or    = xor { ("OR" | "|") xor }        and   = not { ("AND" | "&") not }
 *     xor   = and { "XOR" and }               not   = "NOT" not | condition
 *     condition = "(" or ")" | term compare term | field "IN" "(" item { "," item } ")"
 *
 * @see HDF REST API, queries: grammar; and its 1.0 dialect
 */
import { HdfError } from '../errors.js';
import { type Token, tokenize } from './tokens.js';
import { type Combination, type QueryNode, isFieldName } from './tree.js';

/** Deepest nesting of parentheses and NOT. */
const MAX_DEPTH = 64;
/** Most tokens of a query; each comparison costs a pass over the data. */
const MAX_TOKENS = 2000;

/**
 * Parses a query. Field names are not checked; `bindQuery` does.
 *
 * @throws HdfError `invalid` with the reason
 */
export function parseQuery(text: string): QueryNode {
  const tokens = tokenize(text);
  if (tokens.length > MAX_TOKENS) refuse(`more than ${MAX_TOKENS} parts`);
  const last = tokens.at(-1);
  if (last?.kind !== 'where') return parseAll(tokens);
  const clause: QueryNode = { kind: 'in', field: last.field, items: last.items };
  if (tokens.length === 1) return clause;
  return { kind: 'and', operands: [parseAll(tokens.slice(0, -1)), clause] };
}

function parseAll(tokens: readonly Token[]): QueryNode {
  const parser = new Parser(tokens);
  const node = parser.either();
  parser.expectEnd();
  return node;
}

class Parser {
  private position = 0;
  private depth = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  either(): QueryNode {
    return this.combination('or', () =>
      this.combination('xor', () => this.combination('and', () => this.negation())),
    );
  }

  expectEnd(): void {
    const token = this.tokens[this.position];
    if (token !== undefined) refuse(`unexpected ${shown(token)}`);
  }

  private combination(kind: Combination['kind'], operand: () => QueryNode): QueryNode {
    const first = operand();
    const operands = [first];
    while (this.accept(kind)) operands.push(operand());
    return operands.length === 1 ? first : { kind, operands };
  }

  private negation(): QueryNode {
    if (!this.accept('not')) return this.condition();
    return { kind: 'not', operand: this.deeper(() => this.negation()) };
  }

  private condition(): QueryNode {
    if (this.accept('(')) {
      const node = this.deeper(() => this.either());
      if (!this.accept(')')) refuse('a parenthesis is not closed');
      return node;
    }
    const left = this.word();
    const next = this.tokens[this.position];
    this.position++;
    if (next?.kind === 'in') {
      if (!isFieldName(left)) refuse(`expected a field but got ${left.text}`);
      return { kind: 'in', field: left.text, items: next.items };
    }
    if (next?.kind !== 'compare') return refuse(`expected a comparison behind ${left.text}`);
    return { kind: 'compare', operator: next.operator, left, right: this.word() };
  }

  private word() {
    const token = this.tokens[this.position];
    this.position++;
    if (token?.kind === 'word') return token.word;
    return refuse(`expected a field or a literal but got ${shown(token)}`);
  }

  private accept(kind: Token['kind']): boolean {
    if (this.tokens[this.position]?.kind !== kind) return false;
    this.position++;
    return true;
  }

  private deeper(parse: () => QueryNode): QueryNode {
    this.depth++;
    if (this.depth > MAX_DEPTH) refuse(`nested deeper than ${MAX_DEPTH}`);
    const node = parse();
    this.depth--;
    return node;
  }
}

function shown(token: Token | undefined): string {
  if (token === undefined) return 'nothing';
  return token.kind === 'word' ? token.word.text : token.kind;
}

function refuse(detail: string): never {
  throw new HdfError('invalid', `query: ${detail}`);
}
