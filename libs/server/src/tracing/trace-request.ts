/** The span of a request. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { SpanAbout, Tracer } from '#storage';
import { isProbe } from '../request-log.js';
import { traceOf } from '../request-trace.js';

/**
 * Lets the request go on inside a span. From here on the request's `traceparent` is that of the
 * span, so that calls to data nodes, and the log, belong to it.
 */
export function traceRequest(
  tracer: Tracer | undefined,
  request: FastifyRequest,
  reply: FastifyReply,
  next: () => void,
): void {
  if (tracer === undefined || isProbe(request.originalUrl)) {
    next();
    return;
  }
  const { method } = request;
  const route = request.routeOptions.url ?? '';
  const { parent, clientId } = traceOf(request.headers);
  const about: SpanAbout = {
    name: `${method} ${route}`,
    kind: 'server',
    attributes: {
      'http.request.method': method,
      'http.route': route,
      'hsds.request_id': request.id,
      ...(clientId === undefined ? {} : { 'hsds.client_request_id': clientId }),
    },
    parent,
  };
  const end = tracer.begin(about, (span) => {
    if (span.parent !== undefined) request.raw.headers.traceparent = span.parent;
    next();
  });
  reply.raw.once('close', () => {
    const { statusCode } = reply;
    end({
      attributes: { 'http.response.status_code': statusCode },
      failed: statusCode >= 500,
    });
  });
}
