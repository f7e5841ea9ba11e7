import { HdfError } from '../errors.js';
import { Cursor, type Widths } from './cursor.js';

/** Reads up to `length` bytes of a file; fewer at its end. */
export type ReadAt = (offset: number, length: number) => Promise<Uint8Array>;

const SIGNATURE = '\x89HDF\r\n\x1a\n';
const BLOCK_BYTES = 64 * 1024;
/** Blocks kept, and how much one structure may span. */
const BLOCKS_MAX = 256;
const STRUCTURE_BYTES_MAX = 16 * 1024 * 1024;
/** What one search may look at, structures of at least a page each, and read from the store. */
const LOOKED_BYTES_MAX = 512 * 1024 * 1024;
const LOOKED_BYTES_MIN = 4096;
const BLOCKS_READ_MAX = 8192;
/** A user block before the file is at most this long here. */
const USER_BLOCK_MAX = 64 * 1024;
const SUPERBLOCK_BYTES = 96;

/** An HDF5 file's structures by address, read in blocks, and where its root group is. */
export class FileBytes {
  widths: Widths = { address: 8, length: 8 };
  /** Where the file begins: behind a user block. */
  base = 0;
  private readonly blocks = new Map<number, Promise<Uint8Array>>();
  private lookedBytes = 0;
  private blocksRead = 0;

  private constructor(private readonly readAt: ReadAt) {}

  /**
   * @returns the file and the address of its root group's header
   * @throws HdfError `invalid` when it is no HDF5 file, `unsupported`
   */
  static async open(readAt: ReadAt): Promise<{ file: FileBytes; root: number }> {
    const file = new FileBytes(readAt);
    for (let at = 0; at <= USER_BLOCK_MAX; at = at === 0 ? 512 : 2 * at) {
      const bytes = await file.bytes(at, SUPERBLOCK_BYTES);
      const text = new TextDecoder('latin1').decode(bytes.subarray(0, SIGNATURE.length));
      if (text === SIGNATURE_LATIN1) return { file, root: file.readSuperblock(bytes, at) };
    }
    throw new HdfError('invalid', 'expected an HDF5 file');
  }

  /**
   * A cursor at an address of the file.
   *
   * @throws HdfError `unsupported` for a file that has more to look at than is good, as one whose
   * structures lead in circles
   */
  async at(address: number, length: number): Promise<Cursor> {
    return new Cursor(await this.bytes(this.base + address, length), this.widths);
  }

  /** A cursor over bytes that are part of another structure. */
  over(bytes: Uint8Array): Cursor {
    return new Cursor(bytes, this.widths);
  }

  private async bytes(offset: number, length: number): Promise<Uint8Array> {
    if (length > STRUCTURE_BYTES_MAX) {
      throw new HdfError('unsupported', `a structure of ${length} bytes in an HDF5 file`);
    }
    this.lookedBytes += Math.max(length, LOOKED_BYTES_MIN);
    if (this.lookedBytes > LOOKED_BYTES_MAX || this.blocksRead > BLOCKS_READ_MAX) {
      throw new HdfError('unsupported', 'too many structures in an HDF5 file');
    }
    const first = Math.floor(offset / BLOCK_BYTES);
    const last = Math.floor((offset + Math.max(0, length - 1)) / BLOCK_BYTES);
    const parts: Uint8Array[] = [];
    for (let block = first; block <= last; block += 1) parts.push(await this.block(block));
    const whole = parts.length === 1 ? (parts[0] ?? new Uint8Array(0)) : joined(parts);
    const from = offset - first * BLOCK_BYTES;
    return whole.subarray(from, from + length);
  }

  private block(index: number): Promise<Uint8Array> {
    const known = this.blocks.get(index);
    if (known !== undefined) return known;
    const [oldest] = this.blocks.keys();
    if (this.blocks.size >= BLOCKS_MAX && oldest !== undefined) this.blocks.delete(oldest);
    this.blocksRead += 1;
    const read = this.readAt(index * BLOCK_BYTES, BLOCK_BYTES);
    this.blocks.set(index, read);
    return read;
  }

  private readSuperblock(bytes: Uint8Array, at: number): number {
    const start = new Cursor(bytes, this.widths);
    start.skip(SIGNATURE.length);
    const version = start.uint(1);
    this.base = at;
    if (version > 3) throw new HdfError('unsupported', `HDF5 superblock version ${version}`);
    start.skip(version < 2 ? 4 : 0);
    this.widths = { address: start.uint(1), length: start.uint(1) };
    const cursor = new Cursor(bytes, this.widths);
    cursor.position = start.position;
    if (version >= 2) {
      cursor.skip(1 + 3 * this.widths.address);
      return cursor.requiredAddress();
    }
    // Group sizes, flags; then base, free space, end and driver addresses; the name of the root.
    cursor.skip((version === 0 ? 9 : 13) + 4 * this.widths.address + this.widths.length);
    return cursor.requiredAddress();
  }
}

const SIGNATURE_LATIN1 = new TextDecoder('latin1').decode(
  Uint8Array.from(SIGNATURE, (letter) => letter.charCodeAt(0)),
);

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
