/** Makes the HTTP server that both apps share: adapter, limits, hooks, error answers. */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { formatJson, HdfError, type JsonOut } from '#hdf5';
import { addEdgeHooks, setStandardHeaders } from './edge-hooks.js';
import { endLastConnections } from './last-connections.js';
import { errorAnswer, sendError } from './error.filter.js';
import { redactTarget } from './request-log.js';
import { routedTarget, RouteTable } from './route-table.js';
import type { ServerRuntime } from './runtime.js';

/** Above the 72 s for which load balancers commonly keep an idle connection. */
const KEEP_ALIVE_MS = 75_000;
/** Silence on a connection; above `max_scan_duration`, the longest wait of a request. */
const SILENCE_MS = 300_000;
/** A whole request with its body: large uploads over slow lines end some time. */
const REQUEST_MS = 3_600_000;
const HEADERS_MS = 60_000;
/** All headers together; one of them is bounded by the hooks. */
const HEADER_BYTES_MAX = 65_536;
/** The request line is the bound. */
const PARAM_CHARS_MAX = 8192;
const NO_QUERY = Object.freeze({});

/** A root module as Nest takes it. */
type RootModule = Parameters<typeof NestFactory.create>[0];

/**
 * The application, not yet listening: `await app.listen({ port, host })`. `main.ts` adds
 * `app.enableShutdownHooks(undefined, { useProcessExit: true })`.
 *
 * @param module imports `ServerModule.register(…)` with the same runtime
 */
export function createServer(
  module: RootModule,
  runtime: ServerRuntime,
): Promise<NestFastifyApplication> {
  const options: object = { bodyParser: false, logger: runtime.log, abortOnError: false };
  return NestFactory.create<NestFastifyApplication>(module, edgeAdapter(runtime), options);
}

/** The Fastify adapter with every setting of the edge; for tests that build modules themselves. */
export function edgeAdapter(runtime: ServerRuntime): FastifyAdapter {
  const adapter = new FastifyAdapter({
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionTimeout: SILENCE_MS,
    requestTimeout: REQUEST_MS,
    http: { maxHeaderSize: HEADER_BYTES_MAX, headersTimeout: HEADERS_MS },
    forceCloseConnections: 'idle',
    exposeHeadRoutes: false,
    requestIdHeader: false,
    genReqId: () => runtime.newRequestId(),
    rewriteUrl: (request: IncomingMessage) => routedTarget(request.url ?? '/'),
    // The guard parses the query itself: first of equal names, no arrays.
    routerOptions: { maxParamLength: PARAM_CHARS_MAX, querystringParser: () => NO_QUERY },
    frameworkErrors: (_error: Error, request: FastifyRequest, reply: FastifyReply) => {
      setStandardHeaders(reply, runtime);
      const target = redactTarget(request.raw.url ?? '');
      sendError(reply, new HdfError('invalid', `malformed path ${target}`));
    },
    clientErrorHandler: (error: Error & { code?: string }, socket: Socket) => {
      answerRawError(socket, error);
    },
    skipMiddie: true,
  });
  const fastify = adapter.getInstance();
  fastify.removeAllContentTypeParsers();
  // Bodies stay in the socket until the guard or a value route reads them, each with its bound.
  fastify.addContentTypeParser('*', (_request, _payload, done) => {
    done(null, undefined);
  });
  fastify.setReplySerializer((payload) => formatJson(payload as JsonOut));
  addEdgeHooks(fastify, runtime, new RouteTable());
  endLastConnections(fastify, runtime.clock);
  return adapter;
}

/** Answers what Node's HTTP parser refused; there is no request object yet. */
function answerRawError(socket: Socket, error: Error & { code?: string }): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const { status, reason, body } = errorAnswer(
    new HdfError('invalid', `malformed HTTP request (${error.code ?? 'unknown'})`),
  );
  const head = [
    `HTTP/1.1 ${status} ${reason}`,
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
