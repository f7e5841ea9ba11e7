/** What happens to every request before and after its route: headers, refusals, log, figures. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { HdfError } from '#hdf5';
import { corsHeaders, preflight } from './cors.js';
import { sendError } from './error.filter.js';
import { logRequest } from './request-log.js';
import { traceOf } from './request-trace.js';
import { BY_PATH_SEGMENT, type RouteTable } from './route-table.js';
import type { ServerRuntime } from './runtime.js';
import { serverTiming } from './server-timing.js';
import { traceRequest } from './tracing/trace-request.js';

/** HSDS's bounds on a request line and on one header, in bytes. */
const LINE_BYTES_MAX = 8190;
const EXPOSED = 'Content-Length,Date,X-XSS-Protection,Server';
/** Not counted in `/info`. */
const SERVICE_PATHS = /^\/(?:about|info|health|metrics)(?:$|[/?#])/;
/** Media types that Fastify takes for malformed answer 415: they are replaced by one it knows. */
const MEDIA_TYPE = /^[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+\s*(?:;|$)/;

/** Registers the hooks; before Nest registers its routes. */
export function addEdgeHooks(
  fastify: FastifyInstance,
  runtime: ServerRuntime,
  routes: RouteTable,
): void {
  fastify.addHook('onRoute', (route) => {
    routes.add(route.method, route.url);
  });
  fastify.addHook('onRequest', (request, reply, done) => {
    observe(request, reply, runtime);
    setStandardHeaders(reply, runtime);
    if (runtime.draining) void reply.header('Connection', 'close');
    void reply.header('X-Request-Id', traceOf(request.headers).clientId ?? request.id);
    const cors = corsHeaders(request.headers.origin, runtime.config.cors_domain, EXPOSED);
    if (cors !== undefined) void reply.headers(cors);
    if (answeredEarly(request, reply, runtime, routes)) return;
    repairContentType(request);
    traceRequest(runtime.tracer, request, reply, done);
  });
  fastify.addHook('onSend', (request, reply, _payload, done) => {
    void reply.header('Server-Timing', serverTiming(request, reply));
    done();
  });
}

/** `Server` and `X-XSS-Protection`, on every answer. */
export function setStandardHeaders(reply: FastifyReply, runtime: ServerRuntime): void {
  const { server_name: name, xss_protection: xss } = runtime.config;
  if (name !== '') void reply.header('Server', name);
  if (xss !== '') void reply.header('X-XSS-Protection', xss);
}

function observe(request: FastifyRequest, reply: FastifyReply, runtime: ServerRuntime): void {
  const { clock, load, metrics, log } = runtime;
  const begun = clock.monotonic();
  load.begin();
  const { socket } = request.raw;
  reply.raw.on('close', () => {
    const durationMs = clock.monotonic() - begun;
    const { method } = request;
    load.end(method, !SERVICE_PATHS.test(request.originalUrl));
    metrics.observe('http', {
      method,
      route: routeOf(request),
      status: reply.statusCode,
      durationMs,
      ...runtime.traffic.take(socket),
    });
    logRequest(log, request, reply, { durationMs, aborted: !reply.raw.writableFinished });
  });
}

/** The pattern that a request matched: few, whatever clients send. */
function routeOf(request: FastifyRequest): string {
  return request.is404 ? 'none' : (request.routeOptions.url ?? 'none');
}

/** True when the request has been refused, or answered as a preflight. */
function answeredEarly(
  request: FastifyRequest,
  reply: FastifyReply,
  runtime: ServerRuntime,
  routes: RouteTable,
): boolean {
  if (tooLong(request)) {
    void reply.header('Connection', 'close');
    sendError(
      reply,
      new HdfError('invalid', `request line or header over ${LINE_BYTES_MAX} bytes`),
    );
    return true;
  }
  if (!request.is404 && isRouted(request)) return false;
  const methods = routes.methodsOf(lookedUp(request));
  const cors = runtime.config.cors_domain;
  if (methods === undefined) sendError(reply, new HdfError('not-found', 'Not Found'));
  else if (request.method === 'OPTIONS' && cors !== '') answerPreflight(request, reply, cors);
  else refuseMethod(reply, cors === '' ? methods : [...methods, 'OPTIONS']);
  return true;
}

function tooLong(request: FastifyRequest): boolean {
  if (request.originalUrl.length > LINE_BYTES_MAX) return true;
  const { rawHeaders } = request.raw;
  return rawHeaders.some((text) => text.length > LINE_BYTES_MAX);
}

/** Whether the matched route is meant: no parameter empty, the stand-in segment not typed in. */
function isRouted(request: FastifyRequest): boolean {
  if (typedStandIn(request)) return false;
  const values = Object.values(request.params as Record<string, string>);
  return !values.some((value) => value === '' || value === BY_PATH_SEGMENT);
}

function typedStandIn(request: FastifyRequest): boolean {
  return request.originalUrl.startsWith(`/${BY_PATH_SEGMENT}`, request.originalUrl.indexOf('/', 1));
}

/** The path for the route table; one that matches nothing when the stand-in was typed in. */
function lookedUp(request: FastifyRequest): string {
  return typedStandIn(request) ? '' : (request.raw.url ?? '');
}

function answerPreflight(request: FastifyRequest, reply: FastifyReply, corsDomain: string): void {
  const answer = preflight(
    {
      origin: request.headers.origin,
      method: request.headers['access-control-request-method'],
      headers: request.headers['access-control-request-headers'],
    },
    corsDomain,
  );
  void reply
    .removeHeader('Access-Control-Expose-Headers')
    .headers(answer.headers)
    .code(answer.status)
    .type('text/plain; charset=utf-8')
    .send(answer.body);
}

function refuseMethod(reply: FastifyReply, methods: readonly string[]): void {
  void reply
    .code(405)
    .header('Allow', [...methods].sort().join(','))
    .type('text/plain; charset=utf-8')
    .send('405: Method Not Allowed');
}

/** Bodies are parsed whatever their type is called; only the value routes look at it. */
function repairContentType(request: FastifyRequest): void {
  const { headers } = request.raw;
  const type = headers['content-type'];
  if (type === undefined || MEDIA_TYPE.test(type)) return;
  const known = ['application/octet-stream', 'application/json'].find((name) =>
    type.includes(name),
  );
  headers['content-type'] = known ?? 'application/x-unrecognised';
}
