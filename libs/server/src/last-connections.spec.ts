import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import Fastify, { type FastifyInstance } from 'fastify';
import { ManualClock, settled } from '#storage/testing';
import { endLastConnections } from './last-connections.js';

describe('a server that closes', () => {
  let fastify: FastifyInstance;
  let clock: ManualClock;
  let answer: () => void;
  let arrived: Promise<void>;

  beforeEach(async () => {
    clock = new ManualClock();
    fastify = Fastify({ forceCloseConnections: 'idle' });
    endLastConnections(fastify, clock);
    const gate = new Promise<void>((resolve) => (answer = resolve));
    arrived = new Promise((resolve) => {
      fastify.get('/slow', async () => {
        resolve();
        await gate;
        return 'done';
      });
    });
    await fastify.listen({ port: 0, host: '127.0.0.1' });
  });
  afterEach(() => {
    fastify.server.closeAllConnections();
  });

  async function open(text = ''): Promise<Socket> {
    const accepted = once(fastify.server, 'connection') as Promise<[Socket]>;
    const socket = connect((fastify.server.address() as AddressInfo).port, '127.0.0.1');
    const [there] = await accepted;
    if (text !== '') {
      const read = new Promise<void>((resolve) => {
        const look = () => {
          if (there.bytesRead >= text.length) resolve();
          else setImmediate(look);
        };
        look();
      });
      socket.write(text);
      await read;
    }
    return socket.on('error', () => undefined);
  }

  it('does not wait for connections on which nothing was ever asked', async () => {
    const socket = await open();
    const ended = once(socket, 'close');
    await fastify.close();
    await ended;
  });

  it('answers requests that run, and waits 50 s for those that never come whole', async () => {
    const running = await open('GET /slow HTTP/1.1\r\nHost: h\r\n\r\n');
    const text: Buffer[] = [];
    running.on('data', (piece: Buffer) => text.push(piece));
    await arrived;
    await open('GET /slow HTTP/1.1\r\nHost:');
    let isClosed = false;
    const closed = fastify.close().then(() => (isClosed = true));
    await settled();
    answer();
    for (let looks = 0; looks < 100 && !running.closed; looks++) {
      clock.advance(100);
      await settled();
    }
    expect(running.closed).toBe(true);
    expect(Buffer.concat(text).toString()).toContain('done');
    clock.advance(49_999 - clock.monotonic());
    await settled();
    expect(isClosed).toBe(false);
    clock.advance(1);
    await closed;
  });
});
