/**
 * LZ4 blocks with a thorough search (the "high compression" encoder; any LZ4 decoder reads them).
 * Chains of earlier positions with the same next four bytes are followed to a depth by level.
 *
 * @see LZ4 block format description
 */
import { defined } from '../assert.js';
import {
  lz4BoundBytes,
  LZ4_LITERAL_TAIL,
  LZ4_MATCH_MARGIN,
  LZ4_WINDOW_BYTES,
} from './lz4-block.js';

const HASH_BITS = 15;
const MIN_MATCH = 4;
/** Candidates tried at a position, by level 1 to 9. */
const DEPTHS = [4, 8, 12, 16, 32, 64, 128, 256, 512];

/** One raw LZ4 block holding all of `plain`; `level` 1 (fast) to 9 (small). */
export function encodeLz4hcBlock(plain: Uint8Array, level: number): Uint8Array {
  const depth = defined(DEPTHS[level - 1], `LZ4HC depth of level ${level}`);
  const chains = new MatchChains(plain, depth);
  const block = new SequenceWriter(plain);
  const lastStart = plain.length - LZ4_MATCH_MARGIN;
  let at = 0;
  while (at <= lastStart) {
    let length = chains.longestAt(at);
    if (length < MIN_MATCH) {
      at++;
      continue;
    }
    let distance = chains.distance;
    // A longer match one byte further on is worth a literal.
    while (at < lastStart) {
      const next = chains.longestAt(at + 1);
      if (next <= length + 1) break;
      at++;
      length = next;
      distance = chains.distance;
    }
    block.match(at, distance, length);
    at += length;
  }
  return block.finish();
}

/** Where earlier bytes like those at a position are. */
class MatchChains {
  /** Distance back of the match that `longestAt` last found. */
  distance = 0;
  private readonly heads = new Int32Array(1 << HASH_BITS).fill(-1);
  private readonly previous: Int32Array;
  private indexed = 0;

  constructor(
    private readonly plain: Uint8Array,
    private readonly depth: number,
  ) {
    this.previous = new Int32Array(plain.length);
  }

  /** Length of the longest earlier match at `at`, 0 for none; never into the literal tail. */
  longestAt(at: number): number {
    const { plain, previous } = this;
    this.indexUpTo(at);
    const stop = plain.length - LZ4_LITERAL_TAIL;
    let best = 0;
    let candidate = this.heads[this.hash(at)] as number;
    for (let tries = this.depth; tries > 0 && candidate >= 0; tries--) {
      if (at - candidate > LZ4_WINDOW_BYTES) break;
      const mayBeat = plain[candidate + best] === plain[at + best];
      const length = mayBeat ? this.commonLength(candidate, at, stop) : 0;
      if (length > best) {
        best = length;
        this.distance = at - candidate;
        if (at + length === stop) break;
      }
      candidate = previous[candidate] as number;
    }
    return best;
  }

  private commonLength(from: number, at: number, stop: number): number {
    const { plain } = this;
    let length = 0;
    while (at + length < stop && plain[from + length] === plain[at + length]) length++;
    return length;
  }

  private indexUpTo(at: number): void {
    for (; this.indexed < at; this.indexed++) {
      const hash = this.hash(this.indexed);
      this.previous[this.indexed] = this.heads[hash] as number;
      this.heads[hash] = this.indexed;
    }
  }

  private hash(at: number): number {
    const { plain } = this;
    const word =
      (plain[at] as number) |
      ((plain[at + 1] as number) << 8) |
      ((plain[at + 2] as number) << 16) |
      ((plain[at + 3] as number) << 24);
    return Math.imul(word, 0x9e3779b1) >>> (32 - HASH_BITS);
  }
}

/** Writes sequences: literals since the last match, then a match. */
class SequenceWriter {
  private readonly out: Uint8Array;
  private size = 0;
  private literalsFrom = 0;

  constructor(private readonly plain: Uint8Array) {
    this.out = new Uint8Array(lz4BoundBytes(plain.length));
  }

  match(at: number, distance: number, length: number): void {
    this.literals(at, length - MIN_MATCH);
    this.out[this.size++] = distance & 0xff;
    this.out[this.size++] = distance >>> 8;
    if (length - MIN_MATCH >= 15) this.extend(length - MIN_MATCH - 15);
    this.literalsFrom = at + length;
  }

  finish(): Uint8Array {
    this.literals(this.plain.length, 0);
    return this.out.slice(0, this.size);
  }

  private literals(until: number, matchCode: number): void {
    const count = until - this.literalsFrom;
    this.out[this.size++] = (Math.min(count, 15) << 4) | Math.min(matchCode, 15);
    if (count >= 15) this.extend(count - 15);
    this.out.set(this.plain.subarray(this.literalsFrom, until), this.size);
    this.size += count;
  }

  private extend(rest: number): void {
    let left = rest;
    for (; left >= 255; left -= 255) this.out[this.size++] = 255;
    this.out[this.size++] = left;
  }
}
