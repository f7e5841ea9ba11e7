/** A TCP connection that tests can cut: everything that arrives at one address goes to another. */
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/**
 * How a link is cut: `refuse` resets old and new connections, as a dead host's neighbour does;
 * `silence` lets them stand and loses every byte, as a network that drops packets does.
 */
export type Cut = 'refuse' | 'silence';

/** Forwards connections until it is cut. */
export class Link {
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private cutAs: Cut | null = null;

  /** @param target asked for each new connection; null: there is nobody to connect to */
  constructor(private readonly target: () => Address | null) {
    this.server = createServer((socket) => {
      this.accept(socket);
    });
  }

  /** @returns the address it listens at */
  async listen({ host, port }: Address): Promise<Address> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, host, resolve);
    });
    return { host, port: (this.server.address() as AddressInfo).port };
  }

  get isCut(): boolean {
    return this.cutAs !== null;
  }

  cut(how: Cut): void {
    this.cutAs = how;
    for (const socket of this.sockets) {
      if (how === 'refuse') socket.resetAndDestroy();
      else socket.pause();
    }
  }

  /** New connections work again; those that were cut do not. */
  mend(): void {
    this.cutAs = null;
    for (const socket of this.sockets) if (socket.isPaused()) socket.resetAndDestroy();
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private accept(socket: Socket): void {
    this.keep(socket);
    if (this.cutAs === 'silence') {
      socket.pause();
      return;
    }
    const target = this.cutAs === null ? this.target() : null;
    if (target === null) {
      socket.resetAndDestroy();
      return;
    }
    const other = connect(target.port, target.host);
    this.keep(other);
    this.join(socket, other);
    this.join(other, socket);
  }

  private keep(socket: Socket): void {
    socket.setNoDelay(true);
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
    socket.on('error', () => undefined);
  }

  /** Bytes and the end of one direction. No `pipe`: it would resume a paused socket. */
  private join(from: Socket, to: Socket): void {
    from.on('data', (bytes) => {
      if (to.destroyed || to.write(bytes)) return;
      from.pause();
      to.once('drain', () => {
        if (this.cutAs !== 'silence') from.resume();
      });
    });
    from.on('end', () => {
      to.end();
    });
    from.once('close', (failed) => {
      if (failed) to.resetAndDestroy();
      else to.destroySoon();
    });
  }
}
