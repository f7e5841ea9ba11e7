import type { Writable } from 'node:stream';

/** Sums up to this are copied into one buffer, which costs less than a vector of many. */
const COPIED_BYTES_MAX = 64 * 1024;

/** Collects what is sent in one turn of the event loop and writes it at once. */
export class Outbox {
  private pieces: Uint8Array[] = [];
  private bytes = 0;

  constructor(private readonly socket: Writable) {}

  /** Bytes that the system has not taken yet. */
  get waiting(): number {
    return this.bytes + this.socket.writableLength;
  }

  /** Sends pieces in order; their memory must not change until the peer has answered. */
  send(pieces: readonly Uint8Array[]): void {
    if (this.pieces.length === 0) {
      setImmediate(() => {
        this.flush();
      });
    }
    for (const piece of pieces) {
      if (piece.length === 0) continue;
      this.pieces.push(piece);
      this.bytes += piece.length;
    }
  }

  /** Writes what is collected now. */
  flush(): void {
    const { pieces, bytes, socket } = this;
    this.pieces = [];
    this.bytes = 0;
    if (pieces.length === 0 || socket.destroyed || socket.writableEnded) return;
    if (bytes <= COPIED_BYTES_MAX) {
      socket.write(pieces.length === 1 ? pieces[0] : Buffer.concat(pieces, bytes));
      return;
    }
    socket.cork();
    for (const piece of pieces) socket.write(piece);
    socket.uncork();
  }
}
