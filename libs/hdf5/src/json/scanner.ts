import { HdfError } from '../errors.js';

/** A place in a text: `pos` is the next char code to look at. */
export class Scanner {
  pos = 0;

  constructor(readonly text: string) {}

  /** @throws HdfError `invalid`, always */
  fail(expected: string): never {
    const { text, pos } = this;
    const found = pos < text.length ? JSON.stringify(text.slice(pos, pos + 10)) : 'the end';
    throw new HdfError('invalid', `JSON: expected ${expected} at ${pos}, found ${found}`);
  }

  /** The next char code that is no blank, where `pos` then is; NaN at the end. */
  next(): number {
    const code = this.text.charCodeAt(this.pos);
    if (code > 32) return code;
    this.skipBlanks();
    return this.text.charCodeAt(this.pos);
  }

  /** Goes to the next char code that is no blank of JSON, or to the end. */
  skipBlanks(): void {
    const { text } = this;
    let { pos } = this;
    for (;;) {
      const code = text.charCodeAt(pos);
      if (code !== 32 && code !== 10 && code !== 13 && code !== 9) break;
      pos += 1;
    }
    this.pos = pos;
  }
}
