import {
  ElementTextWriter,
  formatJson,
  RawJson,
  type Datatype,
  type Elements,
  type JsonOut,
} from '#hdf5';

/** How elements become JSON. */
export interface ElementsForm {
  readonly type: Datatype;
  /** Extents of the result; empty for one bare element. */
  readonly dims: readonly number[];
  readonly ignoreNan: boolean;
}

/** Elements as the `value` of a reply; they become text when it is sent. */
export class ValueText {
  constructor(
    private readonly elements: Elements,
    private readonly form: ElementsForm,
  ) {}

  /** The text, ASCII, in pieces of some kilobytes. */
  *pieces(): Generator<string> {
    const { type, dims, ignoreNan } = this.form;
    const writer = new ElementTextWriter(type, dims, { ignoreNan });
    yield* writer.pieces(this.elements);
    yield writer.finish();
  }
}

/** The members of a JSON reply. */
export type ReplyMembers = Readonly<Record<string, JsonOut | ValueText>>;

/** Stands for the value; JSON text has no such character. */
const PLACE = '\0';
/** Memory that pieces of text are gathered in, bytes. */
const BLOCK_BYTES = 256 * 1024;

/**
 * A JSON reply as bytes. A value goes into them piece by piece: a text of all of it would be copied
 * several times, and be garbage that V8 has to look for among the large objects.
 */
export function replyBytes(members: ReplyMembers): Buffer {
  const { value } = members;
  if (!(value instanceof ValueText)) return Buffer.from(formatJson(plain(members)), 'latin1');
  const [before = '', after = ''] = formatJson(plain(members)).split(PLACE);
  const full: Buffer[] = [];
  let block = Buffer.allocUnsafe(Math.max(before.length, 1024));
  let filled = block.write(before, 'latin1');
  const append = (piece: string) => {
    if (filled + piece.length > block.length) {
      full.push(block.subarray(0, filled));
      block = Buffer.allocUnsafeSlow(Math.max(piece.length, BLOCK_BYTES));
      filled = 0;
    }
    filled += block.write(piece, filled, 'latin1');
  };
  for (const piece of value.pieces()) append(piece);
  append(after);
  const last = block.subarray(0, filled);
  return full.length === 0 ? last : Buffer.concat([...full, last]);
}

function plain(members: ReplyMembers): Record<string, JsonOut> {
  const entries = Object.entries(members).map(([name, member]) => {
    return [name, member instanceof ValueText ? new RawJson(PLACE) : member] as const;
  });
  return Object.fromEntries(entries);
}
