import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { GOODBYE, KEEP_ALIVE_MS, MessageReader, messagePrefix, Outbox, PROTOCOL } from '#dn-client';

/** Calls of one connection that run at once; beyond it, and beyond these bytes, no more are read. */
const RUNNING_MAX = 4096;
const RUNNING_BYTES_MAX = 64 * 1024 * 1024;
/** Answers that the other side does not take. */
const WAITING_BYTES_MAX = 64 * 1024 * 1024;
const ACCEPTED = `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${PROTOCOL}\r\n\r\n`;

/** A frame, or an error, as it is sent; its memory does not change. */
export interface Answer {
  readonly status: number;
  readonly parts: readonly Uint8Array[];
  readonly byteLength: number;
}

/** Runs calls. Never rejects: a failure is an answer. */
export interface ServesCalls {
  serve(head: Uint8Array, frame: Uint8Array): Promise<Answer>;
}

/** A service node's connection: reads calls, runs them at once, answers as each ends. */
export class CallStream {
  private readonly outbox: Outbox;
  private readonly reader: MessageReader;
  private running = 0;
  private runningBytes = 0;
  private closed: (() => void) | null = null;

  constructor(
    private readonly socket: Duplex,
    private readonly calls: ServesCalls,
  ) {
    this.outbox = new Outbox(socket);
    this.reader = new MessageReader((number, mark, content) => {
      void this.serve(number, mark, content);
    });
  }

  /** @param head what came right behind the upgrade */
  begin(head: Buffer): void {
    const { socket } = this;
    if (socket instanceof Socket) {
      socket.setTimeout(0);
      socket.setNoDelay(true);
      socket.setKeepAlive(true, KEEP_ALIVE_MS);
    }
    socket.on('error', () => socket.destroy());
    socket.on('end', () => socket.end());
    socket.on('drain', () => {
      this.resumeIfRoom();
    });
    socket.on('data', (piece: Buffer) => {
      this.read(piece);
    });
    socket.write(ACCEPTED);
    if (head.length > 0) this.read(head);
  }

  /** Asks for no more calls and ends when those that run are answered. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      if (this.socket.destroyed) {
        resolve();
        return;
      }
      this.closed = resolve;
      this.socket.once('close', resolve);
      this.outbox.send([messagePrefix(GOODBYE, 0, 0)]);
      if (this.running === 0) this.end();
    });
  }

  private read(piece: Buffer): void {
    try {
      this.reader.push(piece);
    } catch {
      // What follows cannot be made out.
      this.socket.destroy();
      return;
    }
    if (!this.hasRoom) this.socket.pause();
  }

  private get hasRoom(): boolean {
    const { running, runningBytes, outbox } = this;
    const fits = running < RUNNING_MAX && runningBytes < RUNNING_BYTES_MAX;
    return fits && outbox.waiting < WAITING_BYTES_MAX;
  }

  private resumeIfRoom(): void {
    if (this.socket.isPaused() && this.hasRoom) this.socket.resume();
  }

  private async serve(number: number, mark: number, content: Uint8Array): Promise<void> {
    this.running += 1;
    this.runningBytes += content.length;
    const { status, parts, byteLength } = await this.calls.serve(
      content.subarray(0, mark),
      content.subarray(mark),
    );
    this.running -= 1;
    this.runningBytes -= content.length;
    this.outbox.send([messagePrefix(number, status, byteLength), ...parts]);
    this.resumeIfRoom();
    if (this.closed !== null && this.running === 0) this.end();
  }

  private end(): void {
    this.outbox.flush();
    // The rest of what was written still goes out; the peer's end is not waited for.
    this.socket.end(() => this.socket.destroy());
  }
}
