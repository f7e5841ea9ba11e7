/** Bytes that went over a connection, divided over the requests that it carried. */
import type { Socket } from 'node:net';

interface Bytes {
  readonly bytesIn: number;
  readonly bytesOut: number;
}

const NOTHING: Bytes = { bytesIn: 0, bytesOut: 0 };

/** Remembers what each connection had moved when it was last asked. */
export class SocketTraffic {
  private readonly seen = new WeakMap<object, Bytes>();

  /** What a connection moved since the last call, headers too; nothing where there is none. */
  take(socket: Partial<Pick<Socket, 'bytesRead' | 'bytesWritten'>> | null | undefined): Bytes {
    if (socket?.bytesRead === undefined) return NOTHING;
    const before = this.seen.get(socket) ?? NOTHING;
    const now = { bytesIn: socket.bytesRead, bytesOut: socket.bytesWritten ?? 0 };
    this.seen.set(socket, now);
    return { bytesIn: now.bytesIn - before.bytesIn, bytesOut: now.bytesOut - before.bytesOut };
  }
}
