import { HdfError } from '#hdf5';

/**
 * What goes over a connection between nodes: messages, any number of calls at once.
 * Layout: u32 LE number, u32 LE mark, u32 LE content length; then the content.
 * To a data node: number of the call, length of the call's head; content: head, frame.
 * From it: number of the call, status; content: frame. Number 0, no content: no more calls, please.
 */
export const PREFIX_BYTES = 12;

/** In the `Upgrade` header of the request that opens a connection, and its path. */
export const PROTOCOL = 'hsds-calls/1';
export const CALLS_PATH = '/dn/calls';

/** Calls are numbered from 1. */
export const GOODBYE = 0;

/** Longest content; elements of variable length, whose size is guessed, may make it long. */
export const CONTENT_BYTES_MAX = 512 * 1024 * 1024;

/** Silence after which either side asks the system whether the other is there. */
export const KEEP_ALIVE_MS = 10_000;

const U32_MAX = 0xffff_ffff;

/** The next number after one: 1 again after 32 bits. */
export function numberAfter(number: number): number {
  return number >= U32_MAX ? 1 : number + 1;
}

/** The bytes before a content. */
export function messagePrefix(number: number, mark: number, contentBytes: number): Buffer {
  const prefix = Buffer.allocUnsafe(PREFIX_BYTES);
  prefix.writeUInt32LE(number, 0);
  prefix.writeUInt32LE(mark, 4);
  prefix.writeUInt32LE(contentBytes, 8);
  return prefix;
}

/** @param content its own memory, or a view on what was pushed */
export type OnMessage = (number: number, mark: number, content: Uint8Array) => void;

/** A content that arrives in pieces. */
interface Growing {
  readonly number: number;
  readonly mark: number;
  readonly content: Uint8Array;
  filled: number;
}

/** Puts messages together from pieces of any size. */
export class MessageReader {
  private rest: Uint8Array = new Uint8Array(0);
  private growing: Growing | null = null;

  constructor(private readonly onMessage: OnMessage) {}

  /** Where the next bytes of a long content belong: a reader may put them there, see `filled`. */
  get wanted(): Uint8Array | null {
    return this.growing === null ? null : this.growing.content.subarray(this.growing.filled);
  }

  /** So many bytes have been put at `wanted`. */
  filled(byteLength: number): void {
    const { growing } = this;
    if (growing === null) throw new HdfError('internal', 'no content grows');
    growing.filled += byteLength;
    if (growing.filled < growing.content.length) return;
    this.growing = null;
    this.onMessage(growing.number, growing.mark, growing.content);
  }

  /** @throws HdfError `invalid` for a content that is too long: nothing after it can be read */
  push(piece: Uint8Array): void {
    let bytes = piece;
    if (this.growing !== null) {
      const wanted = this.growing.content.length - this.growing.filled;
      const some = bytes.subarray(0, wanted);
      this.growing.content.set(some, this.growing.filled);
      this.filled(some.length);
      bytes = bytes.subarray(some.length);
    } else if (this.rest.length > 0) {
      bytes = Buffer.concat([this.rest, bytes]);
    }
    this.rest = new Uint8Array(this.cut(bytes));
  }

  /** Takes whole messages off the front; what is left is the beginning of a prefix. */
  private cut(bytes: Uint8Array): Uint8Array {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = 0;
    while (bytes.length - at >= PREFIX_BYTES) {
      const number = view.getUint32(at, true);
      const mark = view.getUint32(at + 4, true);
      const contentBytes = view.getUint32(at + 8, true);
      if (contentBytes > CONTENT_BYTES_MAX) {
        const found = `a message of ${contentBytes} bytes`;
        throw new HdfError('invalid', `expected at most ${CONTENT_BYTES_MAX} bytes, ${found}`);
      }
      at += PREFIX_BYTES;
      const end = at + contentBytes;
      if (end > bytes.length) {
        const content = Buffer.allocUnsafeSlow(contentBytes);
        content.set(bytes.subarray(at), 0);
        this.growing = { number, mark, content, filled: bytes.length - at };
        return bytes.subarray(bytes.length);
      }
      this.onMessage(number, mark, bytes.subarray(at, end));
      at = end;
    }
    return bytes.subarray(at);
  }
}
