import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { CALLS_PATH, PROTOCOL, type DataNode } from '#dn-client';
import { ServerRuntime } from '#server';
import { CallStream } from './call-stream.js';
import { DATA_NODE } from './data-node.module.js';
import { ServedCalls } from './served-calls.js';

/**
 * The data node's own door: `GET /dn/calls` with `Upgrade: hsds-calls/1` turns a connection into
 * a stream of calls and answers (`messages.ts` of the wire).
 */
@Injectable()
export class CallDoor implements OnModuleInit {
  private readonly streams = new Set<CallStream>();
  private readonly calls: ServedCalls;
  private closing = false;

  constructor(
    @Inject(DATA_NODE) node: DataNode,
    private readonly host: HttpAdapterHost,
    runtime: ServerRuntime,
  ) {
    this.calls = new ServedCalls(node, runtime);
  }

  onModuleInit(): void {
    const server = this.host.httpAdapter.getHttpServer() as Server;
    server.on('upgrade', (request, socket, head) => {
      this.enter(request, socket, head);
    });
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    // Before the server waits for its connections to end.
    fastify.addHook('preClose', async () => {
      this.closing = true;
      await Promise.all([...this.streams].map((stream) => stream.close()));
    });
  }

  private enter(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (request.url !== CALLS_PATH || request.headers.upgrade !== PROTOCOL) {
      const expected = `expected an upgrade to ${PROTOCOL} at ${CALLS_PATH}`;
      socket.on('error', () => socket.destroy());
      socket.end(
        'HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: text/plain\r\n' +
          `Content-Length: ${expected.length}\r\n\r\n${expected}`,
      );
      return;
    }
    const stream = new CallStream(socket, this.calls);
    this.streams.add(stream);
    socket.once('close', () => this.streams.delete(stream));
    stream.begin(head);
    if (this.closing) void stream.close();
  }
}
