import { connect, type Socket } from 'node:net';
import type { CancelTimer, Clock } from '#storage';
import {
  CALLS_PATH,
  GOODBYE,
  KEEP_ALIVE_MS,
  MessageReader,
  messagePrefix,
  numberAfter,
  PROTOCOL,
} from './messages.js';
import { Outbox } from './outbox.js';

export interface CallAnswer {
  readonly status: number;
  readonly body: Uint8Array;
}

export interface CallLinkOptions {
  readonly host: string;
  readonly port: number;
  /** No answer to a call for so long fails the call, and ends the link for others, milliseconds. */
  readonly timeoutMs: number;
  readonly clock: Clock;
}

interface Running {
  readonly resolve: (answer: CallAnswer) => void;
  readonly reject: (error: Error) => void;
  readonly untilMs: number;
}

const CONNECT_MS = 3000;
const STAGING_BYTES = 64 * 1024;
/** Of the answer to the upgrade. */
const HANDSHAKE_BYTES_MAX = 4096;
const ACCEPTED = /^HTTP\/1\.1 101 /;
const END_OF_HEAD = '\r\n\r\n';

/** One connection to a data node, over which any number of calls run at once. */
export class CallLink {
  private readonly socket: Socket;
  private readonly outbox: Outbox;
  private readonly reader: MessageReader;
  private readonly staging = Buffer.allocUnsafeSlow(STAGING_BYTES);
  private readonly running = new Map<number, Running>();
  /** What has come of the answer to the upgrade; null once it was accepted. */
  private handshake: string | null = '';
  private number = 0;
  private cancelWatch: CancelTimer | null = null;
  private closing = false;
  private dead = false;

  constructor(private readonly options: CallLinkOptions) {
    const { host, port, clock } = options;
    this.reader = new MessageReader((number, status, body) => {
      this.answered(number, status, body);
    });
    this.socket = connect({
      host,
      port,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_MS,
      // A long answer is read to where it belongs, without a copy.
      onread: {
        buffer: () => this.reader.wanted ?? this.staging,
        callback: (byteLength, buffer) => this.received(byteLength, buffer),
      },
    });
    this.outbox = new Outbox(this.socket);
    const cancel = clock.after(Math.min(CONNECT_MS, options.timeoutMs), () => {
      this.end(new Error('no connection in time'));
    });
    this.socket.once('ready', cancel);
    this.socket.once('close', () => {
      cancel();
      this.end(new Error('the connection ended'));
    });
    this.socket.on('error', (error) => {
      this.end(error);
    });
    this.socket.write(upgradeRequest(host, port));
  }

  /** Whether new calls may go this way. */
  get open(): boolean {
    return !this.closing && !this.dead;
  }

  /** Calls that wait for their answers. */
  get busy(): number {
    return this.running.size;
  }

  /** @param parts of the frame; their memory must not change before the answer */
  call(head: string, parts: readonly Uint8Array[], frameBytes: number): Promise<CallAnswer> {
    return new Promise((resolve, reject) => {
      if (this.dead) {
        reject(new Error('the connection ended'));
        return;
      }
      this.number = numberAfter(this.number);
      const untilMs = this.options.clock.monotonic() + this.options.timeoutMs;
      this.running.set(this.number, { resolve, reject, untilMs });
      const headBytes = Buffer.from(head);
      const prefix = messagePrefix(this.number, headBytes.length, headBytes.length + frameBytes);
      this.outbox.send([prefix, headBytes, ...parts]);
      this.cancelWatch ??= this.watch(this.options.timeoutMs);
    });
  }

  /** Takes no more calls; ends when the running ones have. */
  close(): void {
    this.closing = true;
    if (this.running.size === 0) this.end(new Error('the connection is closed'));
  }

  /** Looks at the oldest call when its time is over, then at the next. */
  private watch(delayMs: number): CancelTimer {
    return this.options.clock.after(delayMs, () => {
      this.cancelWatch = null;
      const now = this.options.clock.monotonic();
      for (const [number, { reject, untilMs }] of this.running) {
        if (untilMs > now) {
          this.cancelWatch = this.watch(untilMs - now);
          return;
        }
        this.running.delete(number);
        reject(new Error(`no answer in ${this.options.timeoutMs} ms`));
        // Whoever is silent gets no more calls this way.
        this.close();
      }
    });
  }

  private received(byteLength: number, buffer: Uint8Array): boolean {
    try {
      if (buffer !== this.staging) this.reader.filled(byteLength);
      else this.take(this.staging.subarray(0, byteLength));
    } catch (error) {
      this.end(error instanceof Error ? error : new Error(String(error)));
    }
    return !this.dead;
  }

  private take(bytes: Buffer): void {
    if (this.handshake === null) {
      this.reader.push(Buffer.from(bytes));
      return;
    }
    this.handshake += bytes.toString('latin1');
    const end = this.handshake.indexOf(END_OF_HEAD);
    if (end < 0) {
      if (this.handshake.length > HANDSHAKE_BYTES_MAX) throw new Error('not a data node');
      return;
    }
    const text = this.handshake;
    if (!ACCEPTED.test(text)) throw new Error(`not a data node: ${text.split('\r\n', 1).join()}`);
    this.handshake = null;
    this.reader.push(Buffer.from(text.slice(end + END_OF_HEAD.length), 'latin1'));
  }

  private answered(number: number, status: number, body: Uint8Array): void {
    if (number === GOODBYE) {
      this.close();
      return;
    }
    const call = this.running.get(number);
    // Too late: its caller has given up.
    if (call === undefined) return;
    this.running.delete(number);
    call.resolve({ status, body });
    if (this.closing) this.close();
  }

  private end(error: Error): void {
    if (this.dead) return;
    this.dead = true;
    this.cancelWatch?.();
    this.socket.destroy();
    for (const { reject } of this.running.values()) reject(error);
    this.running.clear();
  }
}

function upgradeRequest(host: string, port: number): string {
  const authority = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  return [
    `GET ${CALLS_PATH} HTTP/1.1`,
    `Host: ${authority}`,
    'Connection: Upgrade',
    `Upgrade: ${PROTOCOL}`,
    '',
    '',
  ].join('\r\n');
}
