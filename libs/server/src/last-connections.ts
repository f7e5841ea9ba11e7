import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { CancelTimer, Clock } from '#storage';

/** Requests that wait for a data node end sooner (25 s, some 50 s); so does Kubernetes' patience. */
const LAST_MS_MAX = 50_000;

const LOOK_EVERY_MS = 100;

/**
 * Keeps a server that closes from waiting for ever. Node ends the connections that are idle at that
 * moment, but waits for those on which nothing was ever asked, and for those that become idle
 * later; and it watches over slow requests no more. Here all of them end; after 50 s, all do.
 */
export function endLastConnections(fastify: FastifyInstance, clock: Clock): void {
  const { server } = fastify;
  const sockets = new Set<Socket>();
  let closing = false;
  server.on('connection', (socket: Socket) => {
    if (closing) {
      socket.destroy();
      return;
    }
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  fastify.addHook('preClose', (done) => {
    closing = true;
    const until = clock.monotonic() + LAST_MS_MAX;
    let cancel: CancelTimer = () => undefined;
    const look = () => {
      const isOver = clock.monotonic() >= until;
      for (const socket of sockets) if (isOver || socket.bytesRead === 0) socket.destroy();
      server.closeIdleConnections();
      cancel = clock.after(LOOK_EVERY_MS, look);
    };
    look();
    server.once('close', () => {
      cancel();
    });
    done();
  });
}
