import { connect, type Socket } from 'node:net';

/** A request as bytes; heads are made once, so that the client costs next to nothing. */
export interface WireRequest {
  readonly head: Buffer;
  readonly body: Uint8Array | null;
}

export interface WireReply {
  readonly status: number;
  /** Length of the body in bytes. */
  readonly length: number;
  /** The body; null unless it was to be kept. */
  readonly body: Buffer | null;
}

const READ_BUFFER_BYTES = 512 * 1024;
const HEAD_END = '\r\n\r\n';

/**
 * One kept HTTP/1.1 connection, one request at a time. It reads into one buffer and throws bodies
 * away unless asked to keep them: the client shares two cores with what it measures.
 */
export class Connection {
  private pending: { resolve(reply: WireReply): void; reject(error: Error): void } | null = null;
  private parser = new ReplyParser(false);

  private constructor(private readonly socket: Socket) {}

  static async open(port: number, host = 'localhost'): Promise<Connection> {
    const opened: { connection?: Connection } = {};
    const socket = connect({
      port,
      host,
      noDelay: true,
      onread: {
        buffer: Buffer.allocUnsafe(READ_BUFFER_BYTES),
        callback: (count, buffer) => {
          opened.connection?.receive(Buffer.from(buffer.buffer, buffer.byteOffset, count));
          return true;
        },
      },
    });
    const connection = new Connection(socket);
    opened.connection = connection;
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve).once('error', reject);
    });
    const fail = (error?: Error) => {
      connection.pending?.reject(error ?? new Error('the server closed the connection'));
      connection.pending = null;
    };
    socket.on('error', fail).on('close', () => {
      fail();
    });
    return connection;
  }

  request({ head, body }: WireRequest, keep = false): Promise<WireReply> {
    this.parser = new ReplyParser(keep);
    return new Promise((resolve, reject) => {
      this.pending = { resolve, reject };
      if (body === null) {
        this.socket.write(head);
        return;
      }
      this.socket.cork();
      this.socket.write(head);
      this.socket.write(body);
      this.socket.uncork();
    });
  }

  close(): void {
    this.socket.destroy();
  }

  private receive(bytes: Buffer): void {
    const { pending, parser } = this;
    if (pending === null || !parser.push(bytes)) return;
    this.pending = null;
    const { status, length } = parser;
    pending.resolve({ status, length, body: parser.kept });
  }
}

/** Enough of HTTP/1.1 for the servers measured here: lengths and chunked bodies, no trailers. */
class ReplyParser {
  status = 0;
  length = 0;
  private head = '';
  private left: number | 'chunked' | null = null;
  private readonly chunks: ChunkScanner;
  private readonly parts: Buffer[] = [];

  constructor(private readonly keep: boolean) {
    this.chunks = new ChunkScanner((data) => {
      this.take(data);
    });
  }

  get kept(): Buffer | null {
    return this.keep ? Buffer.concat(this.parts) : null;
  }

  /** True once the reply is complete. */
  push(bytes: Buffer): boolean {
    const body = this.left === null ? this.readHead(bytes) : bytes;
    if (body === null) return false;
    if (this.left === 'chunked') return this.chunks.push(body);
    this.take(body);
    return this.length >= (this.left ?? 0);
  }

  private take(data: Buffer): void {
    this.length += data.length;
    if (this.keep) this.parts.push(Buffer.from(data));
  }

  private readHead(bytes: Buffer): Buffer | null {
    const before = this.head.length;
    const end = bytes.indexOf(HEAD_END);
    const found = end >= 0 ? end + HEAD_END.length : -1;
    this.head += bytes.toString('latin1', 0, found < 0 ? bytes.length : found);
    const at = this.head.indexOf(HEAD_END);
    if (at < 0) return null;
    this.status = Number(this.head.slice(9, 12));
    const length = /\r\ncontent-length: *(\d+)/i.exec(this.head)?.[1];
    const chunked = /\r\ntransfer-encoding: *chunked/i.test(this.head);
    this.left = chunked ? 'chunked' : Number(length ?? 0);
    return bytes.subarray(at + HEAD_END.length - before);
  }
}

/** Cuts a chunked body into its data. */
class ChunkScanner {
  private line = '';
  private inData = 0;
  private last = false;

  constructor(private readonly data: (bytes: Buffer) => void) {}

  /** True once the last chunk was seen. */
  push(bytes: Buffer): boolean {
    let at = 0;
    while (at < bytes.length) {
      if (this.inData > 2) {
        const take = Math.min(this.inData - 2, bytes.length - at);
        this.data(bytes.subarray(at, at + take));
        this.inData -= take;
        at += take;
      } else if (this.inData > 0) {
        this.inData -= 1;
        at += 1;
      } else {
        const byte = bytes[at] ?? 0;
        at += 1;
        if (byte === 10 && this.endLine()) return true;
        if (byte !== 10 && byte !== 13) this.line += String.fromCharCode(byte);
      }
    }
    return false;
  }

  /** A size line sets what follows; the empty line after size 0 ends the body. */
  private endLine(): boolean {
    if (this.line === '') return this.last;
    const size = Number.parseInt(this.line, 16);
    this.line = '';
    this.last = size === 0;
    // The data and its line break.
    this.inData = size === 0 ? 0 : size + 2;
    return false;
  }
}
